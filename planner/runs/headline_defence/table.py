"""The table itself: computed by `manage.py defend_headline`, committed, and read by the Method page."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from planner.core.canonical_json import canonical_text, digest_of, parse_strict
from planner.runs import computing, engine
from planner.runs.headline_defence.variants import TEMPLATE, VARIANTS, Raw, Variant

FILE = Path(__file__).parent / "table.json"
DRAWS, SEED = 16_384, 7
MOST_DRIVERS = 6
SHARES = {
    "cash": "recovered_do_no_ipo_cash",
    "books": "recovered_do_no_ipo_accounting",
    "default": "lab_default_by_contract_end",
}
"""Figure of a row -> the outcome whose mean it is."""
_TEMPLATES = Path(__file__).resolve().parents[2] / "scenarios" / "template_documents"


def document() -> Raw:
    """The worked example as it is installed."""
    found = parse_strict((_TEMPLATES / f"{TEMPLATE}.json").read_bytes(), max_bytes=10_000_000)
    assert isinstance(found, dict)
    return found


@lru_cache(maxsize=1)
def stored() -> dict[str, Any]:
    """The committed table: engine version, draws, seed, digest of the document, rows, drivers."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def computed(draws: int, workers: int) -> dict[str, Any]:
    """The table computed now; every row on the same seed, so that rows differ by what is changed and not by luck."""
    raw = document()
    results = {one.key: result_of(one, raw, draws, workers) for one in VARIANTS}
    return {
        "template": TEMPLATE,
        "engine_version": engine.engine_version(),
        "draws": draws,
        "seed": SEED,
        "document_digest": document_digest(raw),
        "rows": [row_of(key, result, raw) for key, result in results.items()],
        "drivers": drivers_of(results[VARIANTS[0].key]),
    }


def result_of(variant: Variant, raw: Raw, draws: int, workers: int = 1) -> dict[str, Any]:
    """The result document of one variant."""
    inputs = engine.inputs_of_json(variant.of(raw))
    return computing.result_of_inputs(inputs, draws=draws, seed=SEED, workers=workers)


def row_of(key: str, result: dict[str, Any], raw: Raw) -> dict[str, Any]:
    """One row: shares with their errors, average GW of the new contracts, the provider's worth with no IPO."""
    outcomes = result["outcomes"]
    row: dict[str, Any] = {"key": key}
    for name, outcome in SHARES.items():
        row[name] = outcomes[outcome]["mean"]
        row[f"{name}_error"] = outcomes[outcome]["standard_error"]
    row["worth_no_ipo_usd"] = outcomes["provider_npv_no_ipo_usd"]["p50"]
    row["average_gw"] = average_gw(result, raw)
    return row


def average_gw(result: dict[str, Any], raw: Raw) -> float | None:
    """GW of the new contracts over their term: dollars promised / dollars a GW-year / years (E28)."""
    a_gw_year = result["tie_out"]["usd_per_gw_year"]
    terms = raw["deal"]["terms"]
    new = {
        one["key"]: one for one in terms if one["kind"] == "compute_contract" and not one["signed_earlier"]
    }
    promised = [one for one in terms if one["kind"] == "take_or_pay" and one["contract"] in new]
    years = max((new[one["contract"]]["quarters"] / 4.0 for one in promised), default=0.0)
    if not a_gw_year or not years:
        return None
    return float(sum(one["commitment_usd"] for one in promised) / a_gw_year / years)


def drivers_of(result: dict[str, Any]) -> list[dict[str, Any]]:
    """What drives the headline: the share of its variance an input explains alone, and its ends."""
    ends = {one["path"]: one for one in result["hinges"]}
    rows = result["importance"]["rows"][:MOST_DRIVERS]
    return [
        {
            "path": row["path"],
            "alone": row["headline"],
            "low_share": ends[row["path"]]["low_share"],
            "high_share": ends[row["path"]]["high_share"],
        }
        for row in rows
        if row["path"] in ends
    ]


def document_digest(raw: Raw) -> str:
    """Of the worked example and of what the variants make of it: when either changes, the table is stale."""
    return digest_of(canonical_text([raw, *(one.of(raw) for one in VARIANTS)]))
