"""Versions side by side: paired differences, what differs, and what a results-level share keeps back."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from planner.runs.models import Run
from planner.scenarios.actions import share_version, unshare_version
from planner.teams.models import Level, Team, User
from tests.planner.compare.conftest import MakeRun


def address(base: Any, *others: Any) -> str:
    chosen = "".join(f"&other={other}" for other in others)
    return f"{reverse('compare:compare')}?base={base}{chosen}"


def test_a_version_compared_with_itself_differs_by_exactly_nothing(
    owner_client: Client, team: Team, owner: User, make_run: MakeRun
) -> None:
    version = make_run(team, owner).version

    answer = owner_client.get(address(version.uuid, version.uuid))

    assert answer.status_code == 200
    deltas = [delta for row in answer.context["rows"] for _figure, delta in row.others]
    assert {(delta.figure, delta.word, delta.interval) for delta in deltas} == {("", "no difference", "")}
    assert {delta.better for delta in deltas} <= {"", "better in 0%, the same in 100%"}
    assert b"every input is the same" in answer.content
    assert "Lab's rate of return" not in {row.title for row in answer.context["rows"]}


def test_a_small_but_certain_gain_shows_because_both_saw_the_same_futures(
    owner_client: Client, team: Team, owner: User, make_run: MakeRun
) -> None:
    base = make_run(team, owner, "Base").version
    other = make_run(team, owner, "Other", better=0.001).version

    rows = owner_client.get(address(base.uuid, other.uuid)).context["rows"]

    npv = next(row for row in rows if row.title == "Worth to the provider today")
    assert npv.others[0][1].better == "better in 100%, the same in 0%"
    default = next(row for row in rows if row.title == "Lab defaults under contract")
    assert default.others[0][1].better == "better in 0%, the same in 0%"


def test_runs_with_different_luck_are_labelled_unpaired(
    owner_client: Client, team: Team, owner: User, make_run: MakeRun
) -> None:
    base, other = make_run(team, owner, seed=7).version, make_run(team, owner, seed=8).version

    answer = owner_client.get(address(base.uuid, other.uuid))

    assert b"Unpaired" in answer.content
    assert {delta.better for row in answer.context["rows"] for _figure, delta in row.others} == {""}


@pytest.mark.parametrize("place", ["base", "other"])
def test_what_was_not_shared_is_not_found_whether_it_exists_or_not(
    outsider_client: Client,
    team: Team,
    other_team: Team,
    owner: User,
    outsider: User,
    make_run: MakeRun,
    place: str,
) -> None:
    secret, own = make_run(team, owner).version, make_run(other_team, outsider).version

    for hidden in (secret.uuid, uuid4(), "no-uuid"):
        pair = (hidden, own.uuid) if place == "base" else (own.uuid, hidden)
        assert outsider_client.get(address(*pair)).status_code == 404


def test_results_level_gives_outcomes_and_deltas_but_no_input_and_no_ledger(
    outsider_client: Client, team: Team, other_team: Team, owner: User, outsider: User, make_run: MakeRun
) -> None:
    shared, own = make_run(team, owner, "Theirs").version, make_run(other_team, outsider, "Mine").version
    grant = share_version(version=shared, team=other_team, level=Level.RESULTS, actor=owner)

    answer = outsider_client.get(address(own.uuid, shared.uuid))

    text = answer.content.decode()
    titles = {row.title for row in answer.context["rows"]}
    assert "Back in cash, no IPO" in titles
    assert not titles & {"Equity paid", "Compute billed", "Shortfall payments", "Deepest cash out"}
    assert "results only were shared" in text
    for private in ("Trainium", "discount_share", "USD per chip", "Site capex", str(shared.digest)):
        assert private not in text

    unshare_version(version=shared, grant=grant, actor=owner)
    assert outsider_client.get(address(own.uuid, shared.uuid)).status_code == 404


def test_the_choice_offers_finished_versions_that_may_be_seen_and_no_others(
    owner_client: Client, team: Team, other_team: Team, owner: User, outsider: User, make_run: MakeRun
) -> None:
    mine = make_run(team, owner, "Mine").version
    make_run(other_team, outsider, "Somebody else's")

    choices = owner_client.get(reverse("compare:compare")).context["choices"]

    assert [choice.uuid for choice in choices] == [mine.uuid]


def test_a_name_with_markup_in_it_is_shown_as_text(
    owner_client: Client, team: Team, owner: User, make_run: MakeRun
) -> None:
    version = make_run(team, owner, "<script>alert(1)</script>").version

    text = owner_client.get(address(version.uuid, version.uuid)).content.decode()

    assert "<script>alert" not in text


def test_nobody_compares_without_signing_in(client: Client, db: None) -> None:
    assert client.get(reverse("compare:compare")).status_code == 302


def test_where_no_equity_was_paid_nothing_is_said_to_come_back(
    owner_client: Client, team: Team, owner: User, make_run: MakeRun
) -> None:
    base, other = make_run(team, owner, "With equity"), make_run(team, owner, "Without")
    result = json.loads(other.result_text)
    for name in ("equity_paid_usd", "share_sale_proceeds_usd"):
        result["outcomes"][name].update(dict.fromkeys(("mean", "p05", "p25", "p50", "p75", "p95"), 0.0))
    Run.objects.filter(pk=other.pk).update(result_text=json.dumps(result))

    rows = owner_client.get(address(base.version.uuid, other.version.uuid)).context["rows"]

    (figure, delta) = next(row for row in rows if row.title == "Back in cash, no IPO").others[0]
    assert (figure, delta.figure, delta.word) == ("no equity", "", "nothing to compare")
    (figure, delta) = next(row for row in rows if row.title == "Worth to the provider today").others[0]
    assert (figure, delta.figure, delta.word, delta.better) == ("$32.5 B", "", "not the same measure", "")


def test_the_page_says_when_one_side_has_no_equity(
    owner_client: Client, team: Team, owner: User, make_run: MakeRun
) -> None:
    base, other = make_run(team, owner, "Backed"), make_run(team, owner, "Bare")
    result = json.loads(other.result_text)
    result["outcomes"]["equity_paid_usd"]["mean"] = 0.0
    Run.objects.filter(pk=other.pk).update(result_text=json.dumps(result))

    text = " ".join(owner_client.get(address(base.version.uuid, other.version.uuid)).content.decode().split())

    assert "Bare · 1 has no equity" in text
    assert "those of Backed · 1 what the equity adds. They are not the same measure." in text
    same = owner_client.get(address(base.version.uuid, base.version.uuid)).content.decode()
    assert "not the same measure" not in same
