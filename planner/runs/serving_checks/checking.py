"""Predictions beside measurements: rows and sums as JSON. Predictions come first and see nothing measured."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

from django.utils.translation import gettext as _

from planner.runs.cost_table.facts import seeded_documents
from planner.runs.engine import calibration
from planner.runs.serving_checks.rows import Asked, Measured, digest_of
from planner.runs.serving_checks.rows import read as rows_of

_ROW_FIGURES = (
    ("tpot_ms", "predicted_tpot_ms"),
    ("low_tpot_ms", "low_tpot_ms"),
    ("high_tpot_ms", "high_tpot_ms"),
    ("output_tok_s_per_chip", "predicted_output_tok_s_per_chip"),
    ("low_output_tok_s_per_chip", "low_output_tok_s_per_chip"),
    ("high_output_tok_s_per_chip", "high_output_tok_s_per_chip"),
)
_DIGITS = 6
UNSUPPORTED = "unsupported"


def checked_file(text: str) -> dict[str, Any]:
    """`checked` for the text of a file. Raises InvalidInput when the file cannot be read."""
    return checked(rows_of(text), calibration.rows_fitted(digest_of(text)))


def checked(rows: Sequence[tuple[Asked, Measured]], rows_fitted: int = 0) -> dict[str, Any]:
    """`rows`: a prediction for each; `summary`: how far measurements lie from them, where there are any.

    `rows_fitted` of them are known to have been used for the fit.
    """
    chips, models = seeded_documents()
    usable = [asked for asked, _measured in rows if not asked.problem]
    predicted = iter(calibration.predictions(usable, chips, models))
    found = [
        _refused(asked, asked.problem) if asked.problem else _told(next(predicted), asked)
        for asked, _m in rows
    ]
    return {
        "rows": [_row(one) for one in found],
        "summary": {
            **_summary(found, rows),
            "in_sample": rows_fitted > 0,
            "in_sample_rows": rows_fitted,
            "ignored_measured_values": sum(len(measured.ignored) for _asked, measured in rows),
            "repeated_row_ids": sorted(
                name for name, times in Counter(asked.row_id for asked, _m in rows).items() if times > 1
            ),
        },
    }


def _told(found: Mapping[str, Any], asked: Asked) -> Mapping[str, Any]:
    """The prediction; unsupported when one of its figures is not finite."""
    figures = [found[held] for held, _name in _ROW_FIGURES] + [found["running_requests"]]
    if all(value is None or math.isfinite(value) for value in figures):
        return found
    return _refused(asked, _("No finite figure comes out: what is asked lies far outside what was measured."))


def _refused(asked: Asked, reason: str) -> Mapping[str, Any]:
    blank = dict.fromkeys([*(held for held, _name in _ROW_FIGURES), "running_requests"])
    return {"row_id": asked.row_id, "status": UNSUPPORTED, "reason": reason, "layout": "", **blank}


def _row(found: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"row_id": found["row_id"]}
    row |= {name: _short(found[held]) for held, name in _ROW_FIGURES}
    return row | {
        "status": found["status"],
        "reason": found["reason"],
        "layout": found["layout"],
        "running_requests": _short(found["running_requests"]),
    }


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{_DIGITS}g}")


def _summary(found: Sequence[Mapping[str, Any]], rows: Sequence[tuple[Asked, Measured]]) -> dict[str, Any]:
    """Errors by chip, model and source; unsupported rows are counted with their reasons."""
    paired = list(zip(found, (asked for asked, _m in rows), (measured for _a, measured in rows), strict=True))
    counts: dict[str, int] = {}
    for one in found:
        counts[one["status"]] = counts.get(one["status"], 0) + 1
    by: dict[str, Callable[[Asked], str]] = {
        "by_chip": lambda asked: asked.chip,
        "by_model": lambda asked: asked.model,
        "by_source": lambda asked: asked.source or "not stated",
    }
    return {
        "rows": len(found),
        "by_status": counts,
        "unsupported": [
            {"row_id": one["row_id"], "reason": one["reason"]} for one in found if one["tpot_ms"] is None
        ],
        "all": _errors(paired),
        **{
            name: {
                label: _errors([one for one in paired if label_of(one[1]) == label])
                for label in sorted({label_of(asked) for asked, _measured in rows})
            }
            for name, label_of in by.items()
        },
    }


def _errors(
    paired: Sequence[tuple[Mapping[str, Any], Asked, Measured]],
) -> dict[str, Any]:
    """Errors of time per output token, and of throughput where it was measured itself; None without measurements."""
    times = [
        (one["tpot_ms"], one["low_tpot_ms"], one["high_tpot_ms"], measured.tpot_ms)
        for one, _asked, measured in paired
    ]
    rates = [
        (
            one["output_tok_s_per_chip"],
            one["low_output_tok_s_per_chip"],
            one["high_output_tok_s_per_chip"],
            measured.output_tok_s_per_chip,
        )
        for one, _asked, measured in paired
    ]
    return {"rows": len(paired), "tpot": _figure(times), "output_tok_s_per_chip": _figure(rates)}


def _figure(found: Sequence[tuple[Any, Any, Any, Any]]) -> dict[str, Any] | None:
    known = [one for one in found if one[0] is not None and one[3] is not None]
    if not known:
        return None
    errors = sorted(abs(said / truth - 1.0) for said, _low, _high, truth in known)
    return {
        "rows": len(known),
        "median_error": _short(median(errors)),
        "p90_error": _short(errors[min(int(0.9 * len(errors)), len(errors) - 1)]),
        "inside_80_percent_band": _short(
            sum(low <= truth <= high for _said, low, high, truth in known) / len(known)
        ),
    }
