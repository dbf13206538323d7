"""The ledger of one side by kind and year: money in plain, money out in parentheses, totals that foot."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from planner.core.formatting import millions
from planner.runs.presentation.outcomes import Result
from planner.runs.presentation.sides import PROVIDER, Side

Line: TypeAlias = Mapping[str, Any]

KINDS: dict[str, str] = {
    "compute_billed": gettext_noop("Compute billed"),
    "shortfall": gettext_noop("Shortfall payments"),
    "look_back_credit": gettext_noop("Credits for a lower price of peers"),
    "performance_credit": gettext_noop("Credits for slower chips"),
    "late_delivery_damages": gettext_noop("Damages for late delivery"),
    "reservation_fee": gettext_noop("Reservation fees"),
    "reservation": gettext_noop("Capacity reserved by a lever"),
    "prepayment": gettext_noop("Prepayments"),
    "prepayment_drawn": gettext_noop("Prepayments drawn by bills"),
    "prepayment_refund": gettext_noop("Prepayments given back"),
    "termination_fee": gettext_noop("Termination fees"),
    "termination_claim": gettext_noop("Claims on termination"),
    "shortfall_claim": gettext_noop("Claims on a running shortfall"),
    "relet_capacity": gettext_noop("Capacity let again"),
    "released_capacity": gettext_noop("Capacity sold at market price"),
    "on_demand": gettext_noop("On-demand compute"),
    "burst": gettext_noop("Burst compute"),
    "on_demand_cost": gettext_noop("Cost of on-demand compute"),
    "energy": gettext_noop("Energy"),
    "operations": gettext_noop("Operations"),
    "colocation": gettext_noop("Colocation rent"),
    "chips": gettext_noop("Chips"),
    "network": gettext_noop("Network"),
    "site_and_power": gettext_noop("Site and power"),
    "residual": gettext_noop("Residual value"),
    "lease_payment": gettext_noop("Lease payments"),
    "lease_debt": gettext_noop("Lease debt taken up"),
    "lease_interest": gettext_noop("Interest of lease debt"),
    "lease_debt_repaid": gettext_noop("Lease debt repaid"),
    "residual_guarantee": gettext_noop("Residual guarantees"),
    "backstop": gettext_noop("Backstop of unsold capacity"),
    "lease_guarantee": gettext_noop("Lease guarantees called"),
    "customer_loan": gettext_noop("Loans from the lab"),
    "loan_repaid": gettext_noop("Loans repaid"),
    "loan_set_off": gettext_noop("Loans set off against bills"),
    "revenue_share": gettext_noop("Revenue share"),
    "profit_share": gettext_noop("Profit share"),
    "resale_share": gettext_noop("Resale share"),
    "credits_burned": gettext_noop("Compute credits used"),
    "equity_tranche": gettext_noop("Equity paid in"),
    "convertible_note": gettext_noop("Convertible notes"),
    "pro_rata": gettext_noop("Pro-rata purchases in rounds"),
    "warrant_value": gettext_noop("Warrants on the provider's shares, at value (no cash)"),
    "guarantee_warrants": gettext_noop("Warrants got for a guarantee, at value (no cash)"),
    "stock_issued": gettext_noop("Provider's shares given, at value (no cash)"),
    "stock_held": gettext_noop("Provider's shares kept"),
    "stock_sold": gettext_noop("Provider's shares sold on"),
    "note_repaid": gettext_noop("Notes repaid"),
    "put": gettext_noop("Shares put back"),
    "share_sale": gettext_noop("Shares sold"),
    "company_sale": gettext_noop("Company sold"),
    "revenue": gettext_noop("Revenue"),
    "other_clouds": gettext_noop("Other clouds"),
    "other_cost": gettext_noop("Other cost"),
    "porting": gettext_noop("Porting"),
    "funding_round": gettext_noop("Funding rounds"),
    "ipo_proceeds": gettext_noop("Proceeds of the IPO"),
}
"""The kinds in the order they are shown; a kind that is not here comes last, by its own name."""

LOT_KINDS = frozenset(
    {"chips", "network", "site_and_power", "energy", "operations", "colocation", "residual"}
)
EQUITY_KINDS = frozenset(
    {
        "equity_tranche",
        "convertible_note",
        "pro_rata",
        "warrant_value",
        "guarantee_warrants",
        "stock_issued",
        "stock_held",
        "stock_sold",
        "note_repaid",
        "put",
        "share_sale",
        "company_sale",
        "funding_round",
        "ipo_proceeds",
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    """One kind, or a total. The last cell is the sum of the row."""

    title: str
    cells: list[str]
    needs_ipo: bool = False
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`heads` are years, the opening first when money moves on it, and the total."""

    heads: list[str]
    rows: list[Row]


def by_kind_and_year(result: Result, *, side: Side) -> Table | None:
    """The mean over all futures, USD m, as the side's cash flow. None when no money moves."""
    quarters = list(result.get("quarters") or [])
    sums = _sums((result.get("ledger") or {}).get("lines") or [], side)
    if not sums:
        return None
    columns = _columns(str(result.get("opening", "")), quarters, sums.values())
    before, equity = _split(sums)
    rows = [_row(key, values, columns) for key, values in before]
    if equity and before:
        rows.append(_total(_("Cash before equity"), [values for _key, values in before], columns))
    rows += [_row(key, values, columns) for key, values in equity]
    firm = [values for (_kind, needs_ipo), values in sums.items() if not needs_ipo]
    if len(firm) < len(sums):
        rows.append(_total(_("Cash that needs no IPO"), firm, columns))
    rows.append(_total(_("All cash"), list(sums.values()), columns))
    return Table([*(title for title, _places in columns), _("Total")], rows)


def before_equity_usd(result: Result) -> float | None:
    """The provider's mean cash before equity, whole book and undiscounted: the ledger's total. None without lines."""
    before, _equity = _split(_sums((result.get("ledger") or {}).get("lines") or [], PROVIDER))
    return sum(sum(values) for _key, values in before) if before else None


def kind_words(kind: str) -> str:
    """A kind as the ledger names it."""
    return _(KINDS[kind]) if kind in KINDS else kind.replace("_", " ").capitalize()


def item_words(document: Mapping[str, Any], kind: str, item: str) -> str:
    """What the version calls the lot or the term behind a line; its key where it has no name."""
    lots, terms = (document.get("fleet") or {}).get("lots"), (document.get("deal") or {}).get("terms")
    # A lot and its contract may share a key: costs name the lot, payments of the deal the term.
    behind = [*(lots or []), *(terms or [])] if kind in LOT_KINDS else [*(terms or []), *(lots or [])]
    return next((one["label"] for one in behind if one.get("key") == item and one.get("label")), item)


def _sums(lines: Iterable[Line], side: Side) -> dict[tuple[str, bool], list[float]]:
    """Signed amounts by quarter of each kind, needing an IPO or not, in the order they are shown."""
    found: dict[tuple[str, bool], list[float]] = {}
    for line in lines:
        if side not in (line["payer"], line["payee"]) or line["payer"] == line["payee"]:
            continue
        sign = 1.0 if line["payee"] == side else -1.0
        key = (line["kind"], bool(line["needs_ipo"]))
        amounts = [sign * amount for amount in line["mean_by_quarter_usd"]]
        held = found.get(key)
        found[key] = amounts if held is None else [a + b for a, b in zip(held, amounts, strict=True)]
    order = list(KINDS)
    return dict(
        sorted(
            found.items(),
            key=lambda one: (order.index(one[0][0]) if one[0][0] in KINDS else len(order), one[0]),
        )
    )


def _split(
    sums: Mapping[tuple[str, bool], list[float]],
) -> tuple[list[tuple[tuple[str, bool], list[float]]], list[tuple[tuple[str, bool], list[float]]]]:
    before = [(key, values) for key, values in sums.items() if key[0] not in EQUITY_KINDS]
    equity = [(key, values) for key, values in sums.items() if key[0] in EQUITY_KINDS]
    return before, equity


def _columns(opening: str, quarters: list[str], sums: Iterable[list[float]]) -> list[tuple[str, list[int]]]:
    """Title and places of each column. The opening date is a column only when money moves on it."""
    columns: list[tuple[str, list[int]]] = []
    if any(abs(values[0]) > 0 for values in sums):
        columns.append((opening, [0]))
    for place, label in enumerate(quarters, start=1):
        year = label.split(" ")[0]
        if columns and columns[-1][0] == year:
            columns[-1][1].append(place)
        else:
            columns.append((year, [place]))
    return columns


def _row(key: tuple[str, bool], values: list[float], columns: list[tuple[str, list[int]]]) -> Row:
    kind, needs_ipo = key
    return Row(kind_words(kind), _cells(values, columns), needs_ipo=needs_ipo)


def _total(title: str, several: list[list[float]], columns: list[tuple[str, list[int]]]) -> Row:
    summed = [sum(amounts) for amounts in zip(*several, strict=True)]
    return Row(title, _cells(summed, columns) if summed else ["–"] * (len(columns) + 1), is_total=True)


def _cells(values: list[float], columns: list[tuple[str, list[int]]]) -> list[str]:
    by_year = [sum(values[place] for place in places) for _title, places in columns]
    return [millions(_settled(amount)) for amount in (*by_year, sum(values))]


def _settled(amount_usd: float) -> float:
    """Sums of floats that should cancel leave cents behind: under USD 1,000 is nothing on this page."""
    return 0.0 if abs(amount_usd) < 1_000 else amount_usd


def caption(side: Side) -> str:
    """What the table says it is."""
    if side == PROVIDER:
        return _(
            "The provider's cash by kind and year, mean of all futures, nominal USD m. Outflows in parentheses."
        )
    return _("The lab's cash by kind and year, mean of all futures, nominal USD m. Outflows in parentheses.")
