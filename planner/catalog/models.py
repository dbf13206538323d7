"""Dated public prices and specifications, and the immutable releases that versions pin."""

import json
import math
import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from planner.catalog.currencies import CURRENCIES
from planner.catalog.uses import reasons_to_keep
from planner.core.canonical_json import parse_strict
from planner.core.errors import Conflict, InvalidInput
from planner.core.immutability import protect_table
from planner.core.models import InsertOnly


class Kind(models.TextChoices):
    """What an entry is about. Also the first word of its key."""

    CHIP = "chip", _("chip specification")
    OFFER = "offer", _("price offer")
    MODEL = "model", _("model architecture")
    TOKEN = "token", _("token price")
    CAPEX = "capex", _("capital cost")
    SITE = "site", _("site cost")
    POWER = "power", _("power cost")
    MARKET = "market", _("market reference")


class PriceKind(models.TextChoices):
    """Whose price it is. Prices of different kinds are never compared without saying so."""

    LIST = "list", _("list")
    CAPACITY_BLOCK = "capacity_block", _("capacity block")
    RESERVED = "reserved", _("reserved")
    RENTAL = "rental", _("rental")
    OWNERS_COST = "owners_cost", _("owner's cost")


class Confidence(models.TextChoices):
    """How far the source can be trusted; plus and minus as the collector judged."""

    A = "A", _("A: filing, vendor or official page")
    B_PLUS = "B+", _("B+: independent, reproducible")
    B = "B", _("B: named press, company or research figure")
    B_MINUS = "B-", _("B-: one account or team")
    C = "C", _("C: aggregator or figure from memory")
    D = "D", _("D: single weak page or our judgement")
    DERIVED = "derived", _("derived: our own arithmetic")


KEY_PATTERN = r"^[a-z0-9]+([-_][a-z0-9]+)*(\.[a-z0-9]+([-_][a-z0-9]+)*)+\Z"


def _finite(value: float) -> None:
    if not math.isfinite(value):
        raise ValidationError(_now("Give a finite number."))


def _problem_of_attributes(value: object) -> str:
    """A sentence; "" for an object that everybody can read back. Forms let through what JSON's readers refuse."""
    if not isinstance(value, dict):
        return _now("Give an object: names and values in curly brackets.")
    try:
        parse_strict(json.dumps(value), max_bytes=10_000, max_depth=8)
    except InvalidInput as refusal:
        return refusal.problems[0].message
    except (RecursionError, ValueError, TypeError):
        return _now("This cannot be kept as JSON.")
    return ""


class EntryQuerySet(models.QuerySet["CatalogEntry"]):
    """As usual, but deleting an entry that a release holds or a version names is refused."""

    def delete(self) -> tuple[int, dict[str, int]]:
        for entry in self:
            entry.refuse_if_used()
        return super().delete()


class CatalogEntry(models.Model):
    """One number with unit, currency, source, confidence and dates.

    One entry per value, not per chip: each value has a source, a confidence and dates of its own, so one can
    be corrected, cited by a version and compared between releases without touching its neighbours. What
    belongs together shares the beginning of its key (`chip.h100.fp8_dense_tflops`, `chip.h100.tdp_w`) and its subject
    (`H100`). Two dates are kept apart: when the value applies (`valid_from`, `valid_to`) and when it became
    known (`known_since`), so that one can ask what was believed on a day. Rows of one key are its history: a
    new price is a new row, and a correction is a row with the same `valid_from` and a later `known_since`.

    Only public facts: what a team negotiated is a price term of its deal and never enters the catalog.
    """

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    key = models.CharField(
        _("key"),
        max_length=160,
        validators=[
            RegexValidator(KEY_PATTERN, _("Use small letters, digits, - and _, with dots between the parts."))
        ],
        help_text=_("Begins with the kind, for example chip.h100.tdp_w. Never changes its meaning."),
    )
    label = models.CharField(_("label"), max_length=200)
    subject = models.CharField(_("chip or model"), max_length=80, blank=True, db_index=True)
    """The chip or model it is about, as people write it ("H100"); empty when about neither."""
    provider = models.CharField(_("provider or maker"), max_length=80, blank=True)
    value = models.FloatField(_("value"), validators=[_finite])
    low = models.FloatField(_("low"), null=True, blank=True, validators=[_finite])
    """None: the source gives no lower bound. `high` likewise."""
    high = models.FloatField(_("high"), null=True, blank=True, validators=[_finite])
    unit = models.CharField(
        _("unit"), max_length=60, help_text=_("In full, with the currency: USD per chip-hour.")
    )
    currency = models.CharField(
        _("currency"),
        max_length=3,
        blank=True,
        validators=[RegexValidator(r"^[A-Z]{3}\Z", _("Three capital letters, such as USD."))],
        help_text=_("Three letters; empty for what is not money."),
    )
    region = models.CharField(_("region"), max_length=80, blank=True)
    price_kind = models.CharField(_("price kind"), max_length=16, choices=PriceKind.choices, blank=True)
    """Empty for what is not a price."""
    source_title = models.CharField(_("source"), max_length=300)
    source_address = models.CharField(_("source address"), max_length=500)
    source_date = models.DateField(
        _("source date"),
        help_text=_("The day the source carries, the last day of its month or year, or when it was read."),
    )
    confidence = models.CharField(_("confidence"), max_length=8, choices=Confidence.choices)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    """The first day it no longer applies. None: no end is known."""
    known_since = models.DateField(_("known since"))
    notes = models.TextField(_("notes"), blank=True)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    """Helps to read the value and computes nothing: name of the offer, chips per offer, date precision."""

    history = HistoricalRecords()
    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ("key", "-valid_from", "-known_since")
        verbose_name = _("catalog entry")
        verbose_name_plural = _("catalog entries")
        indexes = (models.Index(fields=("kind", "key"), name="entry_by_kind_and_key"),)
        constraints = (
            models.UniqueConstraint(
                fields=("key", "valid_from", "known_since"),
                name="one_entry_per_key_and_dates",
                violation_error_message=_("There is already an entry of this key with these dates."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="entry_ends_after_it_begins",
                violation_error_message=_("Valid to must be later than valid from."),
            ),
            models.CheckConstraint(
                condition=(Q(low__isnull=True) | Q(low__lte=F("value")))
                & (Q(high__isnull=True) | Q(high__gte=F("value"))),
                name="entry_value_lies_in_its_range",
                violation_error_message=_("The value must lie between low and high."),
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.OFFER) | ~Q(price_kind=""),
                name="offer_says_its_price_kind",
                violation_error_message=_("A price offer needs a price kind."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.label} ({self.key})"

    def clean(self) -> None:
        """Raises ValidationError for attributes nobody can read, and for fields that contradict one another."""
        problems: dict[str, str] = {}
        if found := _problem_of_attributes(self.attributes):
            problems["attributes"] = found
        if self.key and self.kind and not self.key.startswith(f"{self.kind}."):
            problems["key"] = _now("The key of this kind begins with “%(kind)s.”.") % {"kind": self.kind}
        if self.currency and self.currency not in CURRENCIES:
            problems["currency"] = _now(
                "This is not a currency of ISO 4217. Write three letters, such as USD."
            )
        if self.value is not None and self.value < 0 and (self.currency or self.price_kind):
            problems["value"] = _now("A price must be at least 0.")
        if self.currency and not self.unit.startswith(self.currency):
            problems["unit"] = _now("The unit must begin with the currency, %(currency)s.") % {
                "currency": self.currency
            }
        if problems:
            raise ValidationError(problems)

    def releases_holding_it(self) -> "models.QuerySet[Any]":
        """The releases whose snapshot contains this row, newest first."""
        return CatalogRelease.objects.filter(document_text__contains=str(self.uuid)).defer("document_text")

    def refuse_if_used(self) -> None:
        """Raises Conflict when a release holds this entry or a version names it: it must stay traceable."""
        found = reasons_to_keep(self)
        if found:
            raise Conflict(
                _now("“%(label)s” %(reasons)s and cannot be deleted. Give it a last day (valid to) instead.")
                % {"label": self.label, "reasons": _now(" and ").join(found)}
            )

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Raises Conflict when a release holds it or a version names it."""
        self.refuse_if_used()
        return super().delete(*args, **kwargs)


class CatalogRelease(InsertOnly):
    """A published snapshot of all entries in force. Written once; versions name it by uuid and digest."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    number = models.PositiveIntegerField(_("number"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    as_of = models.DateField(_("as of"))
    """The day whose entries it holds: valid on it, and known by then."""
    digest = models.CharField(_("digest"), max_length=64, db_index=True)
    document_text = models.TextField(_("document"))
    """Canonical JSON of `documents.ReleaseDocument`; the digest is over exactly these bytes."""
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("drafted by"),
    )
    """None: the installation itself, from the seed. `published_by` likewise."""
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("published by"),
    )
    published_at = models.DateTimeField(_("published at"), auto_now_add=True)

    class Meta:
        ordering = ("-number",)
        verbose_name = _("catalog release")
        verbose_name_plural = _("catalog releases")

    def __str__(self) -> str:
        return _now("Release %(number)s (%(name)s)") % {"number": self.number, "name": self.name}

    @property
    def by_one_person(self) -> bool:
        """Whether somebody published their own draft; never so for the seed, which nobody drafted."""
        return self.drafted_by_id is not None and self.drafted_by_id == self.published_by_id


class ReleaseDraft(models.Model):
    """A release on its way: drafted by one keeper, submitted, published or returned by another.

    It holds no entries: what it would publish are the entries in force on `as_of`, and `digest` binds the
    publication to those its drafter submitted. At most one is open, so that two never race for a number.
    """

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    as_of = models.DateField(_("as of"))
    note = models.TextField(_("note"), blank=True)
    is_open = models.BooleanField(_("open"), default=True)
    """False: published (it then has a `release`) or discarded."""
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("drafted by")
    )
    drafted_at = models.DateTimeField(_("drafted at"), auto_now_add=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    """None: not in review."""
    digest = models.CharField(_("digest"), max_length=64, blank=True)
    """Of what was submitted (`queries.DraftContent`); "" while not in review."""
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("returned by"),
    )
    """None: never returned. `reason` is then empty."""
    reason = models.TextField(_("reason"), blank=True)
    release = models.OneToOneField(
        CatalogRelease, null=True, on_delete=models.PROTECT, related_name="draft", verbose_name=_("release")
    )
    """None: not published."""

    class Meta:
        ordering = ("-drafted_at", "-id")
        verbose_name = _("release draft")
        verbose_name_plural = _("release drafts")
        constraints = (
            models.UniqueConstraint(
                fields=("is_open",), condition=Q(is_open=True), name="one_open_release_draft"
            ),
        )

    def __str__(self) -> str:
        return _now("Draft of release %(name)s") % {"name": self.name}

    @property
    def is_in_review(self) -> bool:
        return self.is_open and self.submitted_at is not None


protect_table("catalog.CatalogRelease")
