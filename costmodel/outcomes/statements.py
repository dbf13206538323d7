"""Statements of both parties by quarter, from the ledger's lines and the books, in whole cents (engine.md 9.9, E32)."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias, TypedDict

Side: TypeAlias = Literal["provider", "lab"]
Line: TypeAlias = Mapping[str, Any]
Cents: TypeAlias = list[int]


class Row(TypedDict):
    """One row: a kind of cash flow, a figure of the books, or a subtotal of the rows before it (`is_total`).

    `needs_ipo` marks money that moves only because of an IPO. Amounts are USD in whole cents, inflows positive, Q+1
    values from the opening date on; quarters add up to the total exactly, and rows to their subtotal.
    """

    name: str
    needs_ipo: bool
    is_total: bool
    by_quarter_usd: list[float]
    total_usd: float


def statements(lines: Iterable[Line], schedules: Mapping[str, list[float]]) -> dict[Side, list[Row]]:
    """Return the provider's and the lab's statement; `lines` are the result's, `schedules` hold the books."""
    held = list(lines)
    nothing = [0] * len(schedules["depreciation_usd"])
    return {"provider": _of_provider(held, schedules, nothing), "lab": _of_lab(held, nothing)}


def _of_provider(lines: list[Line], schedules: Mapping[str, list[float]], nothing: Cents) -> list[Row]:
    """Revenue, cost by kind, cash margin; depreciation and margin on the books; capex, free cash; equity, all cash."""
    revenue, cost = _split(_flows(lines, "provider", "contract"))
    capex, equity = _flows(lines, "provider", "capex"), _flows(lines, "provider", "equity")
    earned, spent = _added([nothing, *revenue.values()]), _added([nothing, *cost.values()])
    margin = _added([earned, spent])
    invested, paid = _added([nothing, *capex.values()]), _added([nothing, *equity.values()])
    free = _added([margin, invested])
    written_off = [-_cents(amount) for amount in schedules["depreciation_usd"]]
    sold = _added([nothing, *(values for (kind, _needs), values in capex.items() if kind == "residual")])
    given_up = [-_cents(amount) for amount in schedules["book_given_up_usd"]]
    of_sales = _added([sold, given_up])
    later = [-_cents(amount) for amount in schedules.get("not_earned_usd", [])] or nothing
    return [
        *_rows(revenue),
        _row("revenue_total", earned, is_total=True),
        *_rows(cost),
        _row("cash_margin", margin, is_total=True),
        *([_row("not_earned", later)] if "not_earned_usd" in schedules else []),
        _row("depreciation", written_off),
        _row("result_of_sales", of_sales),
        _row("margin_on_books", _added([margin, later, written_off, of_sales]), is_total=True),
        *_rows(capex),
        _row("free_cash", free, is_total=True),
        *_rows(equity),
        _row("all_cash", _added([free, paid]), is_total=True),
    ]


def _of_lab(lines: list[Line], nothing: Cents) -> list[Row]:
    """Revenue, compute by kind, other cost, free cash; financing, all cash."""
    flows = _flows(lines, "lab", "contract")
    sellers = {line["kind"] for line in lines if line["payee"] in ("provider", "other_clouds")}
    buyers = {line["kind"] for line in lines if line["payer"] == "provider" and line["payee"] == "lab"}
    revenue = {key: values for key, values in flows.items() if key[0] == "revenue"}
    compute = {
        key: values for key, values in flows.items() if key[0] in sellers | buyers and key not in revenue
    }
    other = {key: values for key, values in flows.items() if key not in revenue and key not in compute}
    financing = _flows(lines, "lab", "equity") | _flows(lines, "lab", "capex")
    bought, spent = _added([nothing, *compute.values()]), _added([nothing, *other.values()])
    free = _added([*revenue.values(), bought, spent])
    raised = _added([nothing, *financing.values()])
    return [
        *_rows(revenue),
        *_rows(compute),
        _row("compute_total", bought, is_total=True),
        *_rows(other),
        _row("free_cash", free, is_total=True),
        *_rows(financing),
        _row("financing_total", raised, is_total=True),
        _row("all_cash", _added([free, raised]), is_total=True),
    ]


def _flows(lines: list[Line], side: Side, purse: str) -> dict[tuple[str, bool], Cents]:
    """Return the side's cents by kind and tag, in the order of the ledger."""
    found: dict[tuple[str, bool], Cents] = {}
    for line in lines:
        if (
            line["purse"] != purse
            or side not in (line["payer"], line["payee"])
            or line["payer"] == line["payee"]
        ):
            continue
        sign = 1 if line["payee"] == side else -1
        cents = [sign * _cents(amount) for amount in line["mean_by_quarter_usd"]]
        key = (line["kind"], bool(line["needs_ipo"]))
        found[key] = _added([found[key], cents]) if key in found else cents
    return found


def _split(
    flows: dict[tuple[str, bool], Cents],
) -> tuple[dict[tuple[str, bool], Cents], dict[tuple[str, bool], Cents]]:
    """Return what comes in over the whole time, and what goes out."""
    coming = {key: values for key, values in flows.items() if sum(values) >= 0}
    return coming, {key: values for key, values in flows.items() if key not in coming}


def _added(several: Iterable[Cents]) -> Cents:
    return [sum(amounts) for amounts in zip(*several, strict=True)]


def _cents(amount_usd: float) -> int:
    return round(amount_usd * 100.0)


def _rows(flows: dict[tuple[str, bool], Cents]) -> list[Row]:
    return [_row(kind, values, needs_ipo=needs_ipo) for (kind, needs_ipo), values in flows.items()]


def _row(name: str, cents: Cents, *, needs_ipo: bool = False, is_total: bool = False) -> Row:
    return Row(
        name=name,
        needs_ipo=needs_ipo,
        is_total=is_total,
        by_quarter_usd=[amount / 100.0 for amount in cents],
        total_usd=sum(cents) / 100.0,
    )
