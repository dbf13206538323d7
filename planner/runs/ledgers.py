"""A ledger as a table that foots, as CSV and as JSON. Amounts run from payer to payee, in nominal USD."""

import csv
import io
import json
from typing import Any

from planner.runs.models import Run
from planner.runs.presentation.ledger import item_words, kind_words
from planner.runs.presentation.trace import behind_lines
from planner.scenarios.models import ScenarioVersion

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def quarters_of(line: dict[str, Any]) -> list[float]:
    """The amounts of a line, the opening date first: of one draw, or the mean over all."""
    found: list[float] = line.get("by_quarter_usd") or line.get("mean_by_quarter_usd") or []
    return found


def table_of(run: Run, lines: list[dict[str, Any]], document: dict[str, Any]) -> dict[str, Any]:
    """What a ledger page shows: heads, rows with totals, and what each party has left (adds up to zero), the terms.

    `document` is the version's: its names stand for the keys of lots and terms.
    """
    behind, terms = behind_lines(lines, document)
    rows = [
        {
            **line,
            "terms": of_line,
            "kind_words": kind_words(line["kind"]),
            "item_words": item_words(document, line["kind"], line.get("item") or ""),
            "payer_words": in_words(line["payer"]),
            "payee_words": in_words(line["payee"]),
            "amounts_m": [millions(amount) for amount in quarters_of(line)],
            "total_m": millions(sum(quarters_of(line))),
        }
        for line, of_line in zip(lines, behind, strict=True)
    ]
    balances = [
        {"words": in_words(party), "left_m": millions(left)} for party, left in balances_of(lines).items()
    ]
    return {"heads": heads_of(run), "rows": rows, "balances": balances, "terms": terms}


def in_words(name: str) -> str:
    """A name of the engine as people read it: "chip_vendor" is "chip vendor"."""
    return name.replace("_", " ")


def millions(amount_usd: float) -> str:
    """USD m to one decimal: negative in parentheses, zero as a dash."""
    shown = f"{abs(amount_usd) / 1e6:,.1f}"
    if shown == "0.0":
        return "–"
    return f"({shown})" if amount_usd < 0 else shown


def heads_of(run: Run) -> list[str]:
    """The opening date, then every quarter."""
    result = json.loads(run.result_text) if run.result_text else {}
    return [str(result.get("opening", "")), *result.get("quarters", [])]


def balances_of(lines: list[dict[str, Any]]) -> dict[str, float]:
    """Party -> received less paid, over all quarters."""
    balances: dict[str, float] = {}
    for line in lines:
        total = sum(quarters_of(line))
        balances[line["payer"]] = balances.get(line["payer"], 0.0) - total
        balances[line["payee"]] = balances.get(line["payee"], 0.0) + total
    return balances


def csv_of(run: Run, version: ScenarioVersion, lines: list[dict[str, Any]]) -> str:
    """With the run's receipt in the first lines, then one row per ledger line. Texts never start a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    for name, value in _receipt(run, version).items():
        writer.writerow([name, _inert(value)])
    writer.writerow([])
    writer.writerow(["payer", "payee", "kind", "item", "needs_ipo", "total_usd", *heads_of(run)])
    for line in lines:
        texts = [_inert(line.get(name, "")) for name in ("payer", "payee", "kind", "item")]
        amounts = quarters_of(line)
        needs_ipo = "yes" if line.get("needs_ipo") else "no"
        writer.writerow([*texts, needs_ipo, repr(sum(amounts)), *map(repr, amounts)])
    return "\ufeff" + out.getvalue()


def json_of(run: Run, version: ScenarioVersion, lines: list[dict[str, Any]]) -> str:
    """The receipt, the quarters and the lines."""
    held = {**_receipt(run, version), "quarters": heads_of(run), "lines": lines}
    return json.dumps(held, ensure_ascii=False, allow_nan=False, indent=1)


def _receipt(run: Run, version: ScenarioVersion) -> dict[str, Any]:
    """What identifies the run, under the version through which the reader sees it."""
    return {
        "run": run.number,
        "version": version.number,
        "identity": run.identity,
        "result_digest": run.result_digest,
        "engine_version": run.engine_version,
        "seed": run.seed,
        "draws": run.draws,
        "unit": "nominal USD",
    }


def _inert(value: Any) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
