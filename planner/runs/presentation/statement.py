"""The statement of one side, by year or by quarter, in USD m or to the cent; every sum is one of whole cents."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from planner.core.formatting import millions, signed
from planner.runs.presentation.ledger import Row, kind_words
from planner.runs.presentation.outcomes import Result
from planner.runs.presentation.sides import PROVIDER, Side

TOTALS: dict[str, str] = {
    "revenue_total": gettext_noop("Cash in under contracts"),
    "cash_margin": gettext_noop("Cash margin"),
    "not_earned": gettext_noop("Less cash not earned yet"),
    "depreciation": gettext_noop("Depreciation"),
    "result_of_sales": gettext_noop("Sales of assets over book value"),
    "margin_on_books": gettext_noop("Margin on the books"),
    "free_cash": gettext_noop("Free cash"),
    "compute_total": gettext_noop("Compute"),
    "financing_total": gettext_noop("Financing"),
    "all_cash": gettext_noop("All cash"),
}
"""What rows that are no kind of cash flow are called."""


@dataclass(frozen=True, slots=True)
class Statement:
    """`heads` name years or quarters, the opening date first when money moves on it, and the total.

    `corner` is the unit; "" for USD m.
    """

    heads: list[str]
    rows: list[Row]
    caption: str
    corner: str
    by_quarter: bool
    is_exact: bool


def statement(
    result: Result, *, side: Side, by_quarter: bool = False, is_exact: bool = False
) -> Statement | None:
    """The mean of all futures; None when the result has no statements or no money moves."""
    rows = (result.get("statements") or {}).get(side) or []
    if not any(any(row["by_quarter_usd"]) for row in rows):
        return None
    columns = _columns(result, rows, by_quarter)
    write = to_the_cent if is_exact else _millions
    shown = [
        Row(
            _(TOTALS[row["name"]]) if row["name"] in TOTALS else kind_words(row["name"]),
            [write(amount) for amount in _amounts(row, columns)],
            needs_ipo=bool(row["needs_ipo"]),
            is_total=bool(row["is_total"]),
        )
        for row in rows
    ]
    return Statement(
        heads=[*(title for title, _places in columns), _("Total")],
        rows=shown,
        caption=_caption(side, by_quarter),
        corner=_("USD") if is_exact else "",
        by_quarter=by_quarter,
        is_exact=is_exact,
    )


def to_the_cent(cents: int) -> str:
    """ "1,234.56", negative in parentheses, zero a dash."""
    return signed(f"{abs(cents) // 100:,}.{abs(cents) % 100:02d}", negative=cents < 0)


def _millions(cents: int) -> str:
    # Under USD 1,000 is nothing in a table of millions.
    return millions(0.0 if abs(cents) < 100_000 else cents / 100.0)


def _columns(result: Result, rows: list[dict[str, Any]], by_quarter: bool) -> list[tuple[str, list[int]]]:
    """Title and places of each column."""
    columns: list[tuple[str, list[int]]] = []
    if any(row["by_quarter_usd"][0] for row in rows):
        columns.append((str(result.get("opening", "")), [0]))
    for place, label in enumerate(result.get("quarters") or [], start=1):
        title = label if by_quarter else label.split(" ")[0]
        if columns and columns[-1][0] == title:
            columns[-1][1].append(place)
        else:
            columns.append((title, [place]))
    return columns


def _amounts(row: dict[str, Any], columns: list[tuple[str, list[int]]]) -> list[int]:
    """Cents in each column, then in all of them."""
    cents = [round(amount * 100) for amount in row["by_quarter_usd"]]
    return [*(sum(cents[place] for place in places) for _title, places in columns), sum(cents)]


def _caption(side: Side, by_quarter: bool) -> str:
    if side == PROVIDER:
        said = (
            _("The provider's statement by quarter, mean of all futures, nominal. Outflows in parentheses.")
            if by_quarter
            else _("The provider's statement by year, mean of all futures, nominal. Outflows in parentheses.")
        )
    else:
        said = (
            _("The lab's statement by quarter, mean of all futures, nominal. Outflows in parentheses.")
            if by_quarter
            else _("The lab's statement by year, mean of all futures, nominal. Outflows in parentheses.")
        )
    return said
