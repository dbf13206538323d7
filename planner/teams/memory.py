"""Whose member somebody is, read once a request: every page asks it many times and it cannot change in between.

The memory lives as long as one request, so a membership that ends counts with the very next one. Outside requests
(workers, commands) nothing is remembered.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.db.models import Subquery
from django.http import HttpRequest, HttpResponse

from planner.teams.models import Invitation, Membership, User

_remembered: ContextVar[dict[int, list[Membership]] | None] = ContextVar("memberships", default=None)


class MembershipsOnce:
    """Middleware: opens the memory of one request, and closes it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _remembered.set({})
        try:
            return self._get_response(request)
        finally:
            _remembered.reset(token)


def memberships_of(person: User) -> list[Membership]:
    """The person's memberships with their teams, oldest first."""
    memory = _remembered.get()
    if memory is None:
        return _read(person)
    if person.pk not in memory:
        memory[person.pk] = _read(person)
    return memory[person.pk]


def remembered_teams(person: User) -> list[int] | None:
    """Keys of the person's teams when this request has read them; None when a query has to find them."""
    held = (_remembered.get() or {}).get(person.pk)
    return None if held is None else [membership.team_id for membership in held]


def forget_memberships(**_signal: Any) -> None:
    """Called when a membership was made, changed or ended: what is asked next in this request is read anew."""
    memory = _remembered.get()
    if memory is not None:
        memory.clear()


def invited_to(person: User) -> str:
    """The name of the team that invited this member of another team last; "" when none did. No query of its own."""
    held = memberships_of(person)
    return str(held[0].invited_to or "") if held else ""  # type: ignore[attr-defined] # annotated below


def _read(person: User) -> list[Membership]:
    mine = Membership.objects.filter(user=person)
    open_ones = Invitation.objects.filter(user=person).holding().exclude(team__in=mine.values("team"))
    newest = open_ones.order_by("-created_at", "-pk").values("team__name")[:1]
    return list(mine.select_related("team").annotate(invited_to=Subquery(newest)))
