"""Every page of the product: the address of each, so that a page which no table knows fails the tests that use it.

A page is an address that answers GET with HTML for people. The API, the admin, exports and addresses that take only
POST are none; of these, only exports and the like have to be named here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.urls import URLResolver

NO_PAGES = {
    "schema",  # the API's description
    "api-root",
    "runs:progress",  # a part of the run's page
    "runs:ledger_export",
    "runs:draw_export",
    "runs:tie_out",  # a part of the deal's board
    "catalog:history",  # a CSV
    "pages:method-points",  # a CSV
}


@dataclass(frozen=True)
class Ids:
    """What the addresses of pages name. `run` is a finished run of `version`, of which `scenario` has another."""

    scenario: str
    version: str
    other_version: str
    run: str
    entry: str
    fleet: str
    release_draft: str
    membership: str
    invitation: str
    """The secret of a link that is for whoever opens it."""


OF_A_KEEPER = {"catalog:checks", "catalog:draft_new", "catalog:draft"}
"""Pages of those who keep the catalog."""

PAGES: dict[str, Callable[[Ids], str]] = {
    "pages:home": lambda ids: "/",
    "pages:demo-reset": lambda ids: "/demo/reset/",
    "pages:method": lambda ids: "/method/",
    "pages:method-serving": lambda ids: "/method/serving/",
    "pages:mechanisms": lambda ids: "/mechanisms/",
    "pages:glossary": lambda ids: "/glossary/",
    "scenarios:list": lambda ids: "/scenarios/",
    "scenarios:new": lambda ids: "/scenarios/new/",
    "scenarios:version": lambda ids: f"/scenarios/versions/{ids.version}/",
    "scenarios:detail": lambda ids: f"/scenarios/{ids.scenario}/",
    "scenarios:edit": lambda ids: f"/scenarios/{ids.scenario}/edit/",
    "scenarios:versions": lambda ids: f"/scenarios/{ids.scenario}/versions/",
    "scenarios:diff": lambda ids: f"/scenarios/{ids.scenario}/differences/?before={ids.version}",
    "scenarios:fork": lambda ids: f"/scenarios/versions/{ids.version}/fork/",
    "scenarios:deal": lambda ids: f"/scenarios/{ids.scenario}/deal/",
    "scenarios:fleet": lambda ids: f"/scenarios/{ids.scenario}/fleet/",
    "scenarios:library": lambda ids: f"/scenarios/{ids.scenario}/library/fleets/",
    "library": lambda ids: "/library/",
    "library-public-deals": lambda ids: "/library/public-deals/",
    "library-public-deal": lambda ids: "/library/public-deals/amazon-openai-2026/",
    "library-shelf": lambda ids: "/library/fleets/",
    "library-item": lambda ids: f"/library/fleets/{ids.fleet}/",
    "library-new": lambda ids: "/library/fleets/new/?from=blank",
    "library-trace": lambda ids: "/library/loads/trace/",
    "library-edit": lambda ids: f"/library/fleets/{ids.fleet}/edit/",
    "library-diff": lambda ids: f"/library/fleets/{ids.fleet}/differences/",
    "library-use": lambda ids: f"/library/fleets/{ids.fleet}/use/",
    "runs:list": lambda ids: "/runs/",
    "runs:preview": lambda ids: f"/runs/preview/{ids.scenario}/",
    "runs:detail": lambda ids: f"/runs/{ids.run}/",
    "runs:results": lambda ids: f"/runs/{ids.run}/results/",
    "runs:draw": lambda ids: f"/runs/{ids.run}/draws/0/",
    "cost_table:table": lambda ids: f"/cost-table/?deal={ids.version}",
    "cost_table:cell": lambda ids: f"/cost-table/h100/llama-3-1-70b/?deal={ids.version}",
    "compare:compare": lambda ids: f"/compare/?base={ids.version}&other={ids.other_version}",
    "catalog:entries": lambda ids: "/prices/",
    "catalog:releases": lambda ids: "/prices/releases/",
    "catalog:release": lambda ids: "/prices/releases/1/",
    "catalog:release_changes": lambda ids: "/prices/releases/2/changes/",
    "catalog:checks": lambda ids: "/prices/checks/",
    "catalog:draft_new": lambda ids: "/prices/releases/drafts/new/",
    "catalog:draft": lambda ids: f"/prices/releases/drafts/{ids.release_draft}/",
    "catalog:entry": lambda ids: f"/prices/{ids.entry}/",
    "catalog:uses": lambda ids: f"/prices/{ids.entry}/uses/",
    "teams:team": lambda ids: "/team/",
    "teams:new": lambda ids: "/team/new/",
    "teams:activity": lambda ids: "/team/activity/",
    "teams:removal": lambda ids: f"/team/memberships/{ids.membership}/removal/",
    "teams:invitation": lambda ids: f"/team/invitations/{ids.invitation}/",
    "teams:tokens": lambda ids: "/team/tokens/",
    "health": lambda ids: "/health/",
    "account_login": lambda ids: "/accounts/login/",
    "account_logout": lambda ids: "/accounts/logout/",
    "account_signup": lambda ids: "/accounts/signup/",
    "account_inactive": lambda ids: "/accounts/inactive/",
    "account_reauthenticate": lambda ids: "/accounts/reauthenticate/",
    "account_change_password": lambda ids: "/accounts/password/change/",
}


def page_names() -> set[str]:
    """Names of all routes that are pages, as the URL resolver knows them."""
    from django.urls import get_resolver

    return {name for name, view in _routes(get_resolver()) if name not in NO_PAGES and _takes_get(view)}


def _routes(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, Any]]:
    from django.urls import URLResolver

    for entry in resolver.url_patterns:
        if not isinstance(entry, URLResolver):
            yield f"{space}:{entry.name}" if space else str(entry.name), entry.callback
        elif entry.namespace not in ("admin", "api"):
            yield from _routes(entry, entry.namespace or space)


def _takes_get(view: Any) -> bool:
    """False for views behind @require_POST and its like; Django keeps the methods in the decorator's closure."""
    while view is not None:
        names = getattr(getattr(view, "__code__", None), "co_freevars", ())
        if "request_method_list" in names:
            return "GET" in view.__closure__[names.index("request_method_list")].cell_contents
        view = getattr(view, "__wrapped__", None)
    return True
