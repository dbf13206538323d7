"""What pages know about the demo, in demo mode only."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from planner.pages import demo
from planner.pages.demo_reset import may_reset


def demo_accounts(request: HttpRequest) -> dict[str, Any]:
    """`demo_accounts` and `demo_password` for the sign-in page; `may_reset_demo` for the menu of a demo account."""
    match = request.resolver_match
    if not settings.DEMO_MODE or match is None:
        return {}
    if match.url_name != "account_login":
        return {"may_reset_demo": hasattr(request, "user") and may_reset(request.user)}
    return {"demo_accounts": demo.ACCOUNTS, "demo_password": demo.password()}
