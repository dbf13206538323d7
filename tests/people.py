"""The people of every test, the same as in the demo: owner and member of one team, outsider of another, keepers.

Nothing here imports Django before a test asks for it, so that tests/costmodel runs without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.teams.models import Team, User

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class People:
    """Two teams and everybody who matters. `loner` has signed in and has no team."""

    owner: User
    member: User
    viewer: User
    analyst: User
    outsider: User
    loner: User
    keeper: User
    keeper2: User
    team: Team
    other_team: Team


def make_people() -> People:
    from django.contrib.auth.models import Permission

    from planner.teams.actions import add_member, create_team
    from planner.teams.models import Role

    names = ("owner", "member", "viewer", "analyst", "outsider", "loner")
    users = {name: make_user(name) for name in names}
    keepers = {name: make_user(name, is_staff=True) for name in ("keeper", "keeper2")}
    for keeper in keepers.values():
        keeper.user_permissions.set(Permission.objects.filter(content_type__app_label="catalog"))
    team = create_team(name="Corporate development", owner=users["owner"])
    other_team = create_team(name="Infrastructure strategy", owner=users["outsider"])
    for name, role in (("member", Role.APPROVER), ("viewer", Role.VIEWER), ("analyst", Role.ANALYST)):
        add_member(team=team, user=users[name], role=role, actor=users["owner"])
    return People(**users, **keepers, team=team, other_team=other_team)


def make_user(username: str, **fields: object) -> User:
    from planner.teams.models import User

    return User.objects.create_user(username, password=PASSWORD, **fields)
