"""A cost table as rows: what `manage.py cost_table` prints, from a table document or from a scenario."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from planner.core.canonical_json import JsonValue
from planner.core.errors import InvalidInput, Problem
from planner.runs import engine, limits
from planner.runs.cost_table.documents import PointDocument, PriceDocument, TableDocument, table_document
from planner.runs.cost_table.speeds import MILLION, SECONDS_PER_HOUR, UNSUPPORTED, bill_of
from planner.runs.engine import catalog_table
from planner.runs.presentation.marks import marks_of
from planner.scenarios.documents import ScenarioDocument, scenario_document

BAND_OF_A_TABLE = 0.8
_OF_A_TABLE, _OF_A_SCENARIO = {"operating_points", "prices", "models"}, {"timeline", "deal", "workload"}
_KINDS_OF_A_SCENARIO = {"owner_cost": "owners_cost", "contract_price": "contract", "on_demand": "on_demand"}


def printed_table(value: JsonValue) -> dict[str, Any]:
    """The table of a document. Raises InvalidInput naming what is wrong, and when no row can be served."""
    names = set(value) if isinstance(value, dict) else set()
    if names & _OF_A_TABLE or not names & _OF_A_SCENARIO:
        rows, band = _rows_of_table(table_document(value)), BAND_OF_A_TABLE
    else:
        rows, band = _rows_of_scenario(scenario_document(value))
    if all(row["status"] == UNSUPPORTED for row in rows):
        reasons = dict.fromkeys(row["reason"] for row in rows)
        raise InvalidInput([Problem("", reason) for reason in reasons])
    return {
        "schema_version": 1,
        "engine_version": engine.engine_version(),
        "currency": "USD",
        "band_share": round(band, 6),
        "rows": rows,
    }


def _rows_of_table(document: TableDocument) -> list[dict[str, Any]]:
    """A row for every price x model x operating point, in that order."""
    priced = {price.chip for price in document.prices}
    chips = [chip for chip in document.chips if chip.key in priced]
    cells = catalog_table.cells(chips, document.models, document.operating_points)
    found = {(cell["chip"], cell["model"], cell["point"]): cell for cell in cells}
    return [
        _row(price, found[price.chip, model.key, point.key], point, document.utilisation)
        for price in document.prices
        for model in document.models
        for point in document.operating_points
    ]


def hour_parts(price: PriceDocument) -> dict[str, float]:
    """USD of a chip-hour by part; a rented hour is one part."""
    if price.owned is None:
        return {"rented_usd": float(price.usd_per_chip_hour or 0.0)}
    hour = catalog_table.owned_hour(price.owned)
    return {name: usd for name, usd in hour.items() if name != "total_usd"}


def _row(
    price: PriceDocument, cell: Mapping[str, Any], point: PointDocument, utilisation: float
) -> dict[str, Any]:
    parts = hour_parts(price)
    hour = sum(parts.values())
    row: dict[str, Any] = {
        "chip": cell["chip"],
        "model": cell["model"],
        "precision": cell["precision"] or None,
        "operating_point": point.key,
        "price": price.key,
        "price_kind": price.kind,
        "chip_hour_usd": hour,
        "chip_hour_parts": parts,
        "utilisation": utilisation,
        "status": cell["status"],
        "reason": cell["reason"],
    }
    if cell["status"] == UNSUPPORTED:
        return row | dict.fromkeys(_FIGURES) | {"request_parts": {}, "trace": []}
    bill = bill_of(cell["chip_seconds_per_1m"], point, hour, utilisation)
    output = bill.usd_per_1m["output"]
    return row | {
        "layout": cell["layout"],
        "batch": cell["batch"],
        "bound_by": cell["bound_by"],
        "tokens_per_s_per_user": cell["tokens_per_s_per_user"],
        "seconds_to_first_token": cell["seconds_to_first_token"],
        "output_tokens_per_chip_second": cell["output_tokens_per_chip_second"],
        **{f"usd_per_1m_{name}": usd for name, usd in bill.usd_per_1m.items()},
        "low_usd_per_1m_output": output * cell["low_factor"],
        "high_usd_per_1m_output": output * cell["high_factor"],
        "request_usd": bill.request_usd,
        "request_parts": {f"{name}_usd": usd for name, usd in bill.usd.items()},
        "trace": [*cell["trace"], *_price_steps(hour, utilisation, bill.usd_per_1m)],
    }


_FIGURES = (
    "layout",
    "batch",
    "bound_by",
    "tokens_per_s_per_user",
    "seconds_to_first_token",
    "output_tokens_per_chip_second",
    "usd_per_1m_input",
    "usd_per_1m_cached_input",
    "usd_per_1m_output",
    "usd_per_1m_blended",
    "low_usd_per_1m_output",
    "high_usd_per_1m_output",
    "request_usd",
)
"""Empty in a row that is not served."""


def _price_steps(hour: float, utilisation: float, prices: Mapping[str, float]) -> list[dict[str, Any]]:
    """The steps after the engine's: from the price of a chip-hour to prices of 1M tokens."""
    per_second = hour / SECONDS_PER_HOUR
    said = [
        ("chip_hour", _("Price of a chip-hour"), hour, "USD", "price"),
        ("chip_second", _("Price of a chip-second"), per_second, "USD", "E8"),
        ("utilisation", _("Share of paid hours that serve requests"), utilisation, "share", "utilisation"),
        ("used_second", _("Price of a chip-second that serves"), per_second / utilisation, "USD", "E8"),
        *((f"usd_per_1m_{name}", _("USD per 1M tokens"), usd, "USD", "E8") for name, usd in prices.items()),
    ]
    return [
        {"key": key, "words": words, "value": value, "unit": unit, "source": source}
        for key, words, value, unit, source in said
    ]


def _rows_of_scenario(document: ScenarioDocument) -> tuple[list[dict[str, Any]], float]:
    """The scenario's own table, every input at its median, at the seed that runs begin with."""
    rows, workload, band = catalog_table.rows_of_scenario(document, limits.default_seed())
    bytes_of = {chip.key: chip.weight_bytes for chip in document.chips}
    marks = marks_of(document.model_dump())
    printed = [_of_scenario(row, workload, bytes_of[row["chip"]]) for row in rows]
    return [{**row, "status": marks[row["chip"]]} for row in printed], band


def _of_scenario(
    row: Mapping[str, Any], workload: Mapping[str, float], weight_bytes: float
) -> dict[str, Any]:
    cached = workload["input_tokens"] * workload["cached_share"]
    tokens = {
        "input": workload["input_tokens"] - cached,
        "cached_input": cached,
        "output": workload["output_tokens"],
    }
    prices = {name: float(row[f"usd_per_1m_{name}"]) for name in tokens}
    parts = {f"{name}_usd": prices[name] * count / MILLION for name, count in tokens.items()}
    request = sum(parts.values())
    everything = workload["input_tokens"] + workload["output_tokens"]
    prices["blended"] = request / everything * MILLION
    hour = float(row["chip_hour_usd"])
    return {
        "chip": row["chip"],
        "model": row["model"],
        "precision": {2.0: "bf16", 1.0: "fp8", 0.5: "fp4"}.get(weight_bytes, f"{weight_bytes:g} bytes"),
        "operating_point": "workload",
        "price": row["item"] or row["price_basis"],
        "price_kind": _KINDS_OF_A_SCENARIO.get(row["price_basis"], row["price_basis"]),
        "chip_hour_usd": hour,
        "chip_hour_parts": row["chip_hour_parts"] or {"rented_usd": hour},
        "utilisation": workload["utilisation"],
        "status": row["calibration"],
        "reason": row["serving_point"],
        "layout": row["layout"],
        "batch": row["batch"],
        "tokens_per_s_per_user": row["interactivity_tokens_per_s"],
        **{f"usd_per_1m_{name}": usd for name, usd in prices.items()},
        "low_usd_per_1m_output": prices["output"] * row["low_factor"],
        "high_usd_per_1m_output": prices["output"] * row["high_factor"],
        "request_usd": request,
        "request_parts": parts,
        "trace": _price_steps(hour, workload["utilisation"], prices),
    }
