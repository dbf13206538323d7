"""How people sign in: user name and password; nobody signs up unless the installation opens it."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseRedirect


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        return bool(settings.ACCOUNT_SIGNUP_OPEN)


@login_not_required
def admin_sign_in(request: HttpRequest) -> HttpResponseRedirect:
    """The admin's sign-in page is everybody's. Somebody signed in who is not staff finds no admin here."""
    if request.user.is_authenticated:
        raise Http404
    return redirect_to_login(request.GET.get("next", "/admin/"))
