"""People and teams in the admin. Shares and invitations are seen here, and made and ended only in the product."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from planner.teams.actions import end_invitations, record_membership
from planner.teams.models import Grant, Invitation, Membership, Role, Team, User
from planner.teams.people import signed_in
from planner.teams.tokens import revoke_all_after_password_change


@admin.register(User)
class PersonAdmin(UserAdmin[User]):
    """Accounts are switched off ("active"), never deleted: what somebody made stays under their name."""

    def has_delete_permission(self, *_args: Any) -> bool:
        return False

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """A password set here ends the person's API tokens, as one they change themselves does."""
        person = self.get_object(request, unquote(id))
        before = person.password if isinstance(person, User) else ""
        with transaction.atomic():
            answer = super().user_change_password(request, id, form_url)
            if isinstance(person, User):
                person.refresh_from_db()
                if person.password != before:
                    revoke_all_after_password_change(user=person, actor=signed_in(request))
        return answer


class MembershipFormSet(forms.BaseInlineFormSet[Membership, Team, forms.ModelForm[Membership]]):
    """The members of one team as they will be. A team keeps at least one owner."""

    def clean(self) -> None:
        super().clean()
        kept = [
            form.cleaned_data for form in self.forms if form.is_valid() and form not in self.deleted_forms
        ]
        if not any(member.get("role") == Role.OWNER for member in kept):
            raise forms.ValidationError(
                _("A team keeps at least one owner. Make somebody else an owner first.")
            )


class MembershipInline(admin.TabularInline[Membership, Team]):
    model = Membership
    formset = MembershipFormSet
    extra = 0
    autocomplete_fields = ("user",)


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin[Team]):
    list_display = ("name", "uuid", "created_at")
    search_fields = ("name", "uuid")
    inlines = (MembershipInline,)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """As Django does, with an entry in the audit log for each."""
        super().save_formset(request, form, formset, change)
        actor = signed_in(request)
        for action, changed in (
            ("member added", formset.new_objects),
            ("role changed", [membership for membership, _fields in formset.changed_objects]),
            ("member removed", formset.deleted_objects),
        ):
            for membership in changed:
                if action != "member added" and (action == "member removed" or membership.role != Role.OWNER):
                    end_invitations(membership, actor)
                record_membership(action, membership, actor)


class SeenOnly(admin.ModelAdmin[Any]):
    """Rows that the admin shows and does not change."""

    def has_add_permission(self, *_args: Any) -> bool:
        return False

    def has_change_permission(self, *_args: Any) -> bool:
        return False

    def has_delete_permission(self, *_args: Any) -> bool:
        return False


@admin.register(Grant)
class GrantAdmin(SeenOnly):
    list_display = ("object_kind", "object_uuid", "owner_team", "team", "level", "created_by", "created_at")
    list_filter = ("object_kind", "level")


@admin.register(Invitation)
class InvitationAdmin(SeenOnly):
    list_display = ("team", "user", "role", "created_by", "created_at", "expires_at", "answer")
    list_filter = ("answer",)
    exclude = ("digest",)
