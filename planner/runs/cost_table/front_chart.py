"""The front of one chip and model: tokens a second for a user against tokens a second from a chip."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from planner.runs.cost_table.documents import PointDocument
from planner.runs.cost_table.facts import Subject
from planner.runs.engine import catalog_table
from planner.runs.presentation.charts import Chart

_DOT = "M8 4a4 4 0 1 0 0 8a4 4 0 1 0 0-8z"
_RING = "M8 4a4 4 0 1 0 0 8a4 4 0 1 0 0-8zM8 5.5a2.5 2.5 0 1 1 0 5a2.5 2.5 0 1 1 0-5z"
_DIAMOND = "M8 1l7 7l-7 7l-7-7z"


def front_chart(
    chip: Subject, model: Subject, point: PointDocument, points: Mapping[str, PointDocument]
) -> Chart | None:
    """The front at the lengths of `point`, with the point that meets its limits; None when nothing was tried.

    `points` give the speeds users are promised, drawn as marks along the axis.
    """
    found = catalog_table.front(chip.document, model.document, point)
    best = [one for one in found if one["on_front"] or one["chosen"]]
    if not best:
        return None
    best.sort(key=lambda one: float(one["tokens_per_s_per_user"]))
    chosen = next((one for one in best if one["chosen"]), None)
    return Chart(
        kind="front",
        key="front",
        finding=_finding(best, chosen, point),
        foot=_foot(chip, model, point),
        data=_data(found, best, chosen, points),
        heads=[
            _("Layout"),
            _("Requests at a time"),
            _("Tokens a second for each user"),
            _("Output tokens a second from each chip"),
            _("Chosen"),
        ],
        rows=[_row(one) for one in best],
    )


def _data(
    found: list[dict[str, Any]],
    best: list[dict[str, Any]],
    chosen: Mapping[str, Any] | None,
    points: Mapping[str, PointDocument],
) -> dict[str, Any]:
    """What the script draws."""
    return {
        "front": [_point(one) for one in best if one["on_front"]],
        "tried": [_point(one) for one in found if not one["on_front"] and not one["chosen"]],
        "chosen": _point(chosen) if chosen else None,
        "limits": [
            {"label": _(one.label), "speed": one.minimum_tokens_per_s_per_user} for one in points.values()
        ],
        "words": _words(),
        "series": _legend(),
    }


def _legend() -> list[dict[str, str]]:
    """What lines and signs mean; a sign is an SVG path in a box of 16."""
    return [
        {"label": _("the front: beaten by none in both speeds"), "role": "provider", "line": "solid"},
        {"label": _("a layout on the front"), "role": "provider", "path": _DOT},
        {"label": _("beaten by another"), "role": "quiet", "path": _RING},
        {"label": _("chosen: most tokens within the limits"), "role": "lab", "path": _DIAMOND},
        {"label": _("least speed of each operating point"), "role": "third", "line": "dashed"},
    ]


def _foot(chip: Subject, model: Subject, point: PointDocument) -> str:
    said = _(
        "%(chip)s, %(model)s, %(prompt)s tokens in, %(answer)s out. Each dot is a layout with a number of"
        " requests at a time. TP: chips that share every request; DP: groups with requests of their own;"
        " EP: experts whole on a chip."
    )
    return said % {
        "chip": chip.label,
        "model": model.label,
        "prompt": f"{point.input_tokens:,.0f}",
        "answer": f"{point.output_tokens:,.0f}",
    }


def _words() -> dict[str, str]:
    return {
        "user": _("tokens a second for each user"),
        "chip": _("output tokens a second from each chip"),
        "requests": _("requests at a time"),
        "front": _("the front"),
        "tried": _("beaten by another"),
        "chosen": _("chosen"),
    }


def _point(one: Mapping[str, Any]) -> list[Any]:
    """x, y, layout, batch."""
    return [
        round(float(one["tokens_per_s_per_user"]), 3),
        round(float(one["output_tokens_per_chip_second"]), 3),
        one["layout"],
        one["batch"],
    ]


def _row(one: Mapping[str, Any]) -> list[str]:
    return [
        str(one["layout"]),
        f"{one['batch']:,.0f}",
        f"{one['tokens_per_s_per_user']:,.1f}",
        f"{one['output_tokens_per_chip_second']:,.1f}",
        _("chosen") if one["chosen"] else "",
    ]


def _finding(best: list[dict[str, Any]], chosen: Mapping[str, Any] | None, point: PointDocument) -> str:
    """What speed costs: the chosen point against the most a chip gives when nobody waits for speed."""
    most = max(best, key=lambda one: float(one["output_tokens_per_chip_second"]))
    if chosen is None:
        return _("No layout meets the limits of “%(point)s”") % {"point": _(point.label).lower()}
    if chosen is most:
        return _(
            "At %(speed)s tokens a second for each user, a chip gives the most it can: %(chip)s tokens a second"
        ) % {
            "speed": f"{chosen['tokens_per_s_per_user']:,.0f}",
            "chip": f"{chosen['output_tokens_per_chip_second']:,.0f}",
        }
    kept = chosen["output_tokens_per_chip_second"] / most["output_tokens_per_chip_second"]
    return _(
        "At %(speed)s tokens a second for each user, a chip gives %(kept)s of the most it could:"
        " %(chip)s tokens a second"
    ) % {
        "speed": f"{chosen['tokens_per_s_per_user']:,.0f}",
        "kept": f"{kept * 100:.0f}%",
        "chip": f"{chosen['output_tokens_per_chip_second']:,.0f}",
    }
