"""How often a page asks the database: at most 8 times, however many rows there are."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tests.pages import OF_A_KEEPER, PAGES, Ids, page_names

if TYPE_CHECKING:
    from django.test import Client

    from planner.teams.models import User
    from tests.people import People

MOST = 8


def test_every_page_is_in_the_table() -> None:
    assert page_names() == set(PAGES)


def test_no_page_asks_more_than_8_times_or_more_often_for_more_rows(
    people: People, sign_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    from planner.catalog.actions import load_seed

    settings.DEMO_MODE = True  # one page is there in a demo only
    _give_every_run_its_draws(monkeypatch)
    load_seed()
    _publish_a_second_release(people)
    ids = _fill(people, range(2))
    clients = {name: sign_in(_visitor(name, people)) for name in PAGES}
    few = {name: _queries(clients[name], address(ids)) for name, address in PAGES.items()}
    _fill(people, range(2, 12), more_of=ids)

    many = {name: _queries(clients[name], address(ids)) for name, address in PAGES.items()}

    assert {name: (few[name], many[name]) for name in PAGES if many[name] != few[name]} == {}
    assert {name: found for name, found in many.items() if found > MOST} == {}


def _visitor(name: str, people: People) -> User:
    if name in OF_A_KEEPER:
        return people.keeper
    return people.loner if name == "teams:invitation" else people.owner


def _queries(client: Client, address: str) -> int:
    """Queries of the second visit: the first may fill what a process keeps."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code in (200, 302), address
    return len(captured)


def _fill(people: People, numbers: range, *, more_of: Ids | None = None) -> Ids:
    """So many more of everything that a page lists. Returns the ids of one of each; `more_of`: those of before."""
    made = [_fill_one(people, number) for number in numbers]
    ids = more_of or made[0]
    _add_versions(people, ids.scenario, numbers)
    return ids


def _fill_one(people: People, number: int) -> Ids:
    from planner.catalog.models import CatalogEntry
    from planner.fleets.actions import create_fleet
    from planner.scenarios.actions import create_scenario, share_version
    from planner.scenarios.documents import scenario_document
    from planner.teams.models import Level
    from tests.planner.scenarios.small_document import small_document

    document = small_document()
    ours, theirs = (
        create_scenario(team=team, author=author, name=f"Question {number}", document=document)
        for team, author in ((people.team, people.owner), (people.other_team, people.outsider))
    )
    run = _run(ours.newest_version, people.owner)
    _run(theirs.newest_version, people.outsider)
    _run(ours.newest_version, people.owner, state="queued")
    for team in (people.team, None):
        share_version(version=theirs.newest_version, team=team, level=Level.FULL, actor=people.outsider)
    share_version(version=ours.newest_version, team=people.other_team, level=Level.FULL, actor=people.owner)
    fleet = create_fleet(
        team=people.team,
        author=people.owner,
        name=f"Fleet {number}",
        document=scenario_document(document).fleet,
    )
    return Ids(
        **_people_more(people, number),
        release_draft=_release_draft(people),
        scenario=str(ours.uuid),
        version=str(ours.newest_version.uuid),
        other_version=str(theirs.newest_version.uuid),
        run=str(run.uuid),
        entry=str(CatalogEntry.objects.values_list("uuid", flat=True)[0]),
        fleet=str(fleet.fleet.uuid),
    )


def _people_more(people: People, number: int) -> dict[str, str]:
    """Another member, team, token and invitation."""
    from planner.teams.actions import add_member, create_team
    from planner.teams.invitations import invite
    from planner.teams.models import Role
    from planner.teams.tokens import make_token
    from tests.people import make_user

    newcomer = make_user(f"newcomer{number}")
    member = add_member(team=people.team, user=newcomer, role=Role.VIEWER, actor=people.owner)
    create_team(name=f"Another team {number}", owner=people.owner)
    make_token(user=people.owner)
    _invitation, secret = invite(team=people.team, role=Role.VIEWER, days=7, actor=people.owner)
    return {"membership": str(member.uuid), "invitation": secret}


def _publish_a_second_release(people: People) -> None:
    """A release after the seed's, in which one price is new."""
    from planner.catalog import actions, queries

    _add_entry(0)
    draft = actions.draft_release(name="Next", as_of=_today(), drafter=people.keeper)
    digest = queries.draft_content(draft).digest
    draft = actions.submit_draft(draft=draft, digest=digest, actor=people.keeper)
    actions.publish_draft(draft=draft, digest=digest, publisher=people.keeper2)


def _release_draft(people: People) -> str:
    """The one open draft of a release, with one more new price in it each time."""
    from planner.catalog.actions import draft_release
    from planner.catalog.models import CatalogEntry, ReleaseDraft

    _add_entry(CatalogEntry.objects.count())
    opened = ReleaseDraft.objects.filter(is_open=True).first()
    draft = opened or draft_release(name="Later", as_of=_today(), drafter=people.keeper)
    return str(draft.uuid)


def _add_entry(number: int) -> None:
    from planner.catalog.models import CatalogEntry

    entry = CatalogEntry.objects.filter(kind="offer").earliest("pk")
    entry.pk, entry.uuid, entry.key = None, CatalogEntry().uuid, f"offer.example.number-{number}"
    entry._state.adding = True
    entry.save()


def _today() -> date:
    from django.utils import timezone

    return timezone.localdate()


def _add_versions(people: People, scenario: str, numbers: range) -> None:
    """More versions of one scenario, each with a finished run."""
    from planner.scenarios.actions import add_version
    from planner.scenarios.models import Scenario
    from tests.planner.scenarios.small_document import small_document

    for number in numbers:
        version = add_version(
            scenario=Scenario.objects.get(uuid=scenario),
            document=small_document(**{"workload.input_tokens": 5000 + number}),
            message="More tokens",
            author=people.owner,
        )
        _run(version, people.owner)


def _run(version: Any, author: User, state: str = "done") -> Any:
    from planner.runs.models import Run
    from tests.planner.compare.conftest import finished_run

    run = finished_run(version, author, seed=7)
    Run.objects.filter(pk=run.pk).update(state=state)
    return run


def _give_every_run_its_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draws and ledgers without an engine: the rows under test are those of the database."""
    import numpy as np

    from planner.compare import queries as compare
    from planner.runs import queries as runs

    monkeypatch.setattr(
        compare, "draws_of", lambda run: dict.fromkeys(json.loads(run.result_text)["outcomes"], np.ones(8))
    )
    monkeypatch.setattr(
        runs, "ledger_of_draw", lambda run, draw: json.loads(run.result_text)["ledger"]["lines"]
    )
