"""Addresses of the library, under /library/ and without a namespace."""

from django.urls import URLPattern, URLResolver, path

from planner.scenarios import (
    library_editor_views,
    library_views,
    origin_views,
    public_deal_views,
    trace_views,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", library_views.library, name="library"),
    path("from-version/<uuid:uuid>/", library_views.keep, name="library-keep"),
    path("loads/trace/", trace_views.trace, name="library-trace"),
    path("public-deals/", public_deal_views.public_deals_page, name="library-public-deals"),
    path("public-deals/<slug:key>/", public_deal_views.public_deal_page, name="library-public-deal"),
    path("<slug:shelf>/", library_views.shelf, name="library-shelf"),
    path("<slug:shelf>/new/", library_editor_views.new, name="library-new"),
    path("<slug:shelf>/<uuid:uuid>/", library_views.item, name="library-item"),
    path("<slug:shelf>/<uuid:uuid>/edit/", library_editor_views.edit, name="library-edit"),
    path("<slug:shelf>/<uuid:uuid>/differences/", library_views.differences, name="library-diff"),
    path("<slug:shelf>/<uuid:uuid>/restoration/", library_views.restoration, name="library-restoration"),
    path("<slug:shelf>/<uuid:uuid>/name/", library_views.name, name="library-name"),
    path("<slug:shelf>/<uuid:uuid>/archive/", library_views.archive, name="library-archive"),
    path("<slug:shelf>/<uuid:uuid>/use/", origin_views.use, name="library-use"),
]
