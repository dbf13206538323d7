"""Forms of the team pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from planner.teams.actions import LONGEST_NAME
from planner.teams.models import Role, User


class TeamNameForm(forms.Form):
    """The characters are checked by the action, whose sentences say what is allowed."""

    name = forms.CharField(
        label=_("Name of the team"),
        max_length=LONGEST_NAME,
        error_messages={"required": _("Give the team a name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class RoleForm(forms.Form):
    role = forms.TypedChoiceField(
        label=_("Role"), choices=Role.choices, coerce=lambda value: Role(int(value)), initial=Role.ANALYST
    )


class InviteForm(RoleForm):
    """Whom, as what, and for how long the link holds."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        required=False,
        help_text=_(
            "Leave it empty for somebody without an account: the link is then for whoever opens it first."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    days = forms.TypedChoiceField(
        label=_("Holds for"),
        choices=[(1, _("1 day")), (7, _("7 days")), (30, _("30 days"))],
        coerce=int,
        initial=7,
    )
    field_order = ("username", "role", "days")

    def clean_username(self) -> User | None:
        """The person named; None when nobody is."""
        name = self.cleaned_data["username"]
        if not name:
            return None
        user = User.objects.filter(username=name, is_active=True).first()
        if user is None:
            raise forms.ValidationError(
                _(
                    "Nobody has the user name “%(name)s”. Leave it empty to invite somebody without an account."
                ),
                params={"name": name[:60]},
            )
        return user
