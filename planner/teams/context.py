"""What every page knows about teams."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from planner.teams import access


def current_team(request: HttpRequest) -> dict[str, Any]:
    """`current_team` and `my_teams` for templates; no query until a template asks."""
    if not hasattr(request, "user"):
        return {}
    return {
        "current_team": SimpleLazyObject(lambda: access.current_team(request)),
        "my_teams": SimpleLazyObject(lambda: access.my_teams(request.user)),
    }
