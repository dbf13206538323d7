"""What a page shows of one part, a deal, a fleet or a load shape, whether it is kept in the library or in a draft."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from planner.core.errors import Problem
from planner.scenarios.deal_board import deal_board
from planner.scenarios.editor import texts_of
from planner.scenarios.field_texts import Texts
from planner.scenarios.fleet_board import fleet_board
from planner.scenarios.library import Part, problems_in_part
from planner.scenarios.list_edits import gone_from, term_groups
from planner.scenarios.load_board import load_board
from planner.scenarios.part_fields import anchored
from planner.scenarios.paths import Raw, get

LISTS = {"deal": "deal.terms", "fleet": "fleet.lots"}


def board_of(
    part: Part,
    raw: Raw,
    *,
    texts: Texts | None = None,
    problems: Sequence[Problem] | None = None,
    base: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The context of `library/_board.html` for `raw`, a whole scenario or one part ({"deal": ...}).

    `base` is the version it was taken from: its items that are gone can be put back.
    """
    name = part.name_in_scenario
    found = problems_in_part(part, raw) if problems is None else list(problems)
    shown = {**texts_of(raw), **(texts or {})}
    context: dict[str, Any] = {"part": part, "problems": found, "groups": [], "board": None, "gone": []}
    if name == "deal":
        context |= {"board": deal_board(raw, shown, found, opening_of(raw)), "groups": term_groups()}
    elif name == "fleet":
        context |= {"board": fleet_board(raw, shown, found, opening_of(raw))}
    else:
        board = load_board(raw, shown, found)
        context |= {"board": board, "fields": board.all_fields}
    context["linked"] = anchored(context["board"].all_fields, found)
    if base is not None and name in LISTS:
        context["gone"] = gone_from(raw, base, LISTS[name])
    return context


def opening_of(raw: Mapping[str, Any]) -> date | None:
    """The scenario's opening date; None outside a scenario, and while it is not a day."""
    held = get(raw, "timeline.opening")
    try:
        return date.fromisoformat(held) if isinstance(held, str) else None
    except ValueError:
        return None
