"""What one may ask of the cost table, in the address of the page; what is wrong is said at its field."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from planner.runs.cost_table.documents import DEFAULT_UTILISATION, PointDocument
from planner.runs.cost_table.facts import Facts
from planner.runs.cost_table.points import POINTS
from planner.runs.cost_table.prices import KINDS, PICKS

TOKENS = {
    "output": _("Output"),
    "input": _("Input"),
    "cached_input": _("Cached input"),
    "blended": _("Blended"),
}
"""Which tokens the table prices; blended is a whole request over all its tokens."""
LENGTHS = ("input_tokens", "cached_share", "output_tokens")
"""The fields that change the request of an operating point."""
_DEFAULTS = {"kind": "list", "token": "output", "point": "standard"}


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked and understood; `maker` and `model` exclude one another, "" is all."""

    kind: str
    token: str
    point: PointDocument
    vendor: str
    maker: str
    model: str
    pick: str
    deal: str
    """The public id of a version; "" without a deal."""
    utilisation: float
    sort: str


class _Number(forms.CharField):
    """A number in a range; the refusal says what was typed and what is allowed. `unit` "%" stands close to numbers."""

    def __init__(self, title: Any, lowest: int, highest: int, unit: Any, *, whole: bool = False) -> None:
        self.said, self.lowest, self.highest, self.unit, self.whole = title, lowest, highest, unit, whole
        super().__init__(label=title, required=False, max_length=40)
        self.widget.attrs |= {"inputmode": "numeric" if whole else "decimal"}

    @override
    def clean(self, value: Any) -> Any:
        typed = str(value or "").strip()
        if not typed:
            return None
        found = _read(typed.removesuffix("%").strip() if self.unit == "%" else typed)
        if found is not None and self.lowest <= found <= self.highest and not (self.whole and "." in typed):
            return found
        raise forms.ValidationError(self._refusal(typed[:40]))

    def _refusal(self, typed: str) -> str:
        if self.whole and (parts := re.fullmatch(r"(\d{1,3})((?:\.\d{3})+)", typed)):
            said = _now("%(title)s is “%(given)s”, which can be read in two ways. Write %(few)s or %(many)s.")
            few, many = f"{int(parts[1])}", f"{int(parts[1] + parts[2].replace('.', '')):,}"
            return said % {"title": self.said, "given": typed, "few": few, "many": many}
        said = (
            _now("%(title)s is “%(given)s”. It must be a whole number between %(lowest)s and %(highest)s.")
            if self.whole
            else _now("%(title)s is “%(given)s”. It must be a number between %(lowest)s and %(highest)s.")
        )
        lowest = with_unit(self.lowest, "%") if self.unit == "%" else f"{self.lowest:,}"
        highest = with_unit(self.highest, str(self.unit))
        return said % {"title": self.said, "given": typed, "lowest": lowest, "highest": highest}


def with_unit(value: float, unit: str) -> str:
    """ "99%", "1,000,000 tokens"."""
    return f"{value:,.0f}%" if unit == "%" else f"{value:,.0f} {unit}"


def _read(typed: str) -> float | None:
    """A number as people here write it, with or without commas between thousands; None for what is none."""
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", typed):
        typed = typed.replace(",", "")
    return float(typed) if re.fullmatch(r"-?\d+(\.\d+)?", typed) else None


class TableForm(forms.Form):
    """Every field may be left out. The choices of chips and models are those of the release."""

    kind = forms.ChoiceField(label=_("Price kind"), required=False, choices=list(KINDS.items()))
    token = forms.ChoiceField(label=_("Tokens"), required=False, choices=list(TOKENS.items()))
    point = forms.ChoiceField(label=_("Operating point"), required=False)
    vendor = forms.ChoiceField(label=_("Chips of"), required=False)
    model = forms.ChoiceField(label=_("Models"), required=False)
    pick = forms.ChoiceField(label=_("Of several offers"), required=False)
    deal = forms.ChoiceField(label=_("Deal price"), required=False)
    input_tokens = _Number(_("Prompt"), 1, 1_000_000, _("tokens"), whole=True)
    cached_share = _Number(_("Cached share of the prompt"), 0, 99, "%")
    output_tokens = _Number(_("Answer"), 1, 100_000, _("tokens"), whole=True)
    utilisation = _Number(_("Use of paid hours"), 1, 100, "%")
    sort = forms.CharField(required=False, widget=forms.HiddenInput)

    switches = ("kind", "token", "point")
    filters = ("vendor", "model", "pick", "deal")
    numbers = ("input_tokens", "cached_share", "output_tokens", "utilisation")

    def __init__(self, data: Any, *, facts: Facts, deals: Sequence[tuple[str, str]]) -> None:
        super().__init__(data, label_suffix="")
        self._offer("point", [(key, point.label) for key, point in POINTS.items()])
        vendors = sorted({chip.maker for chip in facts.chips if chip.maker})
        self._offer("vendor", [("", _now("all vendors")), *((name, name) for name in vendors)])
        self._offer("model", [("", _now("all models")), *_by_maker(facts)])
        self._offer("pick", [(key, _now(words)) for key, words in PICKS.items()])
        self._offer("deal", [("", _now("none")), *deals])
        for name in (*self.filters, *self.numbers):
            self.fields[name].error_messages["invalid_choice"] = _now(
                "“%(value)s” is not one of the choices. Choose one from the list."
            )
        for name in self.switches:
            self.fields[name].error_messages["invalid_choice"] = _now(
                "“%(value)s” is not a choice here. Choose one of those above."
            )

    def _offer(self, name: str, choices: Iterable[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)

    def question(self) -> Question:
        """What was understood; whatever is wrong counts as not asked."""
        self.is_valid()
        found = self.cleaned_data
        chosen = {name: found.get(name) or default for name, default in _DEFAULTS.items()}
        model = found.get("model") or ""
        utilisation = found.get("utilisation")
        return Question(
            **{name: chosen[name] for name in ("kind", "token")},
            point=_point(POINTS[chosen["point"]], found),
            vendor=found.get("vendor") or "",
            maker=model.removeprefix("maker:") if model.startswith("maker:") else "",
            model="" if model.startswith("maker:") else model,
            pick=found.get("pick") or "lowest",
            deal=found.get("deal") or "",
            utilisation=DEFAULT_UTILISATION if utilisation is None else utilisation / 100.0,
            sort=found.get("sort") or "",
        )

    def filter_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.filters]

    def number_fields(self) -> list[tuple[forms.BoundField, str, str]]:
        """(field, unit, what counts when it is left empty: the operating point's own)."""
        point = POINTS[self.question().point.key]
        empty = {
            "input_tokens": point.input_tokens,
            "cached_share": point.cached_share * 100,
            "output_tokens": point.output_tokens,
            "utilisation": DEFAULT_UTILISATION * 100,
        }
        units = {name: str(getattr(self.fields[name], "unit", "")) for name in self.numbers}
        return [
            (self[name], units[name], with_unit(empty[name], units[name]).removesuffix(" " + units[name]))
            for name in self.numbers
        ]

    def uses_numbers(self) -> bool:
        """Whether one of the numbers is given or wrong, so that they must not hide."""
        self.is_valid()
        return any(self.cleaned_data.get(name) is not None or name in self.errors for name in self.numbers)

    def is_wrong(self) -> bool:
        """Whether something is to be said at a field; an order nobody knows counts as none."""
        return not self.is_valid() and set(self.errors) != {"sort"}

    def switch_problems(self) -> list[str]:
        """What is wrong with the switches, whose fields are links."""
        return [str(text) for name in self.switches for text in self.errors.get(name, ())]


def _by_maker(facts: Facts) -> list[tuple[str, list[tuple[str, str]]]]:
    """The models by maker, each group headed by all of that maker's."""
    makers = sorted({model.maker for model in facts.models if model.document}, key=str.casefold)
    said = _now("all of %(maker)s")
    return [
        (
            maker,
            [
                (f"maker:{maker}", said % {"maker": maker}),
                *((one.key, one.label) for one in facts.models if one.maker == maker and one.document),
            ],
        )
        for maker in makers
    ]


def _point(preset: PointDocument, found: dict[str, Any]) -> PointDocument:
    """The operating point with the lengths asked for; the cached share in whole percent, as each is a whole table."""
    cached = found.get("cached_share")
    return preset.model_copy(
        update={
            "input_tokens": found.get("input_tokens") or preset.input_tokens,
            "output_tokens": found.get("output_tokens") or preset.output_tokens,
            "cached_share": preset.cached_share if cached is None else round(cached) / 100.0,
        }
    )
