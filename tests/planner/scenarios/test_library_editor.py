"""The deal and the fleet of the library, edited on their boards as a browser without JavaScript does it."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from planner.core.canonical_json import parse_stored
from planner.deals.models import Deal, DealVersion
from planner.fleets.models import Fleet
from planner.scenarios import queries
from planner.scenarios.library import item_of, keep_part
from planner.scenarios.list_edits import term_kinds

if TYPE_CHECKING:
    from django.test import Client

    from planner.scenarios.models import ScenarioVersion
    from tests.people import People

NOTHING_MORE_NEEDED = {
    "preferred",
    "price_steps",
    "first_refusal",
    "anti_dilution",
    "ipo_ratchet",
    "pro_rata",
}
"""Kinds of term in which everything may be left out, or is taken from the rest of the deal."""
DISCOUNT = "deal.terms[trainium].discount_share"


def page(response: Any) -> str:
    return unescape(response.content.decode())


def form_of(response: Any) -> dict[str, str]:
    """The fields of the editor as a browser would send them back."""
    html = response.content.decode()
    form = html[html.index('class="part-editor"') :]
    fields: dict[str, str] = {}
    for tag in re.findall(r"<input\b[^>]*>", form, re.S):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            fields[unescape(name[1])] = unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select[^>]*?name="([^"]*)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)"\s+selected', options)
        first = re.search(r'value="([^"]*)"', options)
        fields[unescape(name)] = unescape((chosen or first)[1])  # type: ignore[index]
    return fields


@pytest.fixture
def deal(version: ScenarioVersion, people: People) -> Deal:
    return kept("deals", version, people)


@pytest.fixture
def fleet(version: ScenarioVersion, people: People) -> Fleet:
    return kept("fleets", version, people)


def kept(shelf: str, version: ScenarioVersion, people: People) -> Any:
    document = queries.document_of(version)
    return item_of(
        keep_part(
            shelf=shelf,
            document=document,
            team=people.team,
            author=people.owner,
            name="Kept",
            message="First",
        )
    )


def edit_address(deal: Deal) -> str:
    return reverse("library-edit", args=["deals", deal.uuid])


def newest(deal: Any) -> Any:
    return parse_stored(deal.versions.order_by("-number").first().document_text)


def test_a_card_says_what_its_term_does_and_what_it_fixes(owner_client: Client, deal: Deal) -> None:
    html = page(owner_client.get(reverse("library-item", args=["deals", deal.uuid])))
    assert "OpenAI pays at least $100.0 B over 32 quarters from 2026 Q2, whether it uses it or not." in html
    assert "Amazon pays $15.0 B for shares at a valuation of $730.0 B, on the opening date." in html
    assert "Contracted minimum" in html
    assert "(15,000)" in html


def test_an_untouched_form_saves_nothing(owner_client: Client, deal: Deal) -> None:
    form = form_of(owner_client.get(edit_address(deal)))
    answer = owner_client.post(edit_address(deal), {**form, "do": "save"})
    assert answer.status_code == 409
    assert "Nothing has changed since version 1." in page(answer)
    assert deal.versions.count() == 1


def test_a_changed_term_is_the_next_version_with_its_change_as_the_message(
    owner_client: Client, deal: Deal
) -> None:
    form = form_of(owner_client.get(edit_address(deal)))
    answer = owner_client.post(edit_address(deal), {**form, DISCOUNT: "30%", "do": "save"})
    assert answer.status_code == 302
    version = deal.versions.get(number=2)
    assert version.message == "Trainium contract: Discount 25% to 30%"
    assert newest(deal)["terms"][0]["discount_share"] == 0.3


def test_nothing_is_stored_before_saving_and_a_removed_term_can_be_put_back(
    owner_client: Client, deal: Deal
) -> None:
    form = form_of(owner_client.get(edit_address(deal)))
    removed = owner_client.post(
        edit_address(deal), {**form, DISCOUNT: "31%", "do": "remove:deal.terms[paid]"}
    )
    assert "Put back First tranche" in page(removed)
    assert "Amazon pays $15.0 B" not in page(removed)
    form = form_of(removed)
    assert form[DISCOUNT] == "31%"
    back = owner_client.post(edit_address(deal), {**form, "do": "back:deal.terms[paid]"})
    assert "Put back" not in page(back)
    assert "Amazon pays $15.0 B" in page(back)
    assert deal.versions.count() == 1


@pytest.mark.parametrize(
    "kind",
    [kind for kind, _title in term_kinds()],
)
def test_a_term_of_every_kind_can_be_added_and_says_what_it_lacks(
    owner_client: Client, deal: Deal, kind: str
) -> None:
    form = form_of(owner_client.get(edit_address(deal)))
    added = owner_client.post(edit_address(deal), {**form, "do": f"add:deal.terms:{kind}"})
    assert added.status_code == 200
    assert "to put right" not in page(added)
    saved = owner_client.post(edit_address(deal), {**form_of(added), "do": "save"})
    if kind in NOTHING_MORE_NEEDED:
        assert saved.status_code == 302
    else:
        assert saved.status_code == 422
        assert "must be put right" in page(saved)
        assert deal.versions.count() == 1


def test_the_summary_says_of_which_term_a_value_is_missing(owner_client: Client, deal: Deal) -> None:
    form = form_of(owner_client.get(edit_address(deal)))
    added = owner_client.post(edit_address(deal), {**form, "do": "add:deal.terms:revenue_share"})
    saved = owner_client.post(edit_address(deal), {**form_of(added), "do": "save"})
    assert "New revenue share: Rate is missing." in page(saved)


def test_a_duplicate_has_a_key_and_a_name_of_its_own(owner_client: Client, deal: Deal) -> None:
    form = form_of(owner_client.get(edit_address(deal)))
    copied = owner_client.post(edit_address(deal), {**form, "do": "duplicate:deal.terms[paid]"})
    owner_client.post(edit_address(deal), {**form_of(copied), "do": "save"})
    terms = newest(deal)["terms"]
    assert [term["key"] for term in terms].count("paid") == 1
    assert {"key": "paid-2", "label": "Copy of First tranche"}.items() <= terms[3].items()


def test_a_value_that_is_wrong_keeps_what_was_typed_and_says_what_is_allowed(
    owner_client: Client, deal: Deal
) -> None:
    form = form_of(owner_client.get(edit_address(deal)))
    answer = owner_client.post(edit_address(deal), {**form, DISCOUNT: "140%", "do": "save"})
    assert answer.status_code == 422
    assert "Discount is 140%. It must be between 0% and 100%." in page(answer)
    assert form_of(answer)[DISCOUNT] == "140%"
    assert deal.versions.count() == 1


def test_the_second_tab_is_told_whose_version_it_was_sees_both_values_and_chooses(
    owner_client: Client, member_client: Client, deal: Deal
) -> None:
    address = edit_address(deal)
    mine, theirs = form_of(owner_client.get(address)), form_of(member_client.get(address))
    member_client.post(address, {**theirs, DISCOUNT: "30%", "deal.lab_rate": "12%", "do": "save"})
    answer = owner_client.post(address, {**mine, DISCOUNT: "35%", "do": "save"})
    assert answer.status_code == 409
    html = page(answer)
    assert "member saved version 2" in html
    assert "30%" in html
    assert "35%" in html
    assert deal.versions.count() == 2
    form = form_of(answer)
    assert form["deal.lab_rate"] == "12%"  # what only they changed is kept
    taken = owner_client.post(address, {**form, "do": f"reset:{DISCOUNT}"})
    assert form_of(taken)[DISCOUNT] == "30%"
    answer = owner_client.post(address, {**form, "do": "save"})
    assert answer.status_code == 302
    assert newest(deal)["terms"][0]["discount_share"] == 0.35
    assert newest(deal)["lab_rate"] == 0.12


def test_saving_twice_makes_one_version(owner_client: Client, deal: Deal) -> None:
    form = {**form_of(owner_client.get(edit_address(deal))), DISCOUNT: "30%", "do": "save"}
    assert owner_client.post(edit_address(deal), form).status_code == 302
    assert owner_client.post(edit_address(deal), form).status_code == 302
    assert deal.versions.count() == 2


def test_a_deal_is_made_from_a_template_or_from_nothing(owner_client: Client, people: People) -> None:
    address = reverse("library-new", args=["deals"])
    assert "Amazon x OpenAI 2026" in page(owner_client.get(address))
    form = form_of(owner_client.get(address, {"from": "amazon-openai-2026"}))
    answer = owner_client.post(address, {**form, "name": "From a template", "do": "save"})
    assert answer.status_code == 302
    assert Deal.objects.get(name="From a template").team == people.team
    blank = form_of(owner_client.get(address, {"from": "blank"}))
    refused = owner_client.post(address, {**blank, "name": "Blank", "do": "save"})
    assert refused.status_code == 422
    assert "Lab's rate is missing." in page(refused)
    assert owner_client.get(address, {"from": "nonsense"}).status_code == 404
    assert not Deal.objects.filter(name="Blank").exists()


@pytest.mark.parametrize(
    "posted",
    [
        {"working": "not JSON"},
        {"working": "[1]"},
        {"working": '{"terms": "x"}'},
        {"working": '{"terms": [1, null, {"kind": [], "key": {}}]}'},
        {"working": "x" * 1_100_000},
        {"working": '{"terms": [' + "{}," * 6_000 + "{}]}"},
        {"working": '{"terms": true}'},
        {
            "working": '{"terms": [{"kind": "compute_contract", "key": ["a"]}]}',
            "do": "add:deal.terms:preferred",
        },
        {"do": "add:lab.costs"},
        {"do": "reset:"},
        {"do": "add:deal.terms:nonsense"},
        {"do": "remove:deal.terms[nobody]"},
        {"do": "remove:deal"},
        {"do": "reset:nothing[0].there"},
        {"do": "save", "base": "999999"},
    ],
)
def test_a_forged_form_is_answered_and_stores_nothing(
    owner_client: Client, deal: Deal, posted: dict[str, str]
) -> None:
    form = form_of(owner_client.get(edit_address(deal)))
    answer = owner_client.post(edit_address(deal), {"do": "save", **form, **posted})
    assert answer.status_code in {200, 409, 422}
    assert deal.versions.count() == 1


@pytest.mark.parametrize("keys", [["same"] * 40, ["a" + "].b[a" * n for n in range(40)]])
def test_terms_that_one_path_leads_to_are_refused_before_each_is_shown_under_every_other(
    owner_client: Client, deal: Deal, keys: list[str]
) -> None:
    terms = [{"kind": "compute_contract", "key": key} for key in keys]

    answer = owner_client.post(
        edit_address(deal), {"do": "look", "base": "1", "working": json.dumps({"terms": terms})}
    )

    assert (answer.status_code, "nothing was saved" in page(answer)) == (422, True)
    assert len(answer.content) < 200_000


def test_more_inputs_than_a_page_can_hold_are_refused(owner_client: Client, deal: Deal) -> None:
    terms = [{"kind": "compute_contract", "key": f"k{number}"} for number in range(900)]

    answer = owner_client.post(
        edit_address(deal), {"do": "look", "base": "1", "working": json.dumps({"terms": terms})}
    )

    assert (answer.status_code, "nothing was saved" in page(answer)) == (422, True)


def test_only_analysts_of_the_team_edit(
    deal: Deal, people: People, sign_in: Any, outsider_client: Client
) -> None:
    viewer = sign_in(people.viewer)
    for client in (viewer, outsider_client):
        assert client.get(edit_address(deal)).status_code == 404
        assert client.post(edit_address(deal), {"do": "save"}).status_code == 404
    assert viewer.get(reverse("library-new", args=["deals"])).status_code == 404
    assert viewer.get(reverse("library-item", args=["deals", deal.uuid])).status_code == 200


def test_rows_of_a_spreadsheet_become_lots_or_the_wrong_cell_is_named(
    owner_client: Client, fleet: Fleet
) -> None:
    address = reverse("library-edit", args=["fleets", fleet.uuid])
    form = form_of(owner_client.get(address))
    wrong = "Second\ttrainium\ttrainium\t12x\t2027-01-01\t4"
    answer = owner_client.post(address, {**form, "pasted": wrong, "do": "paste"})
    assert answer.status_code == 422
    assert "Chips is “12x”. It must be a number." in page(answer)
    assert wrong in page(answer)
    right = "Name\tChip\tContract\tOnline from\tChips\nSecond\ttrainium\ttrainium\t2027-01-01\t250,000\n"
    answer = owner_client.post(address, {**form_of(answer), "pasted": right, "do": "paste"})
    assert answer.status_code == 200
    saved = owner_client.post(address, {**form_of(answer), "do": "save"})
    assert saved.status_code == 302
    first, second = newest(fleet)["lots"]
    assert (second["key"], second["chips"], second["online_from"]) == ("second", 250000.0, "2027-01-01")
    assert second["it_capex_usd_per_chip"] == first["it_capex_usd_per_chip"]


def test_a_fleet_shows_chips_power_and_capex_and_says_when_power_is_not_known(
    owner_client: Client, fleet: Fleet
) -> None:
    html = page(owner_client.get(reverse("library-item", args=["fleets", fleet.uuid])))
    assert "Chips online by quarter" in html
    assert "500,000" in html
    assert "Power per chip is not known for: trainium." in html
    assert "(7,000)" in html  # 500,000 chips at 14,000 USD


def test_a_load_shape_is_edited_as_its_two_lists(
    owner_client: Client, version: ScenarioVersion, people: People
) -> None:
    shape = kept("loads", version, people)
    address = reverse("library-edit", args=["loads", shape.uuid])
    form = form_of(owner_client.get(address))
    answer = owner_client.post(address, {**form, "load.load_over_mean": "3 1.6 0.4", "do": "save"})
    assert answer.status_code == 302
    assert newest(shape)["load_over_mean"] == [3.0, 1.6, 0.4]
    assert DealVersion.objects.count() == 0
