"""The demo goes back to how it was found, and nothing of anybody else's with it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from planner.audit.models import AuditEntry
from planner.fleets.models import Fleet
from planner.pages import demo, demo_reset
from planner.runs.actions import request_run
from planner.runs.models import Run, RunRequest, State
from planner.scenarios.actions import create_scenario, rename_scenario, save_draft, share_version
from planner.scenarios.library import keep_part
from planner.scenarios.models import Scenario
from planner.scenarios.queries import document_of, scenarios_for
from planner.teams.actions import add_member, create_team
from planner.teams.invitations import invite
from planner.teams.models import Grant, Level, Membership, Role, Team, User
from planner.teams.tokens import make_token
from tests.people import make_user
from tests.planner.scenarios.small_document import small_document

pytestmark = pytest.mark.django_db
ADDRESS = "/demo/reset/"


@pytest.fixture
def accounts(settings: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, User]:
    """A demo with its worked scenarios; their runs wait, as nobody works here."""
    settings.DEMO_MODE, settings.RUN_DEFAULT_DRAWS = True, 8192
    found = demo.make_people()
    for username, template, name in demo.worked_scenarios():
        request_run(version=demo.make_scenario(found[username], template, name), requester=found[username])
    return found


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


def test_a_link_handed_out_before_no_longer_opens_the_team(
    accounts: dict[str, User], client_of: Callable[[User], Client]
) -> None:
    team = Team.objects.get(name=demo.CORPORATE)
    _made, secret = invite(team=team, role=Role.OWNER, days=30, actor=accounts["owner"])

    demo_reset.reset(actor=accounts["owner"])

    late = client_of(make_user("late"))
    assert late.post(reverse("teams:invitation-acceptance", args=[secret])).status_code == 404
    assert not Membership.objects.filter(team=team, user__username="late").exists()


def names(viewer: User) -> list[str]:
    return sorted(scenarios_for(viewer).values_list("name", flat=True))


def test_what_was_made_is_archived_and_the_worked_examples_stand_there_as_new(
    accounts: dict[str, User], client_of: Callable[[User], Client]
) -> None:
    owner = accounts["owner"]
    team, before = Team.objects.get(name=demo.CORPORATE), names(owner)
    own = create_scenario(team=team, author=owner, name="Our own", document=small_document())
    renamed = rename_scenario(
        scenario=scenarios_for(owner).get(template="nvidia-only-fleet"), name="X", actor=owner
    )
    edited = scenarios_for(owner).get(template="amazon-openai-2026")
    save_draft(scenario=edited, lock=2, changes={"deal.lab": "Another"}, editor=owner)
    untouched = scenarios_for(owner).get(template="contract-without-equity")
    keep_part(
        shelf="fleets",
        document=document_of(own.newest_version),
        team=team,
        author=owner,
        name="F",
        message="",
    )

    answer = client_of(owner).post(ADDRESS)

    assert answer.headers["Location"] == reverse("pages:home")
    assert names(owner) == before
    archived = Scenario.objects.exclude(archived_at=None)
    assert set(archived) == {own, renamed, edited}
    assert scenarios_for(owner).get(template="contract-without-equity") == untouched
    assert not Fleet.objects.filter(archived_at=None).exists()


def test_the_runs_of_the_examples_are_the_stored_ones(accounts: dict[str, User]) -> None:
    owner = accounts["owner"]
    Run.objects.update(state=State.DONE, result_digest="d" * 64)
    before = set(Run.objects.all())
    rename_scenario(scenario=scenarios_for(owner).get(template="nvidia-only-fleet"), name="X", actor=owner)

    made = demo_reset.reset(actor=owner)

    assert set(Run.objects.all()) == before
    for _author, version in made:
        assert RunRequest.objects.filter(version=version, run__state=State.DONE).exists()


def test_members_shares_runs_and_tokens_are_those_of_the_beginning(accounts: dict[str, User]) -> None:
    owner, member = accounts["owner"], accounts["member"]
    team, theirs = Team.objects.get(name=demo.CORPORATE), Team.objects.get(name=demo.INFRASTRUCTURE)
    guest = make_user("guest")
    add_member(team=team, user=guest, role=Role.OWNER, actor=owner)
    Membership.objects.filter(user=owner).update(role=Role.VIEWER)
    Membership.objects.filter(user=member).delete()
    version = scenarios_for(accounts["outsider"]).get().newest_version
    share_version(version=version, team=team, level=Level.FULL, actor=accounts["outsider"])
    make_token(user=owner)
    create = create_scenario(team=theirs, author=accounts["outsider"], name="Y", document=small_document())
    run = request_run(version=create.newest_version, requester=accounts["outsider"])

    demo_reset.reset(actor=member)

    roles = dict(Membership.objects.filter(team=team).values_list("user__username", "role"))
    assert roles == {"owner": Role.OWNER, "member": Role.APPROVER}
    assert not Grant.objects.exists()
    assert not owner.auth_token_set.exists()
    run.refresh_from_db()
    assert run.state == State.CANCELLED
    entries = AuditEntry.objects.filter(action="demo reset")
    assert {(entry.actor, entry.team_uuid) for entry in entries} == {
        (member, team.uuid),
        (member, theirs.uuid),
    }


def test_other_teams_are_left_alone(accounts: dict[str, User]) -> None:
    stranger = make_user("stranger")
    team = create_team(name="Not of the demo", owner=stranger)
    add_member(team=team, user=accounts["owner"], role=Role.ANALYST, actor=stranger)
    scenario = create_scenario(team=team, author=stranger, name="Real work", document=small_document())
    run = request_run(version=scenario.newest_version, requester=stranger)
    ours = Team.objects.get(name=demo.CORPORATE)
    share_version(version=scenario.newest_version, team=ours, level=Level.FULL, actor=stranger)

    demo_reset.reset(actor=accounts["owner"])

    assert names(stranger) == ["Real work"]
    assert Membership.objects.filter(team=team).count() == 2
    assert Grant.objects.filter(owner_team=team).count() == 1
    run.refresh_from_db()
    assert run.state == State.QUEUED


def test_there_is_no_such_page_outside_a_demo_nor_for_people_who_are_not_of_it(
    accounts: dict[str, User], client_of: Callable[[User], Client], settings: Any
) -> None:
    assert client_of(accounts["keeper"]).get(ADDRESS).status_code == 200
    assert "Reset the demo" in client_of(accounts["owner"]).get("/").content.decode()
    assert client_of(make_user("somebody")).post(ADDRESS).status_code == 404
    settings.DEMO_MODE = False
    before = names(accounts["owner"])

    for method in ("get", "post"):
        assert getattr(client_of(accounts["owner"]), method)(ADDRESS).status_code == 404
    assert "Reset the demo" not in client_of(accounts["owner"]).get("/").content.decode()
    assert names(accounts["owner"]) == before


def test_the_command_resets_too_and_leaves_everything_computed(
    accounts: dict[str, User], capsys: pytest.CaptureFixture[str]
) -> None:
    Run.objects.update(state=State.DONE, result_digest="d" * 64)
    owner = accounts["owner"]
    own = create_scenario(
        team=Team.objects.get(name=demo.CORPORATE), author=owner, name="Our own", document=small_document()
    )

    call_command("demo_data", "--reset")

    own.refresh_from_db()
    assert own.is_archived
    assert {run.state for run in Run.objects.all()} == {State.DONE}
