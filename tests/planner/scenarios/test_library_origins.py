"""Between the library and a scenario: taken, changed here, saved back, and told of what is newer."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.http import Http404
from django.urls import reverse

from planner.deals.actions import create_deal, save_deal_version
from planner.deals.models import Deal
from planner.scenarios import actions, queries
from planner.scenarios.library import PARTS
from planner.scenarios.library_actions import archive_item, rename_item, take_into_draft
from planner.teams.actions import add_member
from planner.teams.models import Role

if TYPE_CHECKING:
    from django.test import Client

    from planner.scenarios.models import Scenario, ScenarioVersion
    from tests.people import People

DISCOUNT = "deal.terms[trainium].discount_share"


def page(response: Any) -> str:
    return unescape(response.content.decode())


def raw(scenario: Scenario) -> dict[str, Any]:
    return queries.raw_of_draft(queries.draft_of(scenario))


def lock(scenario: Scenario) -> int:
    return queries.draft_of(scenario).lock


@pytest.fixture
def deal(version: ScenarioVersion, people: People) -> Deal:
    document = queries.document_of(version).deal.model_copy(update={"lab_rate": 0.2})
    create_deal(team=people.team, author=people.owner, name="Kept deal", document=document)
    return Deal.objects.get()


def at(name: str, scenario: Scenario) -> str:
    return reverse(f"scenarios:{name}", args=[scenario.uuid, "deals"])


def take(client: Client, scenario: Scenario, deal: Deal, number: int = 1) -> Any:
    posted = {"item": str(deal.uuid), "number": number, "lock": lock(scenario)}
    return client.post(at("library_taking", scenario), posted)


def newer(deal: Deal, people: People, rate: float) -> None:
    version = deal.versions.order_by("-number").first()
    document = PARTS["deals"].shape.model_validate_json(version.document_text)
    changed = document.model_copy(update={"lab_rate": rate})
    save_deal_version(deal=deal, author=people.member, document=changed, message="")  # type: ignore[arg-type]


def test_a_scenario_made_without_the_library_does_not_mention_it(
    owner_client: Client, scenario: Scenario
) -> None:
    html = page(owner_client.get(reverse("scenarios:detail", args=[scenario.uuid])))
    assert 'class="origins' not in html
    assert "changes here" not in html


def test_taking_shows_what_it_changes_first_and_then_says_where_the_part_came_from(
    owner_client: Client, scenario: Scenario, deal: Deal
) -> None:
    chosen = owner_client.post(
        reverse("library-use", args=["deals", deal.uuid]), {"scenario": str(scenario.uuid)}
    )
    html = page(owner_client.get(chosen["Location"]))
    assert "Lab's rate" in html
    assert raw(scenario)["deal"]["lab_rate"] != 0.2
    assert take(owner_client, scenario, deal).status_code == 302
    assert raw(scenario)["deal"]["lab_rate"] == 0.2
    assert raw(scenario)["origins"]["deal"]["number"] == 1
    html = page(owner_client.get(reverse("scenarios:detail", args=[scenario.uuid])))
    assert "Deal: version 1" in html
    assert "Kept deal" in html
    assert "here" not in html[html.index("Deal: version 1") : html.index("Kept deal")]
    saved = actions.save_version(
        scenario=scenario, lock=lock(scenario), message="", author=scenario.created_by
    )
    assert queries.document_of(saved).origins["deal"].name == "Kept deal"


def test_sources_of_values_that_stay_are_kept(owner_client: Client, scenario: Scenario, deal: Deal) -> None:
    held = {DISCOUNT: {"source": "A filing"}, "deal.lab_rate": {"source": "A guess"}}
    changes = {"evidence": {**raw(scenario).get("evidence", {}), **held}}
    actions.save_draft(scenario=scenario, lock=lock(scenario), changes=changes, editor=scenario.created_by)
    take(owner_client, scenario, deal)
    assert raw(scenario)["evidence"][DISCOUNT] == {"source": "A filing"}
    # Another value: what was said of the old one is not true of it, but it comes from somewhere.
    assert raw(scenario)["evidence"]["deal.lab_rate"] == {"source": "Library: Kept deal, version 1"}


def test_changes_are_counted_and_saved_back_as_the_next_version(
    owner_client: Client, scenario: Scenario, deal: Deal
) -> None:
    take(owner_client, scenario, deal)
    actions.save_draft(
        scenario=scenario, lock=lock(scenario), changes={DISCOUNT: 0.3}, editor=scenario.created_by
    )
    detail = page(owner_client.get(reverse("scenarios:detail", args=[scenario.uuid])))
    assert "1 change here" in detail
    html = page(owner_client.get(at("library", scenario)))
    assert "Save back as version 2" in html
    assert "Trainium contract: Discount 25% to 30%" in html
    owner_client.post(at("library_saving_back", scenario), {"lock": lock(scenario)})
    added = deal.versions.get(number=2)
    assert added.message == "Trainium contract: Discount 25% to 30%"
    assert raw(scenario)["origins"]["deal"]["number"] == 2
    assert "Nothing was changed here since." in page(owner_client.get(at("library", scenario)))


def test_saving_back_over_somebody_elses_version_is_refused_with_what_they_changed(
    owner_client: Client, scenario: Scenario, deal: Deal, people: People
) -> None:
    take(owner_client, scenario, deal)
    actions.save_draft(
        scenario=scenario, lock=lock(scenario), changes={DISCOUNT: 0.3}, editor=scenario.created_by
    )
    newer(deal, people, 0.11)
    answer = owner_client.post(at("library_saving_back", scenario), {"lock": lock(scenario)}, follow=True)
    html = page(answer)
    assert "member saved version 2" in html
    assert "Version 2 is newer: what it changed" in html
    assert "11% a year" in html
    assert deal.versions.count() == 2
    assert raw(scenario)["deal"]["terms"][0]["discount_share"] == 0.3


def test_a_newer_version_is_told_shown_and_taken(
    owner_client: Client, scenario: Scenario, deal: Deal, people: People
) -> None:
    take(owner_client, scenario, deal)
    newer(deal, people, 0.11)
    detail = page(owner_client.get(reverse("scenarios:detail", args=[scenario.uuid])))
    assert "Version 2 is newer: see what it changed" in detail
    take(owner_client, scenario, deal, 2)
    assert raw(scenario)["deal"]["lab_rate"] == 0.11
    assert raw(scenario)["origins"]["deal"]["number"] == 2


def test_a_draft_that_moved_on_is_not_overwritten(
    owner_client: Client, scenario: Scenario, deal: Deal, people: People
) -> None:
    stale = lock(scenario)
    actions.save_draft(scenario=scenario, lock=stale, changes={DISCOUNT: 0.3}, editor=people.member)
    posted = {"item": str(deal.uuid), "number": 1, "lock": stale}
    answer = owner_client.post(at("library_taking", scenario), posted, follow=True)
    assert "member changed this draft" in page(answer)
    assert raw(scenario)["deal"]["terms"][0]["discount_share"] == 0.3
    assert "deal" not in raw(scenario).get("origins", {})


def test_a_renamed_or_archived_item_does_not_keep_a_scenario_from_being_saved(
    owner_client: Client, scenario: Scenario, deal: Deal, people: People
) -> None:
    take(owner_client, scenario, deal)
    rename_item(part=PARTS["deals"], item=deal, name="Renamed", actor=people.owner)
    archive_item(part=PARTS["deals"], item=deal, actor=people.owner)
    actions.save_version(scenario=scenario, lock=lock(scenario), message="", author=people.owner)
    assert "Renamed" in page(owner_client.get(reverse("scenarios:detail", args=[scenario.uuid])))
    assert take(owner_client, scenario, deal).status_code == 404


def test_an_item_of_another_team_cannot_be_taken(
    outsider_client: Client, owner_client: Client, scenario: Scenario, deal: Deal, people: People
) -> None:
    theirs = create_deal(
        team=people.other_team,
        author=people.outsider,
        name="Theirs",
        document=queries.document_of(scenario.newest_version).deal,  # type: ignore[arg-type]
    )
    assert take(owner_client, scenario, theirs.deal).status_code == 404
    add_member(team=people.other_team, user=people.owner, role=Role.OWNER, actor=people.outsider)
    assert take(owner_client, scenario, theirs.deal).status_code == 404  # both teams' member, and still not
    assert owner_client.get(at("library", scenario), {"take": theirs.deal.uuid}).status_code == 404
    assert outsider_client.get(at("library", scenario)).status_code == 404
    assert outsider_client.post(at("library_saving_back", scenario), {}).status_code == 404
    nothing = owner_client.post(at("library_saving_back", scenario), {}, follow=True)
    assert "This part does not come from the library of this team." in page(nothing)
    version = Deal.objects.get(team=people.other_team).versions.get()
    with pytest.raises(Http404):  # the action refuses by itself, whoever calls it
        take_into_draft(
            part=PARTS["deals"], version=version, scenario=scenario, lock=lock(scenario), editor=people.owner
        )


def test_a_viewer_takes_and_saves_back_nothing(
    owner_client: Client, scenario: Scenario, deal: Deal, people: People, sign_in: Any
) -> None:
    take(owner_client, scenario, deal)
    viewer = sign_in(people.viewer)
    assert take(viewer, scenario, deal).status_code == 404
    assert viewer.post(at("library_saving_back", scenario), {"lock": lock(scenario)}).status_code == 404
    assert viewer.get(reverse("library-use", args=["deals", deal.uuid])).status_code == 404


def test_a_lot_of_a_fleet_that_names_no_contract_is_a_problem_at_its_field(
    owner_client: Client, scenario: Scenario, people: People
) -> None:
    from planner.fleets.actions import create_fleet

    fleet = queries.document_of(scenario.newest_version).fleet  # type: ignore[arg-type]
    lots = tuple(lot.model_copy(update={"contract": "elsewhere"}) for lot in fleet.lots)
    kept = create_fleet(
        team=people.team, author=people.owner, name="Misfit", document=fleet.model_copy(update={"lots": lots})
    )
    posted = {"item": str(kept.fleet.uuid), "number": 1, "lock": lock(scenario)}
    owner_client.post(reverse("scenarios:library_taking", args=[scenario.uuid, "fleets"]), posted)
    html = page(owner_client.get(reverse("scenarios:fleet", args=[scenario.uuid])))
    assert "Contract of First gigawatt is “elsewhere”. It must be one of: trainium." in html
