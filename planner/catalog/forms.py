"""What one may ask of the list of entries."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from planner.catalog.models import Kind, PriceKind
from planner.core.canonical_json import parse_strict
from planner.core.errors import InvalidInput

SORTS = {
    "label": ("label", "key"),
    "value": ("value", "key"),
    "kind": ("kind", "key"),
    "confidence": ("confidence", "key"),
    "valid_from": ("valid_from", "key"),
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


class EntryFilter(forms.Form):
    """Search words and exact filters. Whatever is not understood counts as not asked."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("H100, input tokens…")}),
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    subject = forms.ChoiceField(label=_("Chip"), required=False)
    price_kind = forms.ChoiceField(label=_("Price kind"), required=False)
    sort = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, chips: Sequence[str]) -> None:
        super().__init__(data, label_suffix="")
        anything = ("", _("any"))
        self._choose("kind", [anything, *Kind.choices])
        self._choose("subject", [anything, *((chip, chip) for chip in chips)])
        self._choose("price_kind", [anything, *PriceKind.choices])

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def criteria(self) -> dict[str, str]:
        """Arguments of `queries.matching_entries`: only what was understood."""
        self.is_valid()
        found = self.cleaned_data
        return {
            "words": found.get("q", ""),
            "kind": found.get("kind", ""),
            "subject": found.get("subject", ""),
            "price_kind": found.get("price_kind", ""),
        }

    def order(self) -> tuple[str, ...]:
        """Fields to order by; prices first, then by key, when nothing known was asked."""
        self.is_valid()
        asked = self.cleaned_data.get("sort", "")
        fields = SORTS.get(asked.removeprefix("-"))
        if fields is None:
            return ("rank", "key", "-valid_from", "-known_since")
        return (f"-{fields[0]}", *fields[1:]) if asked.startswith("-") else fields
