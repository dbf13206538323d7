"""What every page knows about teams."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from planner.teams import access


def current_team(request: HttpRequest) -> dict[str, Any]:
    """`current_team` and `my_teams` for templates, no query until a template asks; whether people may sign up."""
    if not hasattr(request, "user"):
        return {}
    return {
        "current_team": SimpleLazyObject(lambda: access.current_team(request)),
        "signup_is_open": settings.ACCOUNT_SIGNUP_OPEN,
        "my_teams": SimpleLazyObject(lambda: access.my_teams(request.user)),
    }
