"""What one may ask of the list of entries, and what keepers fill in."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.forms.fields import InvalidJSONInput
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from planner.catalog.coverage import Finding, findings_of
from planner.catalog.models import CatalogEntry, Confidence, Kind, PriceKind
from planner.catalog.queries import Choices, history_of
from planner.core.canonical_json import parse_strict
from planner.core.errors import InvalidInput, Problem

SORTS = {
    "label": ("label", "key"),
    "value": ("value", "key"),
    "kind": ("kind", "key"),
    "confidence": ("confidence", "key"),
    "valid_from": ("valid_from", "key"),
    "known_since": ("known_since", "key"),
    "price_kind": ("price_kind", "key"),
    "region": ("region", "key"),
    "source_title": ("source_title", "key"),
}
"""Sort names of the address to fields. A minus in front of a name turns the order round."""


class StrictJsonField(forms.JSONField):
    """JSON read without mercy, and shown again as it was typed when it is refused."""

    @override
    def to_python(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if not value.strip():
            return {}
        try:
            return parse_strict(value)
        except InvalidInput as refusal:
            raise forms.ValidationError(refusal.problems[0].message) from refusal

    @override
    def bound_data(self, data: Any, initial: Any) -> Any:
        return InvalidJSONInput(data) if isinstance(data, str) else super().bound_data(data, initial)

    @override
    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except forms.ValidationError:
            return True


class DayField(forms.DateField):
    """A day written year-month-day; the refusal quotes what was typed."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **options)

    @override
    def to_python(self, value: Any) -> date | None:
        try:
            return super().to_python(value)
        except forms.ValidationError as refusal:
            raise forms.ValidationError(
                _("“%(typed)s” is not a day. Write it as year-month-day, for example 2026-03-01."),
                params={"typed": str(value)[:40]},
            ) from refusal


class EntryFilter(forms.Form):
    """Search words and exact filters. Whatever is not understood counts as not asked, wrong days excepted."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("H100, input tokens…")}),
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    subject = forms.ChoiceField(label=_("Chip"), required=False)
    price_kind = forms.ChoiceField(label=_("Price kind"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    confidence = forms.ChoiceField(label=_("Confidence"), required=False)
    source_title = forms.ChoiceField(label=_("Source"), required=False)
    sort = forms.CharField(required=False, widget=forms.HiddenInput)
    seldom = ("region", "currency", "confidence", "source_title")
    """The filters that a page may fold away."""

    def __init__(self, data: Any, *, choices: Choices) -> None:
        super().__init__(data, label_suffix="")
        anything = ("", _("any"))
        offered: dict[str, Sequence[tuple[Any, Any]]] = {
            "kind": Kind.choices,
            "subject": [(chip, chip) for chip in choices.chips],
            "price_kind": PriceKind.choices,
            "region": [(region, region) for region in choices.regions],
            "currency": [(currency, currency) for currency in choices.currencies],
            "confidence": Confidence.choices,
            "source_title": [(source, source) for source in choices.sources],
        }
        for name, pairs in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [anything, *pairs]

    def criteria(self) -> dict[str, Any]:
        """Arguments of `queries.matching_released`: only what was understood."""
        self.is_valid()
        found = self.cleaned_data
        exact = {name: found.get(name, "") for name in ("kind", "subject", "price_kind", *self.seldom)}
        return {"words": found.get("q", ""), **exact}

    def order(self) -> tuple[str, ...]:
        """Fields to order by; prices first, then by key, when nothing known was asked."""
        self.is_valid()
        asked = self.cleaned_data.get("sort", "")
        fields = SORTS.get(asked.removeprefix("-"))
        if fields is None:
            return ("rank", "key", "-valid_from", "-known_since")
        return (f"-{fields[0]}", *fields[1:]) if asked.startswith("-") else fields

    def main_fields(self) -> list[forms.BoundField]:
        """The filters that are always shown."""
        return [field for field in self.visible_fields() if field.name not in self.seldom]

    def seldom_fields(self) -> list[forms.BoundField]:
        """The filters that may be folded away."""
        return [field for field in self.visible_fields() if field.name in self.seldom]

    def uses_seldom_fields(self) -> bool:
        """Whether one of them is asked for, so that it must not hide."""
        self.is_valid()
        return any(self.cleaned_data.get(name) for name in self.seldom)


class DaysForm(forms.Form):
    """What was believed on one day about another. One of the two alone: the other is today, or the same day."""

    valid_on = DayField(label=_("Valid on"), required=False)
    known_on = DayField(label=_("As known on"), required=False)

    def days(self) -> dict[str, date]:
        """Both days, or nothing when none was asked or one is wrong."""
        self.is_valid()
        valid_on, known_on = self.cleaned_data.get("valid_on"), self.cleaned_data.get("known_on")
        about: date | None = valid_on or known_on
        if self.problems() or about is None:
            return {}
        return {"valid_on": about, "known_on": known_on or timezone.localdate()}

    def problems(self) -> list[Problem]:
        """What is wrong with the days."""
        names = ("valid_on", "known_on")
        return [Problem(name, str(text)) for name in names for text in self.errors.get(name, ())]


class DatedEntryFilter(DaysForm, EntryFilter):
    """The filters of the price list: those of a release, and the two days."""

    field_order = ("q", "kind", "subject", "price_kind", "valid_on", "known_on", *EntryFilter.seldom)

    @override
    def criteria(self) -> dict[str, Any]:
        """Arguments of `queries.matching_entries`."""
        return {**super().criteria(), **self.days()}


class EntryForm(forms.ModelForm[CatalogEntry]):
    """The admin's form of an entry: what makes "in force" ambiguous is refused at the field that settles it."""

    class Meta:
        model = CatalogEntry
        fields = "__all__"  # noqa: DJ007 - the admin's fieldsets say which

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        needed = ("key", "value", "unit", "valid_from", "known_since")
        if self.errors or any(cleaned.get(name) in (None, "") for name in needed):
            return cleaned
        candidate = CatalogEntry(**{name: value for name, value in cleaned.items() if name != "attributes"})
        candidate.pk = self.instance.pk
        others = [row for row in history_of(candidate.key) if row.pk != candidate.pk]
        for finding in findings_of([*others, candidate]):
            if finding.kind == "overlap" and candidate in (finding.earlier, finding.later):
                self.add_error(*_refusal(finding, candidate))
                break
        return cleaned


def _refusal(finding: Finding, candidate: CatalogEntry) -> tuple[str, str]:
    """The field that settles an overlap, and the sentence at it."""
    if finding.earlier is candidate:
        advice = _("Give this entry a last day of %(day)s or earlier.") % {"day": finding.begin}
        return "valid_to", f"{finding.sentence} {advice}"
    advice = _("End the earlier entry on %(day)s, or say that this one became known later.") % {
        "day": finding.begin
    }
    return "valid_from", f"{finding.sentence} {advice}"


class DraftForm(forms.Form):
    """Name, day and note of a release. Lengths and days are checked by the action, whose sentence says the limits."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_("For example 2026-12; up to 80 characters."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    as_of = DayField(
        label=_("As of"), help_text=_("The release takes every entry that is valid and known on this day.")
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Why there is a new release; readers see it. It may stay empty."),
    )
