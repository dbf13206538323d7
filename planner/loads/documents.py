"""The shape of load over time: how far 10-minute load rises above its mean, and how often."""

import itertools
from typing import Any, ClassVar, Self

from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _
from pydantic import ValidationInfo, model_validator

from planner.core.documents import Document, is_kept, listed, number, part, several_problems, words
from planner.core.errors import Problem

SCHEMA_VERSION = 1
_HIGHEST_PEAK, _HIGHEST = 1e6, 1e100
"""Over the mean, and in whatever unit a curve is given: beyond them the mean is lost in rounding."""


_CURVES = _("A level at each share of time, curve after curve.")


class ReplayDocument(Document):
    """What waiting and a cap do to a load, from its replay in the order of time (E16); made by the engine."""

    title: ClassVar[str] = _("Replay")
    exceedance_share: tuple[float, ...] = listed(_("Share of time exceeded"), _("Of every curve."), most=1000)
    load_over_mean: tuple[float, ...] = listed(
        _("Load over mean"), _("The load as it was replayed."), most=1000
    )
    deferrable_shares: tuple[float, ...] = listed(
        _("Deferrable shares"), _("Of the load that may wait."), most=50
    )
    window_hours: tuple[float, ...] = listed(_("Windows"), _("Hours that share may wait."), most=50)
    deferred_load_over_mean: tuple[float, ...] = listed(_("Load when a share waits"), _CURVES, most=100_000)
    deferred_capacity_over_mean: tuple[float, ...] = listed(
        _("Capacity when a share waits"), _("That leaves 0.1% of the tokens."), most=2_500
    )
    capacity_over_mean: float = number(
        _("Capacity when nothing waits"), "times the mean", 0.0, None, _("That leaves 0.1% of the tokens.")
    )
    caps_over_mean: tuple[float, ...] = listed(_("Caps"), _("In multiples of the mean load."), most=50)
    queue_hours: tuple[float, ...] = listed(_("Queues"), _("Hours; the first 0."), most=50)
    capped_load_over_mean: tuple[float, ...] = listed(_("Load under a cap"), _CURVES, most=100_000)
    capped_shed_share: tuple[float, ...] = listed(
        _("Shed under a cap"), _("Share of all tokens, by cap and queue."), most=2_500
    )
    capped_mean_wait_hours: tuple[float, ...] = listed(
        _("Mean wait under a cap"), _("Hours, by cap and queue."), most=2_500
    )
    capped_p99_wait_hours: tuple[float, ...] = listed(
        _("Longest wait but 1%"), _("Hours, by cap and queue."), most=2_500
    )

    @model_validator(mode="after")
    def _tables_fit(self, info: ValidationInfo) -> Self:
        points = len(self.exceedance_share)
        shares, windows = len(self.deferrable_shares), len(self.window_hours)
        caps, queues = len(self.caps_over_mean), len(self.queue_hours)
        wanted = {
            "load_over_mean": points,
            "deferred_load_over_mean": shares * windows * points,
            "deferred_capacity_over_mean": shares * windows,
            "capped_load_over_mean": caps * queues * points,
            "capped_shed_share": caps * queues,
            "capped_mean_wait_hours": caps * queues,
            "capped_p99_wait_hours": caps * queues,
        }
        sentence = translated("The replay is not whole: %(held)d values where %(wanted)d belong.")
        problems = [
            Problem(name, sentence % {"held": len(getattr(self, name)), "wanted": size})
            for name, size in wanted.items()
            if len(getattr(self, name)) != size
        ]
        grids = ("deferrable_shares", "window_hours", "caps_over_mean", "queue_hours")
        for name in grids:
            grid = getattr(self, name)
            if len(grid) < 2 or grid[0] < 0.0 or any(a >= b for a, b in itertools.pairwise(grid)):
                problems.append(Problem(name, translated("Its values must rise from 0 or above.")))
        at = self.exceedance_share
        is_rising = at[:1] == (0.0,) and at[-1] == 1.0 and all(a < b for a, b in itertools.pairwise(at))
        if not is_rising and not is_kept(info):
            problems.append(Problem("exceedance_share", translated("Its values must rise from 0 to 1.")))
        if problems:
            raise several_problems(problems)
        return self


class LoadDocument(Document):
    """A load-duration curve: `load_over_mean` is exceeded `exceedance_share` of the time (E14)."""

    title: ClassVar[str] = _("Load shape")
    key: str = words(_("Key"), _("A stable short name."), default="", longest=60)
    label: str = words(_("Name"), _("What people call this shape."), default="")
    exceedance_share: tuple[float, ...] = listed(
        _("Share of time exceeded"), _("Rising from 0 (never exceeded) to 1 (always exceeded)."), most=1000
    )
    load_over_mean: tuple[float, ...] = listed(
        _("Load over mean"), _("The load, in multiples of its mean, for each share; falling."), most=1000
    )
    replay: ReplayDocument | None = part(
        _("Replay"), _("What waiting and a cap do to this load."), default=None, is_measured=True
    )
    source: str = words(
        _("Where it comes from"), _("Whose load, recorded when."), default="", longest=1000, lines=True
    )

    @model_validator(mode="after")
    def _falls_from_0_to_1(self) -> Self:
        shares, levels = self.exceedance_share, self.load_over_mean
        problems: list[Problem] = []

        def refuse(path: str, sentence: str, **said: Any) -> None:
            problems.append(Problem(path, sentence % said))

        if len(shares) != len(levels):
            refuse(
                "load_over_mean",
                translated(
                    "Load over mean has %(levels)d values and share of time exceeded %(shares)d. Give as many."
                ),
                levels=len(levels),
                shares=len(shares),
            )
        if len(shares) < 2 or shares[0] != 0.0 or shares[-1] != 1.0:
            refuse(
                "exceedance_share",
                translated("Share of time exceeded must go from 0 to 1 in at least two steps."),
            )
        elif any(a >= b for a, b in itertools.pairwise(shares)):
            refuse("exceedance_share", translated("Share of time exceeded must rise from value to value."))
        if any(a < b for a, b in itertools.pairwise(levels)) or (levels and levels[-1] < 0):
            refuse("load_over_mean", translated("Load over mean must fall and stay at or above 0."))
        if problems:
            raise several_problems(problems)
        return self

    @model_validator(mode="after")
    def _peak_is_a_multiple_of_the_mean(self, info: ValidationInfo) -> Self:
        curve = itertools.pairwise(zip(self.exceedance_share, self.load_over_mean, strict=True))
        mean = sum((b - a) * (x / 2.0 + y / 2.0) for (a, x), (b, y) in curve)
        peak = self.load_over_mean[0]
        if not is_kept(info) and not (
            0.0 < peak <= _HIGHEST_PEAK * mean and 1.0 / _HIGHEST <= peak <= _HIGHEST
        ):
            sentence = translated(
                "Load over mean must be above 0 and peak at no more than %(most)s times its mean."
            )
            raise several_problems([Problem("load_over_mean", sentence % {"most": f"{_HIGHEST_PEAK:,.0f}"})])
        return self
