"""What lists show of a scenario, taken from its newest document."""

from datetime import date, timedelta
from typing import Any

from planner.deals.documents import ComputeContractDocument, EquityTrancheDocument, TakeOrPayDocument
from planner.scenarios.documents import ScenarioDocument


def columns_of(document: ScenarioDocument) -> dict[str, Any]:
    """Values of the list columns of `Scenario`."""
    deal = document.deal
    contracts = [term for term in deal.terms if isinstance(term, ComputeContractDocument)]
    labels = {chip.key: chip.label or chip.key for chip in document.chips}
    used = dict.fromkeys(labels[lot.chip] for lot in document.fleet.lots)
    return {
        "provider": deal.provider,
        "lab": deal.lab,
        "chip_names": ", ".join(used)[:400],
        "starts": min((contract.starts for contract in contracts), default=None),
        "ends": max((last_day(contract.starts, contract.quarters) for contract in contracts), default=None),
        "equity_usd": sum(term.amount_usd for term in deal.terms if isinstance(term, EquityTrancheDocument)),
        "commitment_usd": sum(t.commitment_usd for t in deal.terms if isinstance(t, TakeOrPayDocument)),
    }


def last_day(starts: date, quarters: int) -> date:
    """The last day of the last of so many calendar quarters, the first being the one that holds `starts`."""
    after = starts.year * 4 + (starts.month - 1) // 3 + quarters
    return date(after // 4, after % 4 * 3 + 1, 1) - timedelta(days=1)
