"""Predicted against measured, point by point: two drawings on logarithmic axes, and every point as CSV."""

import csv
import io
from collections.abc import Mapping, Sequence
from math import exp, floor, log10
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from planner.runs.engine import calibration
from planner.runs.presentation.charts import Chart
from planner.runs.serving_checks.accuracy import SOURCES

SHAPES: Mapping[str, str] = {
    "circle": "M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12z",
    "square": "M3 3h10v10H3z",
    "triangle": "M8 2l6.5 11.5h-13z",
    "diamond": "M8 1l6 7-6 7-6-7z",
    "plus": "M6 2h4v4h4v4h-4v4H6v-4H2V6h4z",
    "wedge": "M8 14L1.5 2.5h13z",
    "bar": "M1 6h14v4H1z",
}
"""SVG paths in a box of 16."""
# First part of a family's name -> label, role (a token of the stylesheet), shape. What is not named is "other".
_GROUPS: tuple[tuple[str, str, str, str], ...] = (
    ("Hopper", "NVIDIA Hopper", "provider", "circle"),
    ("Blackwell", "NVIDIA Blackwell", "lab", "triangle"),
    ("Ampere", "NVIDIA Ampere, Ada", "unserved", "square"),
    ("Ada", "NVIDIA Ampere, Ada", "unserved", "square"),
    ("CDNA", "AMD CDNA", "third", "diamond"),
    ("Neuron", "AWS Trainium, Inferentia", "fourth", "plus"),
    ("Gaudi", "Intel Gaudi", "burst", "wedge"),
)
_OTHER = (gettext_noop("TPU and others"), "quiet", "bar")
_TICKS = (1.0, 2.0, 5.0)


def charts() -> list[Chart]:
    """Times per output token, and throughput; one point for each deployment held out, its median row."""
    points = calibration.held_out()["points"]
    found = []
    for kind in ("time", "throughput"):
        some = [point for point in points if point["kind"] == kind]
        if some:
            found.append(_chart(kind, some))
    return found


def _chart(kind: str, points: Sequence[Mapping[str, Any]]) -> Chart:
    half_width = calibration.hold_out_facts()["half_width"][kind] or 0.0
    inside = sum(
        exp(-half_width) <= point["measured"] / point["predicted"] <= exp(half_width) for point in points
    )
    unit = _("ms") if kind == "time" else _("tokens a second and chip")
    data = {
        "series": _series(points),
        "ticks": _ticks(points),
        "band": round(exp(half_width), 4),
        "words": {
            "measured": _("measured, %(unit)s") % {"unit": unit},
            "predicted": _("predicted, %(unit)s") % {"unit": unit},
            "unit": unit,
        },
    }
    return Chart(
        kind="scatter",
        key=f"accuracy-{kind}",
        finding=_finding(kind) % {"inside": inside, "count": len(points), "factor": f"{exp(half_width):.2f}"},
        foot=_(
            "Each point is a deployment at one load, its median row, predicted by a fit that did not see it. On the"
            " line both agree; the dashed lines are the 80% band."
        ),
        data=data,
        heads=[_("Chip"), _("Model"), _("Source"), _("Measured"), _("Predicted"), _("Error")],
        rows=[_row(point) for point in sorted(points, key=lambda one: (one["chip"], one["model"]))],
    )


def _finding(kind: str) -> str:
    if kind == "time":
        return _(
            "Time per output token: %(inside)s of %(count)s deployments lie within a factor of %(factor)s"
        )
    return _("Throughput: %(inside)s of %(count)s deployments lie within a factor of %(factor)s")


def _series(points: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Points by family of chips; a family keeps its colour and shape whatever else is drawn."""
    families = calibration.families([point["chip"] for point in points])
    held: dict[tuple[str, str, str], list[list[Any]]] = {}
    for point, family in zip(points, families, strict=True):
        named = next((one[1:] for one in _GROUPS if family.startswith(one[0])), None)
        label, role, shape = named or (_(_OTHER[0]), *_OTHER[1:])
        held.setdefault((label, role, shape), []).append(
            [point["measured"], point["predicted"], point["chip"], point["model"]]
        )
    ordered = sorted(held.items(), key=lambda one: -len(one[1]))
    return [
        {"label": label, "role": role, "path": SHAPES[shape], "points": found}
        for (label, role, shape), found in ordered
    ]


def _ticks(points: Sequence[Mapping[str, Any]]) -> list[float]:
    """1, 2, 5, 10 ... around all points; both axes share them, so that the line of agreement is the diagonal."""
    values = [float(point[name]) for point in points for name in ("measured", "predicted")]
    low, high = min(values), max(values)
    found = [
        step * 10.0**power
        for power in range(floor(log10(low)) - 1, floor(log10(high)) + 2)
        for step in _TICKS
    ]
    first = max(tick for tick in found if tick <= low)
    last = min(tick for tick in found if tick >= high)
    return [tick for tick in found if first <= tick <= last]


def _row(point: Mapping[str, Any]) -> list[str]:
    error = point["predicted"] / point["measured"] - 1.0
    return [
        point["chip"],
        point["model"],
        SOURCES.get(point["source"], point["source"]),
        _figure(point["measured"]),
        _figure(point["predicted"]),
        f"{error * 100:+.0f}%",
    ]


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def points_csv() -> str:
    """Every point with its row's name; times in ms, throughput in output tokens a second and chip."""
    names = ("row_id", "source", "chip", "model", "kind", "measured", "predicted")
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    writer.writerows([point[name] for name in names] for point in calibration.held_out()["points"])
    return "\ufeff" + out.getvalue()
