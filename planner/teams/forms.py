"""Forms of the team pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from planner.teams.models import Role, User


class FirstTeamForm(forms.Form):
    name = forms.CharField(label=_("Name of the team"), max_length=120)


class RoleForm(forms.Form):
    role = forms.TypedChoiceField(
        label=_("Role"), choices=Role.choices, coerce=lambda value: Role(int(value)), initial=Role.ANALYST
    )


class AddMemberForm(RoleForm):
    username = forms.CharField(label=_("User name"), max_length=150)
    field_order = ("username", "role")

    def clean_username(self) -> User:
        user = User.objects.filter(username=self.cleaned_data["username"].strip(), is_active=True).first()
        if user is None:
            raise forms.ValidationError(
                _("Nobody has this user name. Ask the administrator to make the account.")
            )
        return user
