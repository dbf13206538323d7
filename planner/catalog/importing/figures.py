"""Numbers and dates as people write them. What could be read in two ways is decided by the whole file, or refused."""

import math
import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from planner.catalog.importing.grids import refuse, shown
from planner.catalog.importing.names import FIRST_DAY, LAST_DAY

_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:[ \u00a0\u2009\u202f'’][0-9]{3})+(?:[.,][0-9]+)?")
_GROUPS = re.compile(r"[ \u00a0\u2009\u202f'’]")
_EITHER = re.compile(r"[+-]?[1-9][0-9]{0,2}([.,])[0-9]{3}")
"""1,234 or 1.234: thousands to some, a fraction to others."""
_SURE = (
    (
        ",",
        re.compile(
            r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[+-]?[0-9]*,[0-9]+|[+-]?[0-9]{1,3}(?:\.[0-9]{3}){2,}"
        ),
    ),
    (
        ".",
        re.compile(
            r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|[+-]?[0-9]*\.[0-9]+|[+-]?[0-9]{1,3}(?:,[0-9]{3}){2,}"
        ),
    ),
)
_WHOLE = re.compile(r"[+-]?[0-9]+")
_SHORTENED = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]{1,3}")
_MONEY = re.compile(r"[$€£¥]|\b[A-Z]{3}\b")
_ISO = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})(?:[T ]00:00(?::00)?)?")
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


class Unclear(Exception):
    """This text is not a number or a date, or could be two. The message is a sentence."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How the file writes what could be read in two ways. None: nothing in it says."""

    decimal: str | None
    """ "." or ",": what parts a whole number from its fraction."""
    day_first: bool | None
    """Of dates with slashes."""


def habits_of(numbers: list[tuple[str, str]], days: list[tuple[str, str]], separator: str) -> Habits:
    """From all numbers and dates of a file, each with the name of its place. Raises InvalidInput when they disagree.

    With commas between its fields, a file that says nothing else writes fractions with a point.
    """
    decimal = _agreed(
        [(found, text, place) for text, place in numbers if (found := _decimal_shown(text))],
        _(
            "“%(first)s” (%(where)s) has a decimal %(one)s and “%(second)s” (%(there)s) a decimal %(other)s. Use one."
        ),
        {".": _("point"), ",": _("comma")},
    )
    order = _agreed(
        [(found, text, place) for text, place in days if (found := _order_shown(text))],
        _(
            "“%(first)s” (%(where)s) begins with the %(one)s and “%(second)s” (%(there)s) with the %(other)s. "
            "Write dates like 2026-11-24."
        ),
        {"day": _("day"), "month": _("month")},
    )
    if decimal is None and separator == ",":
        decimal = "."
        if any(_is_either(text, ",") for text, _place in numbers):
            decimal = None
    return Habits(decimal, None if order is None else order == "day")


def _agreed(found: list[tuple[str, str, str]], sentence: str, words: dict[str, str]) -> str | None:
    if not found:
        return None
    habit, text, place = found[0]
    for other, second, there in found:
        if other != habit:
            told = {"first": shown(text), "where": place, "second": shown(second), "there": there}
            refuse(sentence % {**told, "one": words[habit], "other": words[other]})
    return habit


def _tidy(text: str) -> str:
    """With a common minus and without spaces or apostrophes between thousands."""
    text = text.replace("−", "-")
    return _GROUPS.sub("", text) if _GROUPED.fullmatch(text) else text


def _is_either(text: str, sign: str) -> bool:
    found = _EITHER.fullmatch(_tidy(text))
    return found is not None and found[1] == sign


def _decimal_shown(text: str) -> str:
    """The decimal sign this number must have been written with; "" when it does not say."""
    text = _tidy(text)
    if _EITHER.fullmatch(text):
        return ""
    return next((sign for sign, pattern in _SURE if pattern.fullmatch(text)), "")


def number(text: str, habits: Habits) -> float:
    """Raises Unclear."""
    tidy = _tidy(text)
    if len(tidy) > 60:
        raise Unclear(_("This is too long for a number. Write a number, such as 2.35."))
    if _EITHER.fullmatch(tidy) and habits.decimal is None:
        whole = re.sub("[.,]", "", tidy)
        sentence = _("This could be %(point)s or %(whole)s. Write %(sure)s or %(whole)s.")
        point = tidy.replace(",", ".")
        raise Unclear(sentence % {"point": point, "whole": whole, "sure": point + "0"})
    if not (_WHOLE.fullmatch(tidy) or _EITHER.fullmatch(tidy) or _decimal_shown(tidy)):
        raise Unclear(_why_no_number(tidy))
    if habits.decimal == ",":
        tidy = tidy.replace(".", "").replace(",", ".")
    found = float(tidy.replace(",", ""))
    if not math.isfinite(found):
        raise Unclear(_("This is too large for a number."))
    return found + 0.0  # no negative zero


def _why_no_number(text: str) -> str:
    if text.startswith("#"):
        return _("Excel reports an error here. Put the value itself there.")
    if text.startswith("="):
        return formula_sentence()
    if _SHORTENED.fullmatch(text):
        return _("Excel shortens numbers like this and loses digits. Write the number in full, such as 1000.")
    if "%" in text:
        return _("Write the number alone, such as 5, and put % in the unit.")
    if _MONEY.search(text):
        return _("Write the number alone, such as 5, and name the currency in its own column.")
    return _("This is not a number. Write one such as 2.35.")


def formula_sentence() -> str:
    return _("A text must not begin with = + - or @, because a spreadsheet would run it as a formula.")


def _order_shown(text: str) -> str:
    """ "day" or "month", whichever must stand first in a date with slashes; "" when it does not say."""
    found = _SLASHED.fullmatch(text)
    if found is None:
        return ""
    first, second = int(found[1]), int(found[2])
    if first > 12 >= second:
        return "day"
    return "month" if second > 12 >= first else ""


def day(text: str, habits: Habits) -> date:
    """Raises Unclear."""
    if found := _ISO.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _DOTTED.fullmatch(text):
        return _day(int(found[3]), int(found[2]), int(found[1]))
    if found := _SLASHED.fullmatch(text):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        if habits.day_first is None and first != second:
            raise Unclear(_either_day(year, first, second))
        return _day(year, second, first) if habits.day_first else _day(year, first, second)
    if _WHOLE.fullmatch(text):
        raise Unclear(_("A text file does not say from which day this number counts. Write 2026-11-24."))
    if text.startswith("#"):
        raise Unclear(_("Excel reports an error here. Write a date such as 2026-11-24."))
    raise Unclear(_("This is not a date. Write one such as 2026-11-24."))


def _either_day(year: int, first: int, second: int) -> str:
    if first > 12 or second > 12:
        return _("There is no such day. Write a date such as 2026-11-24.")
    sentence = _("This could be %(one)s or %(other)s. Write it like that.")
    return sentence % {"one": f"{year}-{first:02}-{second:02}", "other": f"{year}-{second:02}-{first:02}"}


def day_of_number(serial: float, day_zero: date) -> date:
    """The day a workbook means by a number. Raises Unclear."""
    if not 0 < serial < 100_000 or serial != int(serial):
        raise Unclear(_("This number is not a day. Write a date such as 2026-11-24."))
    return within_reach(day_zero + timedelta(days=int(serial)))


def _day(year: int, month: int, of_month: int) -> date:
    try:
        return within_reach(date(year, month, of_month))
    except ValueError as error:
        raise Unclear(_("There is no such day. Write a date such as 2026-11-24.")) from error


def within_reach(found: date) -> date:
    """Raises Unclear for a day that is surely a slip."""
    if not FIRST_DAY <= found.isoformat() <= LAST_DAY:
        sentence = _("This is %(day)s. Dates from %(first)s to %(last)s are allowed.")
        raise Unclear(sentence % {"day": found.isoformat(), "first": FIRST_DAY, "last": LAST_DAY})
    return found
