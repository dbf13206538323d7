"""Values as people read and type them: 25%, $15 B, 2026-03-31, 20% to 30%. Exact both ways."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import Any

from django.utils.translation import gettext as _

from planner.core.canonical_json import JsonValue

_SCALES = {"k": 3, "m": 6, "mn": 6, "million": 6, "b": 9, "bn": 9, "billion": 9, "t": 12, "trillion": 12}
_TYPED = re.compile(
    r"^([-+(]?)\s*\$?\s*(\d[\d,\s']*\.?\d*(?:[eE][-+]?\d{1,3})?|\.\d+)\s*([a-zA-Z]*|%)\s*\)?$"
)
LONG_LIST = 6
"""A list of more values is said in one line."""

_GROUPED = re.compile(r"\d{1,3}(?:[,\s']\d{3})+(?:\.\d*)?(?:[eE][-+]?\d{1,3})?")
"""Digits with separators between thousands. Any other comma could be a decimal one, and is not guessed at."""
_BETWEEN_ENDS = re.compile(r"\s+to\s+|\s*(?:–|—|\.\.)\s*|(?<=[\d%])\s*-\s*(?=[\d.$])", re.IGNORECASE)
_SUFFIX = re.compile(r"[a-zA-Z%]+$")


def is_share(unit: str) -> bool:
    """Whether values of this unit are shown and typed as percentages."""
    return unit == "share" or unit.startswith("share ")


def is_money(unit: str) -> bool:
    """Whether values of this unit are large amounts, typed as "15 B" or "250 m"."""
    return unit in {"USD", "USD a quarter"}


def typed(value: JsonValue, unit: str) -> str:
    """The text a field shows and `read` turns back into exactly this value; what is no number stays as it is."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return _typed_list(value, unit)
    if not isinstance(value, int | float):
        return str(value)
    exact = Decimal(repr(value))
    if is_share(unit):
        return f"{_digits(exact * 100)}%"
    if is_money(unit):
        for suffix, power in (("T", 12), ("B", 9), ("m", 6)):
            if abs(exact) >= Decimal(10) ** power:
                return f"{_digits(exact.scaleb(-power))} {suffix}"
    return _digits(exact)


def read(text: str, unit: str) -> JsonValue:
    """The number somebody typed, else the text itself, which validation then names. Empty is None."""
    text = text.strip()
    if not text:
        return None
    matched = _TYPED.match(text)
    if matched is None:
        return text
    sign, digits, suffix = matched.groups()
    digits, scale = digits.strip(), suffix.lower()
    if scale not in {"", "%", *_SCALES}:
        return text
    if re.search(r"[,\s']", digits) and not _GROUPED.fullmatch(digits):
        return text
    try:
        number = Decimal(re.sub(r"[,\s']", "", digits))
    except InvalidOperation:
        return text
    if sign in {"-", "("}:
        number = -number
    if scale == "%" or (is_share(unit) and not scale):
        number /= 100
    elif scale:
        number = number.scaleb(_SCALES[scale])
    value = float(number)
    if not isfinite(value):
        return text
    whole = int(number) if number == number.to_integral_value() and abs(number) < 10**15 else None
    return whole if whole is not None and not is_share(unit) and "." not in digits else value


def read_ends(text: str, unit: str) -> tuple[float, float] | None:
    """The two numbers of “20% to 30%”, “20-30%” or “2–3 B”; None when the text is no range."""
    parts = _BETWEEN_ENDS.split(text.strip())
    if len(parts) != 2 or not all(parts):
        return None
    suffix = _SUFFIX.search(parts[1])
    if suffix and not _SUFFIX.search(parts[0]):
        parts[0] += suffix[0]
    low, high = (read(part, unit) for part in parts)
    if isinstance(low, str | None) or isinstance(high, str | None):
        return None
    return float(low), float(high)  # type: ignore[arg-type] # `read` gives numbers, texts and None only


def read_list(text: str, unit: str) -> JsonValue:
    """The numbers of a list, as typed or as pasted from a sheet. Empty is None; an unreadable cell stays a text.

    Tabs, lines and semicolons part cells; without any, spaces do; without those, commas. An empty cell is None, for
    validation to name, and what could be one number or two stays a text as well.
    """
    text = text.strip().replace("\r\n", "\n")
    if not text:
        return None
    if re.search(r"[\t\n;]", text):
        return [read(cell, unit) for cell in re.split(r"[\t\n;]", text)]
    if re.search(r"\s", text):
        return [read(cell, unit) for cell in re.split(r",?\s+", text)]
    if text.count(",") == 1 or _GROUPED.fullmatch(text):
        return [text]
    return [read(cell, unit) for cell in text.split(",")]


def read_words(text: str) -> JsonValue:
    """The words somebody typed with spaces, commas or semicolons between them. Empty is None."""
    parts: list[JsonValue] = [part for part in re.split(r"[\s,;]+", text) if part]
    return parts or None


def in_words(value: JsonValue, unit: str = "", choices: Mapping[str, str] | None = None) -> str:
    """A value with its unit, for reading: "25%", "$15 B", "20% to 30%, 90% inside"."""
    if value is None:
        return _("none")
    if isinstance(value, dict):
        return _range_in_words(value, unit)
    if isinstance(value, list):
        if len(value) > LONG_LIST:
            said = {"count": len(value), "first": typed(value[0], unit), "last": typed(value[-1], unit)}
            return _("%(count)d values, %(first)s to %(last)s") % said
        return ", ".join(in_words(item, unit, choices) for item in value) or _("none")
    if choices:
        key = typed(value, "")
        return _(choices[key]) if choices.get(key) else key
    if isinstance(value, str):
        return value
    return _with_unit(typed(value, unit), unit)


def _typed_list(values: list[Any], unit: str) -> str:
    """One text for all cells: with spaces between numbers, with lines once a cell is something else."""
    if all(isinstance(value, int | float) for value in values):
        return " ".join(typed(value, unit).replace(",", "").replace(" ", "") for value in values)
    return "\n".join(typed(value, unit) for value in values)


def _with_unit(text: str, unit: str) -> str:
    if is_share(unit):
        rest = unit.removeprefix("share").strip()
        return f"{text} {_(rest)}".strip() if rest else text
    if unit == "USD":
        return f"${text}" if not text.startswith("-") else f"(${text[1:]})"
    if unit == "quarters" and text == "1":
        return _("1 quarter")
    return f"{text} {_(unit)}".strip() if unit and unit not in {"date", "ratio"} else text


def _range_in_words(value: Mapping[str, Any], unit: str) -> str:
    if value.get("shape") == "discrete":
        return _("one of %(values)s") % {"values": typed(value.get("values"), unit)}
    said = {
        "low": typed(value.get("low"), unit),
        "high": _with_unit(typed(value.get("high"), unit), unit),
        "inside": typed(value.get("coverage", 0.9), "share"),
        "shape": _(str(value.get("shape", "?"))),
    }
    words = _("%(low)s to %(high)s, %(inside)s inside, %(shape)s") % said
    if isinstance(loadings := value.get("loadings"), dict) and loadings:
        factors = ", ".join(f"{name} {typed(loading, '')}" for name, loading in loadings.items())
        words += ", " + _("moves with %(factors)s") % {"factors": factors}
    return words


def ends_in_short(value: Mapping[str, Any], unit: str) -> str:
    """The ends of a range alone: "20%–30%"."""
    return f"{typed(value.get('low'), unit)}–{_with_unit(typed(value.get('high'), unit), unit)}"


def _digits(exact: Decimal) -> str:
    """Plain digits with thousands separators, or an exponent for what is very small or large."""
    if exact == 0:
        return "0"
    if not Decimal("1e-7") <= abs(exact) < Decimal("1e16"):
        return f"{exact.normalize():E}".replace("E+", "e").replace("E", "e")
    text = f"{exact:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
