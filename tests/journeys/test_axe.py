"""axe finds nothing to complain about on any page, light and dark, on a desk and on the smallest telephone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys.price_steps import draft_a_release, import_a_price, publish_a_release
from tests.pages import OF_A_KEEPER, PAGES, Ids, page_names

LOOKS = [("light", 1280), ("dark", 1280), ("dark", 320), ("light", 320)]
OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
OPEN_EVERYTHING = """
[...document.querySelectorAll("details")].slice(0, 60).forEach(fold => { fold.open = true });
document.querySelector("a.term")?.click();
"""
"""At most 60 folds: the editor has hundreds, all of a kind."""
SIGNED_OUT = {"account_login", "account_signup", "account_inactive"}
OF_THE_ADMIN = (
    "/admin/",
    "/admin/catalog/catalogentry/",
    "/admin/catalog/catalogentry/add/",
    "/admin/catalog/catalogentry/import/",
    "/admin/catalog/catalogrelease/",
)
"""Django's own pages, as a keeper uses them."""
WITHOUT_TEAM = {"teams:new"}
"""Pages of somebody without a team, as the keeper is."""


def test_every_page_is_in_the_table() -> None:
    assert page_names() == set(PAGES)


def complaints(page: Page, *, fades_for: float = 0) -> list[str]:
    """What axe finds wrong with the page as it stands, in every look; in the last one everything is unfolded."""
    found = []
    for at, (scheme, width) in enumerate(LOOKS):
        if at == len(LOOKS) - 1:
            page.evaluate(OPEN_EVERYTHING)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_timeout(fades_for)
        for violation in run_axe(page)["violations"]:
            where = [node["target"] for node in violation["nodes"][:3]]
            found.append(f"{page.url} {scheme} {width}: {violation['id']} at {where}")
    return found


def run_axe(page: Page) -> dict[str, Any]:
    if not page.evaluate("'axe' in window"):
        return Axe().run(page, options=OPTIONS).response
    found: dict[str, Any] = page.evaluate("options => axe.run(options)", OPTIONS)
    return found


def ids_of_the_demo(page: Page, keeper: Page, keeper2: Page) -> Ids:
    """What the addresses of pages need, read from the pages themselves; what is not there yet is made."""

    def first(address: str, pattern: str, at: int = 0) -> str:
        page.goto(address)
        found = list(dict.fromkeys(re.findall(pattern, page.content())))
        assert len(found) > at, (address, pattern)
        return found[at]

    uuid = "([0-9a-f-]{36})"
    scenario, other = (
        first("/scenarios/", f"/scenarios/{uuid}/"),
        first("/scenarios/", f"/scenarios/{uuid}/", 1),
    )
    version = first(f"/scenarios/{scenario}/", f"/scenarios/versions/{uuid}/")
    page.goto("/library/fleets/")
    if not re.search(f"/library/fleets/{uuid}/", page.content()):
        _keep_a_fleet(page, version)
    import_a_price(keeper, "offer.axe.h100.list")
    publish_a_release(keeper, keeper2, "For axe")
    import_a_price(keeper, "offer.axe.h200.list")
    return Ids(
        release_draft=draft_a_release(keeper, "Open").rstrip("/").rpartition("/")[2],
        membership=first("/team/", f"/team/memberships/{uuid}/removal/"),
        invitation=_invite(page),
        scenario=scenario,
        version=version,
        other_version=first(f"/scenarios/{other}/", f"/scenarios/versions/{uuid}/"),
        run=first(f"/scenarios/{scenario}/", f"/runs/{uuid}/"),
        entry=first("/prices/", f"/prices/{uuid}/"),
        fleet=first("/library/fleets/", f"/library/fleets/{uuid}/"),
    )


def _invite(page: Page) -> str:
    """The secret of a link for whoever opens it."""
    page.goto("/team/")
    page.get_by_role("button", name="Make the invitation").click()
    page.wait_for_load_state()
    found = re.search(r"/team/invitations/([^/\s\"<]+)/", page.content())
    assert found
    return found[1]


def _keep_a_fleet(page: Page, version: str) -> None:
    page.goto(f"/scenarios/versions/{version}/")
    token = page.locator("[name=csrfmiddlewaretoken]").first.get_attribute("value")
    answer = page.request.post(
        f"/library/from-version/{version}/",
        form={"shelf": "fleets", "name": "A fleet", "csrfmiddlewaretoken": token or ""},
        headers={"Referer": page.url},
    )
    assert answer.ok


@pytest.mark.timeout(600)
def test_no_page_has_anything_to_complain_about(page_of: Callable[..., Page], page: Page) -> None:
    owner, keeper, outsider = page_of("owner"), page_of("keeper"), page_of("outsider")
    ids = ids_of_the_demo(owner, keeper, page_of("keeper2"))
    found = []
    for name, address in PAGES.items():
        if name in SIGNED_OUT:
            visitor = page
        elif name in OF_A_KEEPER | WITHOUT_TEAM:
            visitor = keeper
        else:
            visitor = outsider if name == "teams:invitation" else owner
        visitor.goto(address(ids))
        found += complaints(visitor)
    owner.goto("/scenarios/00000000-0000-4000-8000-000000000000/")
    found += complaints(owner)

    assert found == [], "\n".join(found)


class TestTheAdmin:
    """Django's own pages, whose colours fade and whose scripts set styles that the policy refuses."""

    @pytest.fixture
    def allowed_complaints(self, allowed_complaints: list[str]) -> list[str]:
        return [*allowed_complaints, "Applying inline style violates"]

    @pytest.mark.timeout(300)
    def test_its_pages_for_keepers_have_nothing_to_complain_about(self, page_of: Callable[..., Page]) -> None:
        keeper, found = page_of("keeper"), []
        for address in OF_THE_ADMIN:
            keeper.goto(address)
            found += complaints(keeper, fades_for=500)

        assert found == [], "\n".join(found)
