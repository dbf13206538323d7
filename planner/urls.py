"""Every address of the product.

An app adds pages in its `urls.py` (namespace = app label) and API endpoints in its `api.py`, which names
`urlpatterns`, all relative to `/api/` and in the namespace `api`. Nothing else is registered by hand.
"""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _

from planner.core.api import ApiRoot, ApiSchema
from planner.runs.health import health
from planner.teams.sign_in import admin_sign_in

admin.site.login = admin_sign_in  # type: ignore[method-assign,assignment] # one sign-in page, one throttle
admin.site.site_header = admin.site.site_title = _("Genka, for keepers")


def api_patterns() -> list[URLPattern | URLResolver]:
    """The endpoints of every app that has an `api.py`."""
    found: list[URLPattern | URLResolver] = []
    for app in settings.PLANNER_APPS:
        if app != "planner.core" and find_spec(f"{app}.api"):
            found += import_module(f"{app}.api").urlpatterns
    return found


urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("planner.pages.urls")),
    path("scenarios/", include("planner.scenarios.urls")),
    path("library/", include("planner.scenarios.library_urls")),
    path("runs/", include("planner.runs.urls")),
    path("cost-table/", include("planner.runs.cost_table.urls")),
    path("compare/", include("planner.compare.urls")),
    path("prices/", include("planner.catalog.urls")),
    path("team/", include("planner.teams.urls")),
    path("health/", health, name="health"),
    path("accounts/", include("planner.teams.account_urls")),
    path("admin/", admin.site.urls),
    path("api/schema/", ApiSchema.as_view(), name="schema"),
    path("api/", ApiRoot.as_view(), name="api-root"),
    path("api/", include((api_patterns(), "api"))),
]
