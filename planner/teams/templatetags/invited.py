"""Which teams have invited the reader, for the pages they begin on."""

from typing import Any

from django import template
from django.db.models import QuerySet

from planner.teams.models import Invitation
from planner.teams.people import signed_in
from planner.teams.queries import invitations_for

register = template.Library()


@register.simple_tag(takes_context=True)
def my_invitations(context: dict[str, Any]) -> QuerySet[Invitation]:
    """The invitations that name the reader and still hold, newest first. One query."""
    return invitations_for(signed_in(context["request"]))
