"""The lab's side, and what treasurer and controller ask: runway, minimums, control, IPO dependence, calls, backlog."""

from django.utils.translation import gettext as _

from planner.core.formatting import DASH, futures_share, millions, money, percent, rate
from planner.runs.presentation.at_stake import reasons
from planner.runs.presentation.figures import FigureRow, FigureTable, members
from planner.runs.presentation.outcomes import Result, part

_SCHEDULES = ("backlog_usd", "minimum_next_year_usd", "callable_usd")


def tables(result: Result) -> list[FigureTable]:
    """Those of the lab."""
    return [table for table in (_of_the_lab(result), schedule(result)) if table is not None]


def _of_the_lab(result: Result) -> FigureTable | None:
    if part(result, "lab_default_no_ipo_by_contract_end") is None:
        return None
    minimum = part(result, "lab_minimum_next_year_usd")
    rows = [
        FigureRow(
            _("Shortest runway"),
            [_quarters(part(result, "lab_shortest_runway_quarters", name)) for name in ("p50", "p05")],
            _("Least cash over burn of any quarter, in quarters; futures that never burn cash are left out."),
        ),
        FigureRow(
            _("Minimum owed in the first year"),
            [money(minimum), ""],
            _("What contracts and leases oblige it to spend in the next four quarters, used or not."),
        ),
        FigureRow(
            _("Compute spend it can leave in the first year"),
            [percent(part(result, "lab_control_of_spend", name), 0) for name in ("p50", "p05")],
            _("1 less what is owed used or not (minimums, fees, leases) over all compute spend of the year."),
        ),
        *_diluted(result),
        FigureRow(
            _("Default under contract"),
            [futures_share(part(result, "lab_default_by_contract_end")), ""],
            _("%(share)s where no IPO can happen: the difference is how far the lab lives on an IPO.")
            % {"share": futures_share(part(result, "lab_default_no_ipo_by_contract_end"))},
        ),
        *_worth(result),
    ]
    heads = [_("Median, or share"), _("5% at or below")]
    says = _("What the deal ties the lab to. An IPO possible unless said otherwise.")
    return FigureTable("lab-side", _("The lab's side"), says, heads, rows)


def _diluted(result: Result) -> list[FigureRow]:
    if part(result, "lab_dilution") is None:
        return []
    cells = [percent(part(result, "lab_dilution", name), 0) for name in ("p50", "p05")]
    says = _(
        "What holders of the opening date have given up of the company at the end: tranches, rounds, the offer."
    )
    return [FigureRow(_("Dilution"), cells, says)]


def _worth(result: Result) -> list[FigureRow]:
    """What the deal is worth to the lab, over both counterfactuals."""
    rows = [
        FigureRow(title, [money(part(result, name, "p50")), money(part(result, name, "p05"))], says)
        for title, name, says in (
            (_("Worth, over no equity"), "lab_npv_usd", _("After the fair value of the shares it gives.")),
            (
                _("Worth, over no deal"),
                "lab_npv_over_no_deal_usd",
                _("Neither the equity nor a new contract."),
            ),
        )
        if part(result, name) is not None
    ]
    found = members(result, "lab_irr")
    if found and part(result, "lab_irr") is not None:
        cells = [rate(part(result, "lab_irr", name)) for name in ("p50", "p05")]
        rows.append(
            FigureRow(
                _("Rate of return"),
                cells,
                reasons(found) + " " + _("Paid first and billed later, it is a cost of money."),
            )
        )
    return rows


def schedule(result: Result) -> FigureTable | None:
    """Backlog, minimum of the next year and what can be called, at each year's end; None when all are nothing."""
    held, labels = result.get("schedules") or {}, list(result.get("quarters") or [])
    if not all(name in held for name in _SCHEDULES) or not any(any(held[name]) for name in _SCHEDULES):
        return None
    ends = [0, *(place for place, label in enumerate(labels, start=1) if label.endswith("Q4"))]
    rows = [
        FigureRow(
            str(result.get("opening", "")) if place == 0 else labels[place - 1],
            [millions(held[name][place]) for name in _SCHEDULES],
        )
        for place in ends
    ]
    says = _(
        "USD m, mean of all futures, an IPO possible: minimums still to come while the lab pays; those of the next four"
        " quarters; and what the provider can be made to pay for shares within their notice, neither paid nor lapsed."
    )
    heads = [_("Backlog"), _("Due in a year"), _("Callable")]
    return FigureTable("schedule", _("Backlog and liquidity at call"), says, heads, rows)


def _quarters(value: float | None) -> str:
    return DASH if value is None else f"{value:.1f}"
