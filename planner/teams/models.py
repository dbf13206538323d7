"""People, teams, who has which role, and what was shared with whom."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """Somebody who signs in. E-mail is optional; the public id is the uuid."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)

    class Meta(AbstractUser.Meta):
        swappable = "AUTH_USER_MODEL"


class Role(models.IntegerChoices):
    """What a member may do; each role includes those before it."""

    VIEWER = 1, _("viewer")
    ANALYST = 2, _("analyst")
    APPROVER = 3, _("approver")
    OWNER = 4, _("owner")


class Level(models.IntegerChoices):
    """How much of a shared object is seen. RESULTS is an allow-list of outcomes; FULL is everything."""

    RESULTS = 1, _("results")
    FULL = 2, _("full")


class Team(models.Model):
    """People who plan together. What they make is theirs until they share it."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120, unique=True)
    members = models.ManyToManyField(
        User, through="Membership", related_name="teams", verbose_name=_("members")
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = (
            models.UniqueConstraint(
                Lower("name"),
                name="one_team_per_name_in_any_case",
                violation_error_message=_("There is already a team of this name."),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person's role in one team."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("team")
    )
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("user")
    )
    role = models.PositiveSmallIntegerField(_("role"), choices=Role.choices)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        ordering = ("created_at", "id")
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = (
            models.UniqueConstraint(fields=("team", "user"), name="one_membership_per_team_and_user"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class Answer(models.TextChoices):
    """What became of an invitation."""

    OPEN = "open", _("open")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    REVOKED = "revoked", _("revoked")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """As usual, and which still hold."""

    def holding(self) -> "InvitationQuerySet":
        """Those that can still be accepted: unanswered, in time, made by somebody who is an owner of the team today."""
        return self.filter(
            answer=Answer.OPEN,
            expires_at__gt=timezone.now(),
            created_by__is_active=True,
            team__memberships__user=F("created_by"),
            team__memberships__role=Role.OWNER,
        ).select_related("team", "user", "created_by")


class Invitation(models.Model):
    """A way into a team for one person: a secret link, and for somebody named also a notice on their pages.

    It holds while it is open, not past its time, and while its maker is an owner of the team (`holding`).
    """

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, related_name="invitations", verbose_name=_("team")
    )
    role = models.PositiveSmallIntegerField(_("role"), choices=Role.choices)
    user = models.ForeignKey(
        User,
        null=True,
        on_delete=models.PROTECT,
        related_name="invitations",
        verbose_name=_("for whom"),
    )
    """None: for whoever opens the link first."""
    digest = models.CharField(_("digest of the link"), max_length=64, unique=True)
    """The link itself is shown once and stored nowhere."""
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="invitations_made", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires at"))
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices, default=Answer.OPEN)
    answered_by = models.ForeignKey(
        User,
        null=True,
        on_delete=models.PROTECT,
        related_name="invitations_answered",
        verbose_name=_("answered by"),
    )
    """None while it is open."""

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = (
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_is_known"),
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="invitation_answer_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.team} · {self.user or _('whoever has the link')} · {self.get_role_display()}"


class Grant(models.Model):
    """One object shared with a team, or with everyone who signs in. Deleted at the end; the audit log remembers."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    object_kind = models.CharField(_("object kind"), max_length=40)
    object_uuid = models.UUIDField(_("object"))
    owner_team = models.ForeignKey(
        Team, on_delete=models.CASCADE, related_name="grants_given", verbose_name=_("owner team")
    )
    team = models.ForeignKey(
        Team,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="grants_received",
        verbose_name=_("team"),
    )
    """None: everyone who signs in."""
    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="grants_made", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        ordering = ("created_at", "id")
        verbose_name = _("share")
        verbose_name_plural = _("shares")
        indexes = (models.Index(fields=("object_kind", "object_uuid"), name="grant_by_object"),)
        constraints = (
            models.UniqueConstraint(
                fields=("object_kind", "object_uuid", "owner_team", "team"),
                name="one_grant_per_object_and_team",
            ),
            # NULLs count as different from each other, so "everyone" needs a rule of its own.
            models.UniqueConstraint(
                fields=("object_kind", "object_uuid", "owner_team"),
                condition=Q(team__isnull=True),
                name="one_grant_to_everyone_per_object",
            ),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="grant_level_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.object_kind} · {self.team or _('everyone')} · {self.get_level_display()}"

    @property
    def is_for_everyone(self) -> bool:
        return self.team_id is None

    @property
    def is_full(self) -> bool:
        return self.level == Level.FULL
