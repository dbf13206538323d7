"""The demo: accounts, two teams, the price catalog, and worked scenarios whose runs are already computed.

Everything is looked up before it is made, so that a second call changes nothing.
"""

import os
from dataclasses import dataclass

from django.contrib.auth.models import Permission
from django.db import transaction
from django.utils.translation import gettext as _

from planner.catalog.actions import load_seed
from planner.runs.actions import compute_in_process, request_run
from planner.runs.models import Run
from planner.runs.queries import latest_done_run
from planner.scenarios.actions import create_scenario
from planner.scenarios.models import Scenario, ScenarioVersion
from planner.scenarios.worked_examples import demo_examples, template_document
from planner.teams import actions as teams
from planner.teams.access import has_role
from planner.teams.models import Membership, Role, Team, User

DEFAULT_PASSWORD = "genka-demo"  # noqa: S105 - printed on the screen in demo mode, refused in production


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One account offered on the sign-in page of a demo."""

    username: str
    first_name: str
    role: str


ACCOUNTS = (
    DemoAccount("owner", "Olivia", "owner of the team Corporate development"),
    DemoAccount("member", "Mika", "approver in the team Corporate development"),
    DemoAccount("outsider", "Oskar", "owner of another team, Infrastructure strategy"),
    DemoAccount("keeper", "Kaya", "staff, keeps the price catalog"),
    DemoAccount("keeper2", "Kenji", "staff, publishes what keeper entered"),
)
STAFF = {"keeper", "keeper2"}
CORPORATE, INFRASTRUCTURE = "Corporate development", "Infrastructure strategy"
MEMBERS = {
    "owner": (CORPORATE, Role.OWNER),
    "member": (CORPORATE, Role.APPROVER),
    "outsider": (INFRASTRUCTURE, Role.OWNER),
}
"""By user name: team and role."""


def password() -> str:
    """The password of all demo accounts: DEMO_PASSWORD, else one that the screen shows."""
    return os.environ.get("DEMO_PASSWORD") or DEFAULT_PASSWORD


def account_lines() -> list[str]:
    """What a terminal says about the demo accounts."""
    head = f"Demo accounts, all with the password {password()}:"
    return [head, *(f"  {account.username:<9} {account.role}" for account in ACCOUNTS)]


@transaction.atomic
def make_people() -> dict[str, User]:
    """The demo accounts with the password they should have, and their teams."""
    people = {account.username: _account(account) for account in ACCOUNTS}
    corporate = _team(CORPORATE, people["owner"])
    is_member = Membership.objects.filter(team=corporate, user=people["member"]).exists()
    if not is_member and has_role(people["owner"], corporate, Role.OWNER):
        teams.add_member(team=corporate, user=people["member"], role=Role.APPROVER, actor=people["owner"])
    _team(INFRASTRUCTURE, people["outsider"])
    for name in STAFF:
        people[name].user_permissions.set(Permission.objects.filter(content_type__app_label="catalog"))
    return people


def make_catalog(people: dict[str, User]) -> None:
    """The seeded prices and specifications, and their first release."""
    load_seed(publisher=people["keeper2"])


def worked_scenarios() -> list[tuple[str, str, str]]:
    """Owner, template and name of every worked scenario: all for one team, one for the other."""
    ours = [("owner", template.name, template.title) for template in demo_examples()]
    theirs = [
        ("outsider", template.name, template.title)
        for template in demo_examples()
        if template.name == "contract-without-equity"
    ]
    return ours + theirs


def make_scenario(author: User, template: str, name: str) -> ScenarioVersion:
    """Version 1 of the worked scenario, made when the author's demo team has none of this name in use."""
    team = Team.objects.get(name=MEMBERS[author.username][0])
    in_use = Scenario.objects.filter(team=team, template=template, name=name, archived_at=None)
    scenario = in_use.order_by("pk").first()
    if scenario is None:
        scenario = create_scenario(
            team=team,
            author=author,
            name=name,
            document=template_document(template),
            message=_("The worked example"),
            template=template,
        )
    first: ScenarioVersion = scenario.versions.get(number=1)
    return first


def compute(author: User, version: ScenarioVersion) -> Run:
    """A finished run of the version: the stored one, or one computed here and now."""
    done = latest_done_run(author, version)
    return done or compute_in_process(request_run(version=version, requester=author))


def _account(account: DemoAccount) -> User:
    user, _is_new = User.objects.get_or_create(
        username=account.username,
        defaults={"first_name": account.first_name, "is_staff": account.username in STAFF},
    )
    if not user.check_password(password()):
        user.set_password(password())
        user.save(update_fields=["password"])
    return user


def _team(name: str, owner: User) -> Team:
    return Team.objects.filter(name=name).first() or teams.create_team(name=name, owner=owner)
