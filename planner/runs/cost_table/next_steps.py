"""Where to look when a place of the table is empty: another kind of price, or another operating point."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext as _

from planner.runs.cost_table.facts import Subject
from planner.runs.cost_table.points import POINTS
from planner.runs.cost_table.prices import KINDS
from planner.runs.engine import catalog_table


class Step(NamedTuple):
    """A position of a switch that has what is missing here: "Show on-demand list"."""

    words: str
    key: str


def kind_step(kinds: Iterable[str]) -> Step | None:
    """The first of the kinds of price that are known, on-demand list before all others; None when none is."""
    known = sorted(kinds, key=lambda kind: kind != "list")
    if not known:
        return None
    title = _(KINDS[known[0]])
    return Step(_("Show %(kind)s") % {"kind": title[:1].lower() + title[1:]}, known[0])


def point_steps(chip: Subject, model: Subject, point: str) -> list[Step]:
    """The other operating points at which the chip serves the model, at their own lengths."""
    others = [one for key, one in POINTS.items() if key != point]
    cells = catalog_table.cells([chip.document], [model.document], others, traced=False)
    said = _("Show at %(point)s")
    return [
        Step(said % {"point": _(one.label)}, one.key)
        for one, found in zip(others, cells, strict=True)
        if found["status"] != "unsupported"
    ]
