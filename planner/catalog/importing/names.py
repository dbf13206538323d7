"""The columns a file may have: the fields of an entry, in words for people and with the rules of their cells."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal, TypeAlias

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from planner.catalog.models import CatalogEntry, Confidence, Kind, PriceKind

FIRST_DAY, LAST_DAY = "1990-01-01", "2100-12-31"
LONGEST_NOTES = 5_000


Reading: TypeAlias = Literal["text", "number", "date", "choice", "object"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `required`: the file must have it, and every row a value."""

    name: str
    reading: Reading
    meaning: StrOrPromise
    allowed: StrOrPromise
    required: bool = False
    most: int = 0
    """Characters of a text."""


CHOICES: Mapping[str, Sequence[tuple[str, StrOrPromise]]] = {
    "kind": Kind.choices,
    "price_kind": PriceKind.choices,
    "confidence": Confidence.choices,
}
"""Stored word and label."""
_FIELDS: dict[str, Any] = {field.name: field for field in CatalogEntry._meta.fields}


def _column(name: str, meaning: StrOrPromise, allowed: StrOrPromise) -> Column:
    """What the model knows of the field decides how its cells are read."""
    field = _FIELDS[name]
    readings: dict[str, Reading] = {"FloatField": "number", "DateField": "date", "JSONField": "object"}
    reading: Reading = "choice" if name in CHOICES else readings.get(field.get_internal_type(), "text")
    return Column(
        name=name,
        reading=reading,
        meaning=meaning,
        allowed=allowed,
        required=not field.blank and name != "kind",
        most=field.max_length or LONGEST_NOTES,
    )


_DAY = _("a date, 2026-11-24")

COLUMNS: tuple[Column, ...] = (
    _column(
        "key",
        _("What the price or figure is, for machines"),
        _("small letters, digits, - and _, dots between: offer.aws.p5.h100.list"),
    ),
    _column("kind", _("First part of the key; may be left out"), ", ".join(Kind.values)),
    _column("label", _("What it is, for people"), _("1 to 200 characters")),
    _column("subject", _("Chip or model it is about"), _("up to 80 characters: H100")),
    _column("provider", _("Provider or maker"), _("up to 80 characters")),
    _column("value", _("The figure"), _("a number, 2.35; a price is at least 0")),
    _column("low", _("Lower end of the range"), _("a number of at most the value")),
    _column("high", _("Upper end of the range"), _("a number of at least the value")),
    _column(
        "unit", _("Unit, in full"), _("up to 60 characters; begins with the currency: USD per chip-hour")
    ),
    _column("currency", _("Currency; empty for what is not money"), _("three letters of ISO 4217: USD")),
    _column("region", _("Region"), _("up to 80 characters")),
    _column("price_kind", _("Whose price; needed for an offer"), ", ".join(PriceKind.values)),
    _column("source_title", _("Source"), _("1 to 300 characters")),
    _column("source_address", _("Where the source is"), _("1 to 500 characters, best https://…")),
    _column("source_date", _("The day the source carries"), _DAY),
    _column("confidence", _("How far to trust the source"), ", ".join(Confidence.values)),
    _column("valid_from", _("First day it applies"), _DAY),
    _column("valid_to", _("First day it no longer applies"), _("a date after valid_from, or empty")),
    _column("known_since", _("Day it became known"), _DAY),
    _column("notes", _("Remarks"), _("up to 5,000 characters")),
    _column("attributes", _("More, for readers only"), _('JSON in curly brackets: {"chips_per_offer": 8}')),
)
BY_NAME = {column.name: column for column in COLUMNS}
_ALIASES = {
    "_".join(re.findall(r"[a-z]+", str(_FIELDS[name].verbose_name).casefold())): name for name in BY_NAME
}
"""People also write a heading as the forms do: "Price kind", "Source"."""


def column_named(heading: object) -> Column | None:
    """The column a heading means, however it is spaced and capitalised; None for one that is not known."""
    if not isinstance(heading, str) or len(heading) > 60:
        return None
    word = "_".join(re.findall(r"[a-z]+", heading.casefold()))
    return BY_NAME.get(word) or BY_NAME.get(_ALIASES.get(word, ""))


def recognised(cells: Iterable[object]) -> set[str]:
    """The columns that these cells name."""
    return {column.name for cell in cells if (column := column_named(cell)) is not None}


def nearest(heading: str) -> str:
    """The name most like a heading; "" when none is."""
    word = "_".join(re.findall(r"[a-z]+", heading[:60].casefold()))
    found = get_close_matches(word, [*BY_NAME, *_ALIASES], n=1, cutoff=0.5)
    return _ALIASES.get(found[0], found[0]) if found else ""
