"""The shape of load over time: how far 10-minute load rises above its mean, and how often."""

import itertools
from typing import Any, ClassVar, Self

from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _
from pydantic import model_validator

from planner.core.documents import Document, listed, several_problems, words
from planner.core.errors import Problem

SCHEMA_VERSION = 1


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
