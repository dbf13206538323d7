import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client

from planner.pages import demo
from planner.runs.models import Run, State
from planner.scenarios.models import Scenario
from planner.teams.models import Membership, Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def _quick(settings: object) -> None:
    settings.RUN_DEFAULT_DRAWS = 8192  # type: ignore[attr-defined]


def _counts() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


@pytest.mark.usefixtures("_quick")
def test_the_demo_is_made_once_whole_and_already_computed(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("demo_data")
    first = _counts()
    said = capsys.readouterr().out.splitlines()
    assert any(line.split()[:1] == ["outsider"] for line in said)
    assert said[-1] == "The demo data is ready."

    call_command("demo_data")

    assert _counts() == first
    assert {run.state for run in Run.objects.all()} == {State.DONE}
    assert set(Scenario.objects.filter(team__name=demo.CORPORATE).values_list("name", flat=True)) == {
        "Amazon x OpenAI 2026",
        "Contract without equity",
        "NVIDIA-only fleet",
    }
    assert list(Scenario.objects.filter(team__name=demo.INFRASTRUCTURE).values_list("name", flat=True)) == [
        "Contract without equity"
    ]


def test_each_account_has_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_PASSWORD", "first choice")
    people = demo.make_people()
    roles = {
        membership.user.username: (membership.team.name, membership.role)
        for membership in Membership.objects.select_related("team", "user")
    }

    assert roles == {
        "owner": (demo.CORPORATE, Role.OWNER),
        "member": (demo.CORPORATE, Role.APPROVER),
        "outsider": (demo.INFRASTRUCTURE, Role.OWNER),
    }
    assert {name for name, user in people.items() if user.is_staff} == {"keeper", "keeper2"}
    assert people["keeper"].has_perm("catalog.change_catalogentry")
    assert not people["keeper"].has_perm("teams.view_team")
    assert people["owner"].check_password("first choice")

    monkeypatch.setenv("DEMO_PASSWORD", "second choice")
    demo.make_people()
    assert User.objects.get(username="owner").check_password("second choice")


def test_production_refuses_accounts_with_a_known_password(settings: object) -> None:
    settings.DEMO_DATA_ALLOWED = False  # type: ignore[attr-defined]

    with pytest.raises(CommandError, match="refuses"):
        call_command("demo_data")

    assert not User.objects.exists()


@pytest.mark.parametrize(("text", "port"), [("", 8000), ("8001", 8001)])
def test_an_empty_port_means_the_usual_one(monkeypatch: pytest.MonkeyPatch, text: str, port: int) -> None:
    from planner.pages.management.commands import up

    monkeypatch.setenv("PORT", text)

    assert up._port() == port
