"""The Deal and Fleet pages of a scenario: what they show of the draft, and what their buttons do to it."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from planner.scenarios import actions, queries

if TYPE_CHECKING:
    from django.test import Client

    from planner.scenarios.models import Scenario
    from tests.people import People


def page(response: Any) -> str:
    return unescape(response.content.decode())


def address(scenario: Scenario, name: str = "deal") -> str:
    return reverse(f"scenarios:{name}", args=[scenario.uuid])


def raw(scenario: Scenario) -> dict[str, Any]:
    return queries.raw_of_draft(queries.draft_of(scenario))


def order(client: Client, scenario: Scenario, do: str, name: str = "deal", **more: Any) -> Any:
    lock = queries.draft_of(scenario).lock
    return client.post(address(scenario, name), {"do": do, "lock": lock, **more}, follow=True)


def keys(scenario: Scenario, part: str = "deal", name: str = "terms") -> list[str]:
    return [item["key"] for item in raw(scenario)[part][name]]


def test_the_cards_of_the_draft_lead_to_the_fields_of_the_editor(
    owner_client: Client, scenario: Scenario
) -> None:
    html = page(owner_client.get(address(scenario)))
    assert "OpenAI pays at least $100.0 B over 32 quarters from 2026 Q2" in html
    assert (
        f"{reverse('scenarios:edit', args=[scenario.uuid])}#f-deal-terms-trainium-discount_share-row" in html
    )
    assert reverse("runs:tie_out", args=[scenario.uuid]) in html


def test_terms_are_added_duplicated_removed_and_put_back_in_the_draft(
    owner_client: Client, scenario: Scenario
) -> None:
    order(owner_client, scenario, "add:deal.terms:price_steps")
    assert "price-steps" in keys(scenario)
    order(owner_client, scenario, "duplicate:deal.terms[minimum]")
    assert "minimum-2" in keys(scenario)
    html = page(order(owner_client, scenario, "remove:deal.terms[paid]"))
    assert "paid" not in keys(scenario)
    assert "Put back First tranche" in html
    order(owner_client, scenario, "back:deal.terms[paid]")
    assert "paid" in keys(scenario)


def test_a_trigger_is_added_to_a_tranche(owner_client: Client, scenario: Scenario) -> None:
    order(owner_client, scenario, "add:deal.terms[paid].triggers")
    paid = next(term for term in raw(scenario)["deal"]["terms"] if term["key"] == "paid")
    assert [trigger["key"] for trigger in paid["triggers"]] == ["trigger"]


def test_removing_a_term_takes_its_sources_and_putting_it_back_returns_them(
    owner_client: Client, scenario: Scenario
) -> None:
    cited = [path for path in raw(scenario)["evidence"] if path.startswith("deal.terms[trainium].")]
    assert cited
    order(owner_client, scenario, "remove:deal.terms[trainium]")
    assert not any(path in raw(scenario)["evidence"] for path in cited)
    order(owner_client, scenario, "back:deal.terms[trainium]")
    assert raw(scenario)["evidence"] == queries.raw_of_version(scenario.newest_version)["evidence"]  # type: ignore[arg-type]


def test_a_page_opened_before_somebody_elses_change_changes_nothing(
    owner_client: Client, scenario: Scenario, people: People
) -> None:
    stale = queries.draft_of(scenario).lock
    actions.save_draft(scenario=scenario, lock=stale, changes={"deal.lab_rate": 0.3}, editor=people.member)
    answer = owner_client.post(
        address(scenario), {"do": "remove:deal.terms[paid]", "lock": stale}, follow=True
    )
    assert "member changed this draft" in page(answer)
    assert "paid" in keys(scenario)


def test_an_order_for_something_else_is_refused_with_a_sentence(
    owner_client: Client, scenario: Scenario
) -> None:
    before = raw(scenario)
    for do in (
        "remove:fleet.lots[first]",
        "add:deal.terms:x",
        "remove:deal.terms[x]",
        "",
        "paste:",
        "x" * 9000,
    ):
        answer = order(owner_client, scenario, do)
        assert answer.status_code == 200
    assert raw(scenario) == before


def test_conflicts_stand_on_the_card_they_concern(owner_client: Client, scenario: Scenario) -> None:
    order(owner_client, scenario, "remove:deal.terms[trainium]")
    html = page(owner_client.get(address(scenario)))
    card = html[html.index('id="card-deal-terms-minimum"') :]
    assert "names the contract “trainium”. It must be one of: none." in card[: card.index("</article>")]


def test_chips_and_contracts_are_pasted_by_the_names_people_read(
    owner_client: Client, scenario: Scenario
) -> None:
    row = "By name\ttrainium3\tTrainium Contract\t1000\t2027-01-01"
    assert order(owner_client, scenario, "paste", "fleet", pasted=row).status_code == 200
    lot = raw(scenario)["fleet"]["lots"][-1]
    assert (lot["chip"], lot["contract"]) == ("trainium", "trainium")


def test_the_sum_of_what_is_fixed_is_not_called_a_minimum(owner_client: Client, scenario: Scenario) -> None:
    html = page(owner_client.get(address(scenario)))
    table = html[html.index('id="cash-title"') : html.index('id="terms-title"')]
    assert "Fixed cash" in table
    assert "Contracted minimum<" not in table


def test_a_button_of_a_board_comes_back_to_its_place(owner_client: Client, scenario: Scenario) -> None:
    html = page(owner_client.get(address(scenario)))
    for place in ("add-title", "gone", "card-deal-terms-trainium"):
        assert f'formaction="#{place}"' in html
        assert f'id="{place}"' in html


def test_lots_are_pasted_into_the_draft(owner_client: Client, scenario: Scenario) -> None:
    row = "Second\ttrainium\ttrainium\t1000\t2027-01-01\t2"
    assert order(owner_client, scenario, "paste", "fleet", pasted=row).status_code == 200
    assert keys(scenario, "fleet", "lots") == ["first", "second"]
    answer = order(owner_client, scenario, "paste", "fleet", pasted="a\tb\tc\tmany\tsoon")
    assert answer.status_code == 422
    assert "Online from is “soon”. It must be a date such as 2026-03-31." in page(answer)
    assert keys(scenario, "fleet", "lots") == ["first", "second"]


def test_a_scenario_knows_the_power_of_its_chips(owner_client: Client, scenario: Scenario) -> None:
    html = page(owner_client.get(address(scenario, "fleet")))
    assert "600.0" in html  # MW: 500,000 chips of 1.2 kW
    assert "is not known" not in html
    assert "(13,200" not in html
    assert "(14,200)" in html  # 500,000 x (14,000 + 1.2 x 12,000) USD m, paid in two years


def test_an_empty_draft_has_a_page(owner_client: Client, scenario: Scenario) -> None:
    lock = queries.draft_of(scenario).lock
    actions.replace_draft(
        scenario=scenario,
        lock=lock,
        document={"deal": [], "fleet": {"lots": [7]}},
        editor=scenario.created_by,
    )
    assert owner_client.get(address(scenario)).status_code == 200
    assert owner_client.get(address(scenario, "fleet")).status_code == 200
    assert order(owner_client, scenario, "add:deal.terms:preferred").status_code == 200


def test_others_see_nothing_and_viewers_change_nothing(
    outsider_client: Client, scenario: Scenario, people: People, sign_in: Any
) -> None:
    viewer = sign_in(people.viewer)
    for name in ("deal", "fleet"):
        assert outsider_client.get(address(scenario, name)).status_code == 404
        assert outsider_client.post(address(scenario, name), {}).status_code == 404
        html = page(viewer.get(address(scenario, name)))
        assert 'name="do"' not in html
        assert viewer.post(address(scenario, name), {"do": "x"}).status_code == 404
    assert outsider_client.get(reverse("runs:tie_out", args=[scenario.uuid])).status_code == 404


def test_dollars_and_gigawatts_are_compared_once_the_draft_is_right(
    owner_client: Client, scenario: Scenario
) -> None:
    tie_out = reverse("runs:tie_out", args=[scenario.uuid])
    assert "for a gigawatt-year" in page(owner_client.get(tie_out))
    order(owner_client, scenario, "add:deal.terms:equity_tranche")
    assert "once every value of the draft has been put right" in page(owner_client.get(tie_out))
