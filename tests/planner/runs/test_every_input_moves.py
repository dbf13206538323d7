"""Each input of each template, changed in turn, moves a ledger line or a named outcome, or stands in a short list."""

import json
import sys
from collections.abc import Iterator
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from costmodel import evaluate
from costmodel.simulate import worlds
from planner.core.documents import read_document
from planner.core.errors import InvalidInput
from planner.runs.engine.inputs import to_inputs
from planner.scenarios.documents import ScenarioDocument
from planner.scenarios.paths import InputLeaf, get, walk, with_values

TEMPLATES = Path(__file__).parents[3] / "planner" / "scenarios" / "template_documents"
DRAWS = 512
# Its inputs are all tried; of the other templates those that differ from it: a run for each input takes a while.
FIRST = "amazon-openai-2026"

# Why an input may stand still. The key is the end of its path, or its beginning before a star; a reason must be true of
# every template it is used in.
STANDS_STILL = {
    "exit.confidential_filing_annual": "only used while the lab has not filed; the templates start after the filing",
    ".option_margin_share": "the option is priced at the price of the day, so never in the money; paid: none left",
    ".option": "the same: an option at the price of the day is never taken up; paid: none left",
    ".valuation_usd": "only used with a fixed valuation; the contingent tranche is priced at the price of the day",
    "deal.terms[paid-2026].obligation": "paid on the opening date: nothing is left to call",
    "deal.terms[paid-2026].triggers_needed": "paid on the opening date: nothing is left to call",
    "deal.terms[paid-2026].notice_quarters": "paid on the opening date: nothing is left to call",
    "deal.terms[paid-2026].longstop": "paid on the opening date: nothing is left to call",
    "-minimum].contract": "pointing it at the other contract is refused: that one has its own minimum",
    "deal.terms[aws-2025-minimum].undelivered_due_share": "this fleet is built in full: nothing is undelivered",
    "deal.terms[paid-2026].price_rule": "on the opening date every price is the same 852 B",
    "].on": "only used by triggers on a date",
    ".calibration": "says in words where the efficiencies come from; the figures are those of the efficiencies",
    "model.head_dimension": "latent attention works on its latent; only grouped-query attention reads a head's size",
    "exit.lock_up[1].quarters_after_listing": "its neighbours are a quarter away on both sides: moving it is refused",
    ".price_over_offer": "0 asks nothing of the price; the step tried, a tenth of the offer price, asks too little",
    "exit.quoted_odds[1].by": "its neighbours are a quarter away on both sides: moving it is refused",
    "deal.terms[aws-2025].kept_without_equity_share": "signed earlier: it stands in every counterfactual",
    "deal.terms[aws-2025].built_without_equity_share": "signed earlier: nothing of it is released",
    "workload.maximum_seconds_to_first_token": "a limit that does not bind: first tokens come in well under a second",
    ".threshold": "only used by triggers on revenue or gigawatts",
    "triggers[public-filing].hazard_annual": "only used by milestone triggers",
    "deal.terms[preferred-2026].participation_cap_multiple": "only used by participating preferences",
    "deal.terms[preferred-2026].qualified_valuation_usd": "0 is asked: a step of cents asks nothing more",
    "deal.terms[preferred-2026].qualified_proceeds_usd": "0 is asked: a step of cents asks nothing more",
    "deal.terms[preferred-2026].unqualified": "only used at an IPO that does not qualify",
    ".year_shares": "empty: the minimum follows its ramp",
    "timeline.opening": "the day moves every date at once: refused, because the contracts would start in the past",
}
# Only with an equity tranche is there a world without equity.
WITHOUT_EQUITY = {
    ".kept_without_equity_share": "there is no counterfactual without an equity tranche",
    "deal.provider_equity_rate": "no equity is paid",
    "deal.lab_tax_rate": "the lab's value after tax is left out without equity to compare with",
    "valuation.other_preferences_usd": "nobody holds shares of this deal",
    "exit.sale_premium_log_sd": "nobody holds shares of this deal",
    "exit.lock_up*": "nobody holds shares of this deal",
    "exit.turnover_annual": "nobody holds shares of this deal",
    "exit.participation_share": "nobody holds shares of this deal",
    "exit.price_impact_share": "nobody holds shares of this deal",
}
ALL_NVIDIA = {
    "].chip": "there is one chip to choose",
    "market.outside_chip": "there is one chip to choose",
    "placement.ported_share_start": "no chip of this fleet needs porting",
    "placement.ported_share_end": "no chip of this fleet needs porting",
    "placement.porting_quarters": "no chip of this fleet needs porting",
    "placement.porting_cost_usd": "no chip of this fleet needs porting",
}
ALLOWED: dict[str, dict[str, str]] = {
    "amazon-openai-2026": STANDS_STILL,
    "contract-without-equity": STANDS_STILL | WITHOUT_EQUITY,
    "nvidia-only-fleet": STANDS_STILL | ALL_NVIDIA,
}

# The reasons that must hold in this template: one that nothing needs any more would hide the next dead input.
OWN: dict[str, dict[str, str]] = {
    "amazon-openai-2026": STANDS_STILL,
    "contract-without-equity": WITHOUT_EQUITY,
    "nvidia-only-fleet": ALL_NVIDIA,
}


def _matches(path: str, reason: str) -> bool:
    """A reason is for one input, by the end of its path, or with a star for all whose path begins like it."""
    return path.startswith(reason[:-1]) if reason.endswith("*") else path.endswith(reason)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(evaluate.load_answers, "answers", lambda *_: {})  # nothing here reads them
    for name, module in list(sys.modules.items()):
        if name.startswith("costmodel.") and hasattr(module, "BLOCK_SIZE"):
            monkeypatch.setattr(module, "BLOCK_SIZE", DRAWS)
    _forget()
    yield
    _forget()


def _forget() -> None:
    evaluate._simulated.cache_clear()
    worlds.open_workshop.cache_clear()


@pytest.mark.timeout(1500)
@pytest.mark.parametrize("template", sorted(ALLOWED))
def test_each_input_of_the_template_moves_something(template: str, small_blocks: None) -> None:
    raw = json.loads((TEMPLATES / f"{template}.json").read_text())
    before = _figures(raw)

    # A part that is left out has no inputs yet; those of one that is there are all tried.
    there = [leaf for leaf in walk(raw) if get(raw, leaf.path.rpartition(".")[0]) is not None]
    there = [leaf for leaf in there if not _is_tried_elsewhere(leaf, template)]
    still = [leaf.path for leaf in there if not _moves(raw, leaf, before)]

    unexplained = [path for path in still if not any(_matches(path, reason) for reason in ALLOWED[template])]
    stale = [reason for reason in OWN[template] if not any(_matches(path, reason) for path in still)]
    assert (unexplained, stale) == ([], [])


def _is_tried_elsewhere(leaf: InputLeaf, template: str) -> bool:
    """Whether the first template holds the same at the same place, and no reason of this template is about it."""
    if template == FIRST or any(_matches(leaf.path, reason) for reason in OWN[template]):
        return False
    first = json.loads((TEMPLATES / f"{FIRST}.json").read_text())
    try:
        return bool(get(first, leaf.path) == leaf.value)
    except KeyError:
        return False


def test_a_stray_input_would_be_noticed(small_blocks: None) -> None:
    raw = json.loads((TEMPLATES / "amazon-openai-2026.json").read_text())
    before = _figures(raw)

    same = _figures(with_values(raw, {"deal.provider": "Somebody else"}))

    assert np.array_equal(before, same)


def _moves(raw: dict[str, Any], leaf: InputLeaf, before: np.ndarray) -> bool:
    """Whether one of the changes this input allows moves a figure; inputs that only name things count as moved."""
    if leaf.kind in ("text", "texts") and not leaf.choices:
        return True
    for changed in _changes(leaf):
        try:
            after = _figures(with_values(deepcopy(raw), {leaf.path: changed}))
        except (InvalidInput, ValueError):
            continue
        if not np.array_equal(before, after):
            return True
    return False


def _figures(raw: dict[str, Any]) -> np.ndarray:
    """Every ledger line by quarter and every outcome of one small block, and the cost table, as one row of numbers."""
    inputs = to_inputs(read_document(ScenarioDocument, raw))
    result = evaluate.evaluate(inputs, DRAWS, 7)
    found: list[float] = []
    for line in result["ledger"]["lines"]:
        found += line["mean_by_quarter_usd"]
    for outcome in result["outcomes"].values():
        found += [
            np.nan if outcome[name] is None else outcome[name] for name in ("mean", "p05", "p50", "p95")
        ]
    return np.nan_to_num(np.asarray(found), nan=-1.0)


def _changes(leaf: InputLeaf) -> Iterator[Any]:
    """Values that differ a little from what the input holds; each may still be refused."""
    value = leaf.value
    if leaf.choices:
        flags = {"true": True, "false": False}
        yield from (
            flags.get(str(choice), choice)
            for choice in leaf.choices
            if flags.get(str(choice), choice) != value
        )
    elif isinstance(value, dict):
        yield from _moved_ranges(value)
    elif leaf.kind == "day":
        day = date.fromisoformat(str(value)) if value else date(2027, 6, 30)
        yield from ((day + timedelta(days=step)).isoformat() for step in (92, -92, 366, -366))
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value - 1, value * 2, value + 4, value - 4, value // 2)
    elif isinstance(value, float):
        yield from (
            value * 1.1,
            value * 0.9,
            value + 0.1,
            value * 2.0,
            value * 0.5,
            value * 10.0,
            value - 0.1,
        )
    elif isinstance(value, list):
        yield from _moved_lists(value)


def _moved_ranges(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for factor in (1.1, 0.9):
        yield value | {name: value[name] * factor for name in ("low", "high") if name in value}
    yield value | {"high": value["low"] + (value["high"] - value["low"]) * 0.9}


def _moved_lists(value: list[Any]) -> Iterator[list[Any]]:
    """Change one number in a list, or leave its last item out."""
    for position, item in enumerate(value):
        if isinstance(item, float):
            yield [*value[:position], item * 0.98, *value[position + 1 :]]
    yield value[:-1]
