"""The demo accounts on the sign-in page, in demo mode only."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from planner.pages import demo


def demo_accounts(request: HttpRequest) -> dict[str, Any]:
    """`demo_accounts` and `demo_password` for the sign-in page of a demo; nothing anywhere else."""
    match = request.resolver_match
    if not settings.DEMO_MODE or match is None or match.url_name != "account_login":
        return {}
    return {"demo_accounts": demo.ACCOUNTS, "demo_password": demo.password()}
