"""How figures are written everywhere: negative in parentheses, zero as a dash, what is not there in words."""

import re
from math import floor, isfinite, log10

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

DASH = "–"
_NOT_ZERO = re.compile("[1-9]")
_SCALES = ((1e12, 1e12, "T", 2), (2e9, 1e9, "B", 1), (1e7, 1e6, "m", 0), (1e6, 1e6, "m", 1))
"""From which amount on, divided by what, with which suffix and how many decimals."""


def missing() -> str:
    """What stands for a figure that no future has."""
    return _("not defined")


def is_missing(value: float | None) -> bool:
    """Whether there is no figure: None, and what JSON cannot hold."""
    return value is None or not isfinite(value)


def signed(digits: str, *, negative: bool) -> str:
    """Digits with their unit, in parentheses when negative; a dash when every digit is zero."""
    if not _NOT_ZERO.search(digits):
        return DASH
    return f"({digits})" if negative else digits


def money(value: float | None) -> str:
    """USD with its scale: "$15.0 B", "$1,234 m", "($3.8 m)", "$0.56"; zero is a dash, None "not defined"."""
    if value is None or is_missing(value):
        return missing()
    divisor, suffix, decimals = _scale_of(value)
    return signed(f"${abs(value) / divisor:,.{decimals}f}{suffix}", negative=value < 0)


def money_supported(value: float | None, standard_error: float | None) -> str | SafeString:
    """`money`, with the digits greyed that the number of futures cannot support."""
    text = money(value)
    if value is None or is_missing(value) or standard_error is None or is_missing(standard_error):
        return text
    divisor, _suffix, _decimals = _scale_of(value)
    return greyed(text, standard_error / divisor)


def greyed(text: str, standard_error: float) -> str | SafeString:
    """The text with its last digits in a span when a step of theirs is under a fifth of the standard error."""
    places = [place for place, sign in enumerate(text) if sign.isdigit()]
    if not places or standard_error <= 0:
        return text
    point = text.find(".")
    whole = sum(1 for place in places if point < 0 or place < point)
    first = next(
        (index for index in range(1, len(places)) if 10.0 ** (whole - 1 - index) * 5 < standard_error), None
    )
    if first is None:
        return text
    cut, end = places[first], places[-1] + 1
    if text[cut - 1] in ".,":
        cut -= 1
    return format_html('{}<span class="unsupported">{}</span>{}', text[:cut], text[cut:end], text[end:])


def millions(value: float | None) -> str:
    """USD m without its unit, for columns whose head says it: "1,234", "(610)", "0.4"; zero is a dash."""
    if value is None or is_missing(value):
        return missing()
    amount = abs(value) / 1e6
    return signed(f"{amount:,.{0 if amount >= 1 or amount == 0 else 1}f}", negative=value < 0)


def unit_price(value: float | None) -> str:
    """A price per unit in USD, three digits that count: "$12.40", "$0.503", "$0.0108"."""
    if value is None or is_missing(value):
        return missing()
    if value == 0:
        return DASH
    decimals = min(max(2 - floor(log10(abs(value))), 2), 8)
    return signed(f"${abs(value):,.{decimals}f}", negative=value < 0)


def rough_price(value: float | None) -> str:
    """The same with two digits that count, for the ends of a wide band: "$1,300", "$12", "$0.50", "$0.011"."""
    if value is None or is_missing(value):
        return missing()
    if value == 0:
        return DASH
    digits = 1 - floor(log10(abs(value)))
    rounded = round(abs(value), digits)
    return signed(f"${rounded:,.{min(max(digits, 0), 8)}f}", negative=value < 0)


def percent(value: float | None, decimals: int = 1) -> str:
    """A share as percent: "20.1%", "(3.0%)"; zero is "0%"."""
    if value is None or is_missing(value):
        return missing()
    shown = signed(f"{abs(value) * 100:,.{decimals}f}%", negative=value < 0)
    return "0%" if shown == DASH else shown


def futures_share(value: float | None) -> str:
    """A probability in whole percent; "under 1%" and "over 99%" where rounding would say never or always."""
    if value is None or is_missing(value):
        return missing()
    if 0 < value < 0.005:
        return _("under 1%")
    if 0.995 < value < 1:
        return _("over 99%")
    return f"{value * 100:.0f}%"


def of_futures(value: float | None) -> str:
    """ "71% of futures"; None is "not defined"."""
    if value is None or is_missing(value):
        return missing()
    return _("%(share)s of futures") % {"share": futures_share(value)}


def multiple(value: float | None) -> str:
    """ "2.1x"."""
    if value is None or is_missing(value):
        return missing()
    return signed(f"{abs(value):,.1f}x", negative=value < 0)


def rate(value: float | None) -> str:
    """A rate per year: "20.1% a year"."""
    if value is None or is_missing(value):
        return missing()
    return _("%(percent)s a year") % {"percent": percent(value)}


def count(value: float | None) -> str:
    """A whole number with thousands separated; zero is a dash."""
    if value is None or is_missing(value):
        return missing()
    return signed(f"{abs(value):,.0f}", negative=value < 0)


def quarter(index: float | None, quarters: list[str]) -> str:
    """The quarter at a place on the time line, the nearest one; "the opening date" before the first."""
    if index is None or is_missing(index) or not quarters:
        return missing()
    place = round(index)
    return _("the opening date") if place < 0 else quarters[min(place, len(quarters) - 1)]


def by_unit(value: float | None, unit: str, quarters: list[str] | None = None) -> str:
    """An outcome as its unit asks: share, usd, ratio, rate_per_year or quarters."""
    if unit == "quarters":
        return quarter(value, quarters or [])
    writers = {"share": futures_share, "usd": money, "ratio": multiple, "rate_per_year": rate}
    return writers.get(unit, count)(value)


def _scale_of(value: float) -> tuple[float, str, int]:
    """Divisor, suffix and decimals of an amount in USD."""
    for least, divisor, suffix, decimals in _SCALES:
        if abs(value) >= least:
            return divisor, f" {suffix}", decimals
    return 1.0, "", 0 if abs(value) >= 1000 else 2
