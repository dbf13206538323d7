from typing import Any

from allauth.account.signals import password_changed
from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_delete, post_save


class TeamsConfig(AppConfig):
    name = "planner.teams"

    def ready(self) -> None:
        from planner.teams.memory import forget_memberships

        user_logged_in.connect(_record_sign_in, dispatch_uid="planner.teams.sign_in")
        password_changed.connect(_end_tokens, dispatch_uid="planner.teams.password")
        membership = self.get_model("Membership")
        post_save.connect(forget_memberships, sender=membership, dispatch_uid="planner.teams.memory")
        post_delete.connect(forget_memberships, sender=membership, dispatch_uid="planner.teams.memory")


def _record_sign_in(sender: Any, user: Any, **_signal: Any) -> None:  # noqa: ARG001 - Django's signature
    from planner.audit.actions import record

    record(actor=user, action="signed in", object_kind="user", object_uuid=user.uuid)


def _end_tokens(sender: Any, user: Any, **_signal: Any) -> None:  # noqa: ARG001 - Django's signature
    from planner.teams.tokens import revoke_all_after_password_change

    revoke_all_after_password_change(user=user, actor=user)
