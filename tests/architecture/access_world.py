"""The people and objects of the access table, made once for all its lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tests.people import People, make_people
from tests.planner.scenarios.small_document import small_document

if TYPE_CHECKING:
    from django.test import Client

    from planner.runs.models import Run
    from planner.scenarios.models import ScenarioVersion
    from planner.teams.models import User

NOBODYS = UUID("00000000-0000-4000-8000-000000000000")
PRIVATE, NONE = "private", "none"
"""Beside "results" and "full": not shared with anybody, and not there at all."""

Arguments = dict[str, Any]


@dataclass
class World:
    """Addresses' arguments by kind of object and by how it is shared, and a signed-in client per account."""

    arguments: dict[str, dict[str, Arguments]]
    clients: dict[str, Client]
    people: People
    named: dict[str, str]
    """What a line may send by name."""


def make_world() -> World:
    people = make_people()
    of_version = {shared: _version(people, shared) for shared in (PRIVATE, "results", "full")}
    arguments = {
        "": {PRIVATE: {}},
        "shelf": {PRIVATE: {"shelf": "deals"}, NONE: {"shelf": "no-such-shelf"}},
        "public-deal": {PRIVATE: {"key": "amazon-openai-2026"}, NONE: {"key": "no-such-deal"}},
        **_of_versions(of_version),
        **_of_runs({shared: _run(people, version) for shared, version in of_version.items()}),
        **_of_library(people, of_version[PRIVATE]),
        **_of_team(people),
        **_of_catalog(people),
    }
    named = {
        "$item": str(arguments["item"][PRIVATE]["uuid"]),
        "$scenario": str(of_version[PRIVATE].scenario.uuid),
    }
    names = ("loner", "viewer", "analyst", "member", "owner", "outsider", "keeper")
    return World(arguments, {name: _client(getattr(people, name)) for name in names}, people, named)


def _client(user: User) -> Client:
    from django.test import Client

    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _version(people: People, shared: str) -> ScenarioVersion:
    from planner.scenarios.actions import create_scenario, share_version
    from planner.teams.models import Level

    scenario = create_scenario(
        team=people.team,
        author=people.owner,
        name=f"A {shared} question",
        document=small_document(),
        message="",
    )
    version = scenario.newest_version
    assert version is not None
    if shared != PRIVATE:
        level = Level.RESULTS if shared == "results" else Level.FULL
        share_version(version=version, team=people.other_team, level=level, actor=people.owner)
    return version


def _run(people: People, version: ScenarioVersion) -> Run:
    from tests.planner.compare.conftest import finished_run

    return finished_run(version, people.owner, seed=7)


def _of_versions(versions: dict[str, ScenarioVersion]) -> dict[str, dict[str, Arguments]]:
    from planner.teams.models import Grant

    private, shared = versions[PRIVATE], versions["results"]
    grant = Grant.objects.get(object_uuid=shared.uuid)
    return {
        "scenario": {
            **{sharing: {"uuid": version.scenario.uuid} for sharing, version in versions.items()},
            NONE: {"uuid": NOBODYS},
        },
        "version": {
            **{sharing: {"uuid": version.uuid} for sharing, version in versions.items()},
            NONE: {"uuid": NOBODYS},
        },
        "scenario-shelf": {
            **{sharing: {"uuid": v.scenario.uuid, "shelf": "deals"} for sharing, v in versions.items()},
            NONE: {"uuid": NOBODYS, "shelf": "deals"},
        },
        "cost-deal": {
            **{sharing: {"?": f"?deal={version.uuid}"} for sharing, version in versions.items()},
            NONE: {"?": f"?deal={NOBODYS}"},
        },
        "differences": {
            **{sharing: _differences(version) for sharing, version in versions.items()},
            NONE: {**_differences(private), "uuid": NOBODYS},
        },
        # A share of another version counts as none.
        "share": {
            "results": {"uuid": shared.uuid, "grant": grant.uuid},
            NONE: {"uuid": private.uuid, "grant": grant.uuid},
        },
    }


def _differences(version: ScenarioVersion) -> Arguments:
    return {"uuid": version.scenario.uuid, "?": f"?before={version.uuid}&after=draft"}


def _of_runs(runs: dict[str, Run]) -> dict[str, dict[str, Arguments]]:
    uuids = {**{sharing: run.uuid for sharing, run in runs.items()}, NONE: NOBODYS}
    more: dict[str, Arguments] = {
        "run": {},
        "run-export": {"form": "csv"},
        "draw": {"draw": 5},
        "draw-export": {"draw": 5, "form": "json"},
    }
    return {
        kind: {sharing: {"uuid": uuid, **rest} for sharing, uuid in uuids.items()}
        for kind, rest in more.items()
    }


def _of_library(people: People, version: ScenarioVersion) -> dict[str, dict[str, Arguments]]:
    from planner.scenarios.library import PARTS, item_of, keep_part
    from planner.scenarios.library_actions import take_into_draft
    from planner.scenarios.queries import document_of, draft_of

    document = document_of(version)
    kept = keep_part(
        shelf="deals", document=document, team=people.team, author=people.owner, name="Kept", message=""
    )
    scenario = version.scenario
    take_into_draft(
        part=PARTS["deals"],
        version=kept,
        scenario=scenario,
        lock=draft_of(scenario).lock,
        editor=people.owner,
    )
    on_shelf = {"uuid": version.scenario.uuid, "shelf": "deals"}
    return {
        "scenario-origin": {PRIVATE: on_shelf, NONE: {**on_shelf, "uuid": NOBODYS}},
        "item": {
            PRIVATE: {"shelf": "deals", "uuid": item_of(kept).uuid},
            NONE: {"shelf": "deals", "uuid": NOBODYS},
        },
    }


def _of_team(people: People) -> dict[str, dict[str, Arguments]]:
    from knox.models import AuthToken

    from planner.teams.invitations import invite
    from planner.teams.models import Membership, Role
    from planner.teams.tokens import make_token

    made, secret = invite(team=people.team, role=Role.VIEWER, days=7, user=people.loner, actor=people.owner)
    make_token(user=people.owner)
    held = Membership.objects.get(user=people.viewer)
    return {
        "team": {PRIVATE: {"uuid": people.team.uuid}, NONE: {"uuid": NOBODYS}},
        "membership": {PRIVATE: {"uuid": held.uuid}, NONE: {"uuid": NOBODYS}},
        "invitation": {PRIVATE: {"uuid": made.uuid}, NONE: {"uuid": NOBODYS}},
        "invitation-key": {PRIVATE: {"key": secret}, NONE: {"key": secret.swapcase()}},
        "token": {PRIVATE: {"token_key": AuthToken.objects.get().token_key}, NONE: {"token_key": "x"}},
    }


def _of_catalog(people: People) -> dict[str, dict[str, Arguments]]:
    from django.utils import timezone

    from planner.catalog.actions import draft_release, load_seed
    from planner.catalog.models import CatalogEntry
    from planner.catalog.queries import current_release

    load_seed()
    draft = draft_release(name="Next", as_of=timezone.now().date(), drafter=people.keeper)
    entry, release = CatalogEntry.objects.first(), current_release()
    assert entry is not None
    assert release is not None
    return {
        "entry": {PRIVATE: {"uuid": entry.uuid}, NONE: {"uuid": NOBODYS}},
        "release-draft": {PRIVATE: {"uuid": draft.uuid}, NONE: {"uuid": NOBODYS}},
        "cost-cell": {
            PRIVATE: {"chip": "h100", "model": "llama-3-1-70b"},
            NONE: {"chip": "h100", "model": "no-such-model"},
        },
        "release": {PRIVATE: {"number": release.number}, NONE: {"number": 999}},
    }
