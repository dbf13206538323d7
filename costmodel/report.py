"""The result document: summaries put into names, units and plain numbers (product.md 4.6)."""

import math
from typing import Any

import numpy as np

from costmodel import chip_hour, units
from costmodel.arrays import FloatArray
from costmodel.efficiency import gain_by_source, gain_path
from costmodel.inputs.finance_terms import ChipLease
from costmodel.inputs.scenario import Scenario
from costmodel.ledger import Ledger
from costmodel.outcomes import summary
from costmodel.outcomes.blocks import BlockSummary, Grids
from costmodel.outcomes.families import SHARE
from costmodel.outcomes.importance import MOST_BLOCKS, Importance, importance, joined
from costmodel.outcomes.measures import HEADLINE, UNITS
from costmodel.outcomes.prepayment import NEEDING, NOT_NEEDING, Prepayment, prepayment
from costmodel.outcomes.tails import Tail, tail
from costmodel.quantities import realise
from costmodel.terms.finance import debt_service_cover
from costmodel.timeline import ramp

# Deals outside this band do not tie out: dollars and gigawatts in the headlines disagree (K15 of the metrics list).
TIE_OUT_BAND_USD_PER_GW_YEAR = (6e9, 15e9)
FAN_UNIT, SHARE_FANS = "usd", frozenset({"provider_share"})
TAILS = ("provider_npv_usd", "provider_npv_no_ipo_usd", "lab_npv_usd")
# The key figures that are read draw by draw once all blocks are there.
STAKE = "equity_paid_usd"
READ_BY_DRAW = frozenset({*TAILS, HEADLINE, NOT_NEEDING, NEEDING, STAKE})


def number(value: float) -> float | None:
    """Return the value, or None when there is none (JSON has no nan)."""
    return float(value) if math.isfinite(value) else None


def calendar(scenario: Scenario) -> dict[str, Any]:
    """Return the quarters of the result."""
    return {"opening": scenario.timeline.opening.isoformat(), "quarters": scenario.timeline.labels()}


def outcomes(total: BlockSummary, grids: Grids) -> dict[str, Any]:
    """Return mean, standard error and quantiles of every key figure; null when no draw has it."""
    means = summary.means(total.figures)
    errors = summary.standard_errors(total.figures, grids.figures)
    quantiles = summary.quantiles(total.figures, grids.figures)
    everyone = max(int(total.figures.defined.max()), 1)
    return {
        name: {
            "unit": UNITS[name],
            "mean": number(means[row]),
            "standard_error": number(errors[row]),
            **{
                q: number(_whole(name, v))
                for q, v in zip(summary.QUANTILE_NAMES, quantiles[row], strict=True)
            },
            "defined_share": float(total.figures.defined[row] / everyone),
        }
        for row, name in enumerate(total.figure_names)
    }


def _whole(name: str, value: float) -> float:
    """Return quarters as whole numbers: a bin knows them to a few hundredths only."""
    return float(np.round(value)) if UNITS[name] == "quarters" else value


def ledger_lines(total: BlockSummary, draws: int) -> list[dict[str, Any]]:
    """Return the base world's lines with their mean by quarter; lines that never carry money are left out."""
    lines = []
    for name, sums in zip(total.line_names, total.ledger, strict=True):
        if not sums.any():
            continue
        by_quarter = sums / draws
        lines.append(
            {
                **_line_identity(name),
                "mean_total_usd": float(by_quarter.sum()),
                "mean_by_quarter_usd": by_quarter.tolist(),
            }
        )
    return lines


def _line_identity(name: str) -> dict[str, Any]:
    payer, payee, kind, item, needs_ipo, purse = name.split("|")
    identity = {"payer": payer, "payee": payee, "kind": kind, "item": item}
    return {**identity, "needs_ipo": needs_ipo == "1", "purse": purse}


def lines_of_draw(ledger: Ledger, draw: int) -> list[dict[str, Any]]:
    """Return every line of one draw."""
    return [
        {
            "payer": line.payer,
            "payee": line.payee,
            "kind": line.kind,
            "item": line.item,
            "needs_ipo": line.needs_ipo,
            "purse": line.purse,
            "by_quarter_usd": line.flows[:, draw].tolist(),
        }
        for line in ledger.lines
        if line.flows[:, draw].any()
    ]


def fans(total: BlockSummary, grids: Grids, quarters: int) -> dict[str, Any]:
    """Return the bands of every fan, Q+1 values each."""
    means = summary.means(total.fans)
    quantiles = summary.quantiles(total.fans, grids.fans)
    result = {}
    for index, name in enumerate(total.fan_names):
        rows = slice(index * (quarters + 1), (index + 1) * (quarters + 1))
        bands = {q: quantiles[rows, place].tolist() for place, q in enumerate(summary.QUANTILE_NAMES)}
        unit = "share" if name.startswith(SHARE) or name in SHARE_FANS else FAN_UNIT
        result[name] = {"unit": unit, "mean": means[rows].tolist(), **bands}
    return result


def curves(total: BlockSummary, draws: int) -> dict[str, list[float]]:
    """Return shares of draws by quarter, Q+1 values each."""
    return {name: (row / draws).tolist() for name, row in zip(total.curve_names, total.curves, strict=True)}


def hinges(total: BlockSummary) -> list[dict[str, Any]]:
    """Return how the headline moves between the lowest and the highest fifth of each input, largest first."""
    rows = []
    for path, (low_draws, low_hits, high_draws, high_hits) in zip(
        total.hinge_names, total.hinges, strict=True
    ):
        if low_draws and high_draws:
            low, high = float(low_hits / low_draws), float(high_hits / high_draws)
            rows.append({"path": path, "low_share": low, "high_share": high, "gap": high - low})
    return sorted(rows, key=lambda row: (-abs(float(str(row["gap"]))), str(row["path"])))


def tallies(total: BlockSummary) -> dict[str, dict[str, int]]:
    """Return counts of draws by group and name; those of one group belong beside each other."""
    found: dict[str, dict[str, int]] = {}
    for name, draws in zip(total.tally_names, total.tallies, strict=True):
        group, _, member = name.partition(".")
        found.setdefault(group, {})[member] = int(draws)
    return found


def schedules(total: BlockSummary, draws: int) -> dict[str, list[float]]:
    """Return means over draws by quarter, USD, Q+1 values each."""
    return {
        name: (row / draws).tolist() for name, row in zip(total.schedule_names, total.schedules, strict=True)
    }


def tails_of(summaries: list[BlockSummary]) -> dict[str, Tail]:
    """Return the mean of the worst 5% of each party's value, exact from the draws of all blocks."""
    return {name: tail(figure_of(summaries, name)) for name in TAILS}


def prepayment_of(summaries: list[BlockSummary], scenario: Scenario) -> Prepayment | None:
    """Return the prepayment ratio with its legs; None when there is no equity that an IPO could pay back.

    The stake is the most equity that any draw pays.
    """
    if not scenario.brings_equity():
        return None
    stake = max(float(figure_of(summaries, STAKE).max()), 0.0)
    return prepayment(figure_of(summaries, NOT_NEEDING), figure_of(summaries, NEEDING), stake)


def importance_of(summaries: list[BlockSummary], scenario: Scenario, seed: int) -> Importance:
    """Return what drives the headline and the provider's value; scores are drawn again from their streams."""
    read = summaries[:MOST_BLOCKS]
    headline = figure_of(read, HEADLINE)
    parts = [realise(scenario, seed, block).scores for block in range(len(read))]
    return importance(joined(parts, headline.size), headline, figure_of(read, "provider_npv_usd"))


def figure_of(summaries: list[BlockSummary], name: str) -> FloatArray:
    """Return one key figure in every draw of all blocks."""
    return np.concatenate([part.key_figures_table[part.figure_names.index(name)] for part in summaries])


def efficiency(middle: Scenario) -> dict[str, Any]:
    """Return {"efficiency": ...}: the median factor on tokens a chip-hour by named source; {} when none is named (E13).

    The product of the sources is the whole.
    """
    if not middle.workload.efficiency_sources:
        return {}
    quarters = middle.timeline.quarters
    sources = gain_by_source(middle.workload, quarters)
    return {
        "efficiency": {
            "whole": gain_path(middle.workload, quarters)[:, 0].tolist(),
            "by_source": {key: factor[:, 0].tolist() for key, factor in sources.items()},
        }
    }


def lease_cover(middle: Scenario) -> dict[str, Any]:
    """Return {"lease_cover": ...}: lease payment over debt service by lease, None without debt; {} without a lease
    (M26).
    """
    leases = middle.terms_of(ChipLease)
    return {"lease_cover": {term.key: debt_service_cover(term) for term in leases}} if leases else {}


def tie_out(middle: Scenario) -> dict[str, Any]:
    """Return the commitment per GW-year of the new contracts, and what a GW-year costs the provider (E28).

    `middle` has every input at its median. GW-years are average gigawatts online over the contract, ramp included.
    """
    dollars = gigawatt_years = cost = 0.0
    for contract in middle.contracts():
        promise = middle.take_or_pay_of(contract.key)
        if contract.signed_earlier or promise is None:
            continue
        dollars += promise.commitment_usd
        for lot in (lot for lot in middle.fleet.lots if lot.contract == contract.key):
            chip = middle.chip(lot.chip)
            start = middle.timeline.index_of(lot.online_from)
            reached = ramp(
                start, lot.ramp_quarters, middle.timeline.index_of(contract.starts) + contract.quarters
            )
            chip_years = float(lot.chips * lot.built_share * reached.sum() * 0.25)
            gigawatt_years += chip_years * chip.provisioned_kw / units.KILOWATTS_PER_GIGAWATT
            an_hour = chip_hour.owned_chip_hour(lot, middle.fleet, chip, middle.deal.provider_capex_rate)
            cost += chip_years * units.HOURS_PER_YEAR * middle.fleet.availability * float(an_hour.total_usd)
    if not gigawatt_years:
        return {"usd_per_gw_year": None, "breakeven_usd_per_gw_year": None, "within_band": None}
    per_year = dollars / gigawatt_years
    low, high = TIE_OUT_BAND_USD_PER_GW_YEAR
    return {
        "usd_per_gw_year": per_year,
        "breakeven_usd_per_gw_year": cost / gigawatt_years,
        "within_band": bool(low <= per_year <= high),
    }
