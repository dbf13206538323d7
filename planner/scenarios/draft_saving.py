"""Saving what somebody typed into the draft as it stands now, whoever changed it meanwhile."""

from dataclasses import dataclass

from planner.core.errors import InvalidInput, Problem
from planner.scenarios import actions, queries
from planner.scenarios.actions import DraftConflict
from planner.scenarios.field_texts import Texts
from planner.scenarios.merging import Merge, chosen, merged
from planner.scenarios.models import Draft, Scenario
from planner.teams.models import User

_MOST_TRIES = 5
"""Somebody else may save between our reading and our writing; then both are done again."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of it."""

    draft: Draft
    before: Draft
    """As it was read just before, by whom and when."""
    merge: Merge
    has_moved: bool
    """Whether the draft had been changed by another form than this one since it was opened."""
    refused: list[Problem]
    """Values that could not even be kept as typed."""


def save_texts(
    *, scenario: Scenario, editor: User, lock: int, posted: Texts, opened: Texts, keeps_rest: bool = False
) -> Saved:
    """Stores the changed texts that nobody else changed; the others come back as contests, not saved.

    Raises InvalidInput when a value cannot be kept as typed, with nothing saved; with `keeps_rest` the other values
    are saved and the problems come back. Raises Conflict for an archived scenario, Http404 below analyst.
    """
    posted, opened = chosen(posted, opened)
    for attempt in range(_MOST_TRIES):
        before = queries.draft_of(scenario)
        has_moved = before.lock != lock
        merge = merged(queries.raw_of_draft(before), posted, opened, has_moved=has_moved)
        try:
            draft, refused = _stored(scenario, before.lock, merge, editor, keeps_rest=keeps_rest)
        except DraftConflict:
            if attempt == _MOST_TRIES - 1:
                raise
            continue
        return Saved(draft, before, merge, has_moved, refused)
    raise AssertionError("the last try returns or raises")


def _stored(
    scenario: Scenario, lock: int, merge: Merge, editor: User, *, keeps_rest: bool
) -> tuple[Draft, list[Problem]]:
    try:
        draft = actions.save_draft(scenario=scenario, lock=lock, changes=merge.values, editor=editor)
    except InvalidInput as error:
        wrong = {problem.path for problem in error.problems}
        if not keeps_rest or not wrong & {*merge.values, *_cited(merge)}:
            raise
        kept = {path: value for path, value in merge.values.items() if path not in wrong}
        if wrong & _cited(merge):
            kept.pop("evidence", None)
        draft = actions.save_draft(scenario=scenario, lock=lock, changes=kept, editor=editor)
        return draft, error.problems
    return draft, []


def _cited(merge: Merge) -> set[str]:
    evidence = merge.values.get("evidence")
    return set(evidence) if isinstance(evidence, dict) else set()
