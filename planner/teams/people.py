"""Who is asking."""

from django.http import HttpRequest

from planner.teams.models import User


def signed_in(request: HttpRequest) -> User:
    """The person behind a request to a page that asks for sign-in (all do unless they say @login_not_required)."""
    if not isinstance(request.user, User):
        raise TypeError("This view is open to everyone and must not ask who is signed in.")
    return request.user
