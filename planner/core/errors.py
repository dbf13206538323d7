"""What can be wrong with what somebody sent, in words a person can act on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError
from rest_framework.exceptions import APIException
from rest_framework.response import Response


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `path` is dotted ("deal.terms.0.price_usd"); "" means the whole document."""

    path: str
    message: str


class InvalidInput(Exception):
    """Nothing was saved; every problem found is named."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{p.path}: {p.message}" if p.path else p.message for p in problems))
        self.problems = problems


class Conflict(Exception):
    """Somebody else was first, or the object has moved on. Nothing was saved."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class FieldWords:
    """How a sentence speaks of one field. A bound of None is open. Unit "share" is shown as a percentage."""

    title: str
    unit: str = ""
    lowest: float | None = None
    highest: float | None = None


Titles = Mapping[str, str | FieldWords]


def problems_from_pydantic(error: ValidationError, titles: Titles) -> list[Problem]:
    """One sentence per error. `titles` maps a dotted path without list positions, or its last name, to words."""
    return [_problem(dict(found), titles) for found in error.errors()]


def _words_for(location: tuple[str | int, ...], titles: Titles) -> FieldWords:
    names = [part for part in location if isinstance(part, str)]
    last = names[-1] if names else ""
    for key in (".".join(str(part) for part in location), ".".join(names), last):
        if key in titles:
            found = titles[key]
            return found if isinstance(found, FieldWords) else FieldWords(found)
    return FieldWords(last.replace("_", " ").capitalize() or _("The document"))


def _problem(found: dict[str, Any], titles: Titles) -> Problem:
    words = _words_for(found["loc"], titles)
    return Problem(".".join(str(part) for part in found["loc"]), _sentence(found, words))


def _sentence(found: dict[str, Any], words: FieldWords) -> str:
    kind, limits, title = found["type"], found.get("ctx", {}), words.title
    shown = _shown(found.get("input"), words.unit)
    if kind == "missing":
        return _("%(title)s is missing.") % {"title": title}
    if kind == "extra_forbidden":
        return _("%(title)s is not a field that exists here. Remove it.") % {"title": title}
    if kind in {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}:
        return _("%(title)s is %(shown)s. %(range)s") % {
            "title": title,
            "shown": shown,
            "range": _range(kind, limits, words),
        }
    if kind == "finite_number":
        return _("%(title)s must be a finite number.") % {"title": title}
    if kind in {
        "float_type",
        "float_parsing",
        "int_type",
        "int_parsing",
        "int_from_float",
        "decimal_parsing",
    }:
        return _("%(title)s is %(shown)s. It must be a number.") % {"title": title, "shown": shown}
    if kind in {"literal_error", "enum"}:
        return _("%(title)s is %(shown)s. It must be one of: %(allowed)s.") % {
            "title": title,
            "shown": shown,
            "allowed": limits.get("expected", ""),
        }
    said = str(found["msg"]).removeprefix("Value error, ").rstrip(".")
    return _("%(title)s: %(said)s.") % {"title": title, "said": said}


def _range(kind: str, limits: dict[str, Any], words: FieldWords) -> str:
    lowest, highest = words.lowest, words.highest
    if kind.startswith("greater"):
        lowest = limits.get("ge", limits.get("gt")) if lowest is None else lowest
    else:
        highest = limits.get("le", limits.get("lt")) if highest is None else highest
    if lowest is not None and highest is not None:
        return _("It must be between %(lowest)s and %(highest)s.") % {
            "lowest": _shown(lowest, words.unit),
            "highest": _shown(highest, words.unit),
        }
    if lowest is not None:
        more = (
            _("It must be more than %(bound)s.")
            if kind == "greater_than"
            else _("It must be at least %(bound)s.")
        )
        return more % {"bound": _shown(lowest, words.unit)}
    less = _("It must be less than %(bound)s.") if kind == "less_than" else _("It must be at most %(bound)s.")
    return less % {"bound": _shown(highest, words.unit)}


def _shown(value: object, unit: str) -> str:
    """A value as a sentence quotes it: at most 60 characters, a share as a percentage."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        text = f"“{value}”" if isinstance(value, str) else str(value)
        return text if len(text) <= 60 else text[:59] + "…"
    if unit == "share":
        return f"{value * 100:g}%"
    number = f"{value:,}" if isinstance(value, int) else f"{value:,g}"
    return f"{number} {unit}".strip() if len(number) <= 40 else f"{number[:20]}…"


def api_exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """InvalidInput answers 400 and names every field; Conflict answers 409; DRF's own errors in the same form."""
    if isinstance(error, InvalidInput):
        return Response(
            {"errors": [{"path": p.path, "message": p.message} for p in error.problems]}, status=400
        )
    if isinstance(error, Conflict):
        return Response({"errors": [{"path": "", "message": error.message}]}, status=409)
    # Here, not above: DRF's views load our parser at once, which needs this module.
    from rest_framework.views import exception_handler

    answer = exception_handler(error, context)
    if answer is not None:
        detail = error.detail if isinstance(error, APIException) else answer.data["detail"]
        answer.data = {"errors": [{"path": p.path, "message": p.message} for p in _problems_in(detail)]}
    return answer


def _problems_in(detail: Any, path: str = "") -> list[Problem]:
    """DRF's nested lists and mappings as a flat list."""
    if isinstance(detail, Mapping):
        return [p for name, inner in detail.items() for p in _problems_in(inner, _below(path, str(name)))]
    if isinstance(detail, list | tuple):
        return [problem for inner in detail for problem in _problems_in(inner, path)]
    return [Problem(path, str(detail))]


def _below(path: str, name: str) -> str:
    if name == "non_field_errors":
        return path
    return f"{path}.{name}" if path else name
