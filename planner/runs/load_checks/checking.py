"""A recorded load against a curve: predictions beside replay, as JSON."""

import math
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from planner.core.errors import InvalidInput, Problem
from planner.loads import known
from planner.loads.recorded import Recorded, recorded_load
from planner.runs.engine import load_checks
from planner.runs.management.files import refusal

MOST_ROWS = 200_000
GIVEN, LEARNED = "given", "learned"
_DIGITS = 4
_DAY_HOURS = 24.0


@dataclass(frozen=True, slots=True)
class Question:
    """What to judge: a shape by name, days to learn from, and where the mean comes from."""

    shape: str | None = None
    learn_days: int | None = None
    mean: str = GIVEN


def question(shape: str | None, learn_days: str | None, mean: str) -> Question:
    """The question as asked on the command line. Raises InvalidInput with a sentence for each part that is wrong."""
    said: list[str] = []
    if shape is not None and shape not in known.archetype_keys():
        words = {"shape": shape[:40], "known": ", ".join(known.archetype_keys())}
        said.append(_("There is no shape “%(shape)s”. There are: %(known)s.") % words)
    days = int(learn_days) if learn_days and learn_days.isascii() and learn_days.isdigit() else 0
    if learn_days is not None and not 1 <= days <= 10_000:
        sentence = _("Days to learn from: “%(days)s” is not a whole number of 1 or more.")
        said.append(sentence % {"days": learn_days[:40]})
    if mean not in (GIVEN, LEARNED):
        said.append(_("The mean is “%(mean)s”. It must be given or learned.") % {"mean": mean[:40]})
    elif mean == LEARNED and learn_days is None:
        said.append(_("A learned mean needs days to learn from: add --learn-days."))
    if said:
        raise InvalidInput([Problem("", sentence) for sentence in said])
    return Question(shape, days or None, mean)


def checked_file(held: bytes, asked: Question) -> dict[str, Any]:
    """`plans` and `summary` for a file. Raises InvalidInput when the file cannot be read or leaves nothing to judge."""
    recorded = recorded_load(held, fewest=1, most=MOST_ROWS)
    if not recorded.step_hours:
        raise refusal(_("The file holds one row. It needs at least two, so that its step is known."))
    if recorded.step_hours > _DAY_HOURS:
        raise refusal(
            _("A step is %(hours).4g hours long. It may be 24 at most.") % {"hours": recorded.step_hours}
        )
    try:
        return _checked(recorded, asked)
    except ValueError as refused:
        raise refusal(str(refused)) from None


def _checked(recorded: Recorded, asked: Question) -> dict[str, Any]:
    first = _first_scored(recorded, asked.learn_days)
    own, scored = recorded.loads[:first], recorded.loads[first:]
    check = load_checks.Check(scored, recorded.step_hours)
    if own:
        check.learn(own, recorded.places[:first], recorded.step_hours, asked.shape)
        if asked.mean == LEARNED:
            check.expect_mean_of(own)
    elif asked.shape:
        check.take_archetype(asked.shape)
    plans = check.plans()
    summary = {
        "rows": len(recorded.loads) + recorded.skipped,
        "skipped": recorded.skipped,
        "learned_from": len(own),
        "scored": len(scored),
        "step_s": round(recorded.step_hours * 3600.0, _DIGITS),
        "load": recorded.what,
        "shape": _shape(asked),
        "mean": asked.mean,
        "expected_mean_over_scored_mean": round(check.level, _DIGITS),
        "learned": check.learned,
        "mean_absolute_error": _errors(plans),
    }
    return {"plans": plans, "summary": summary, "capacity_when_deferred": check.waiting()}


def _first_scored(recorded: Recorded, days: int | None) -> int:
    """How many of the loads are learned from. Raises InvalidInput when none is left on either side."""
    if days is None:
        return 0
    steps = math.ceil(days * _DAY_HOURS / recorded.step_hours - 1e-9)
    first = sum(place < steps for place in recorded.places)
    words = {"asked": days, "held": (recorded.places[-1] + 1) * recorded.step_hours / _DAY_HOURS}
    if first == len(recorded.loads):
        sentence = _("The file holds %(held).4g days: %(asked)d to learn from leave none to judge by.")
        raise refusal(sentence % words)
    if not sum(recorded.loads[:first]) > 0.0:
        raise refusal(_("The first %(asked)d days hold no load to learn from.") % words)
    return first


def _shape(asked: Question) -> str:
    if asked.learn_days:
        return _("learned, shrunk towards %(prior)s") % {
            "prior": asked.shape or _("all archetypes that count")
        }
    return asked.shape or _("its own")


def _errors(plans: list[dict[str, Any]]) -> dict[str, float]:
    """The mean over the plans of each figure's absolute error, in points."""
    return {
        name: round(
            sum(abs(one["predicted"][name] - one["replayed"][name]) for one in plans) / len(plans), _DIGITS
        )
        for name in load_checks.FIGURES
    }
