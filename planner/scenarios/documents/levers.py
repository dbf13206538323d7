"""What a contract or a price may do to a heavy load (E16). Each lever is off where nothing is stated."""

from typing import Any, ClassVar, Self

from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _
from pydantic import ValidationInfo, model_validator

from planner.core.documents import Document, is_kept, number, several_problems
from planner.core.errors import Problem

_LEAST_CAP_WITH_QUEUE = 1.05


class LeversDocument(Document):
    """Rate cap, deferral, tiers, notice, ramp limit, reservation, peak price and pool; off as they stand."""

    title: ClassVar[str] = _("Load levers")
    rate_cap_over_mean: float = number(
        _("Rate cap"),
        "times the mean load",
        0.0,
        100.0,
        _("The most the lab may call for at a moment, in multiples of the quarter's mean. 0: no cap."),
        default=0.0,
    )
    queue_hours: float = number(
        _("Queue above the cap"),
        "hours",
        0.0,
        168.0,
        _("How long what is above the cap may wait; later it is shed. 0: it is shed at once."),
        default=0.0,
    )
    deferrable_share: float = number(
        _("Deferrable share"),
        "share",
        0.0,
        1.0,
        _("Share of the load that may wait: a batch tier."),
        default=0.0,
    )
    deferral_window_hours: float = number(
        _("Window of deferral"), "hours", 0.0, 168.0, _("How long that share may wait."), default=0.0
    )
    low_priority_share: float = number(
        _("Low tier"), "share", 0.0, 0.95, _("Share of the load that is shed first."), default=0.0
    )
    low_priority_value: float = number(
        _("Value of the low tier"),
        "times the mean",
        0.0,
        1.0,
        _("What one of its tokens is worth against the mean token; the high tier is worth the rest."),
        default=1.0,
    )
    notice_quarters: int = number(
        _("Notice"),
        "quarters",
        0,
        12,
        _(
            "On-demand and burst capacity is ordered so far ahead on the forecast then known. 0: there when called."
        ),
        default=0,
    )
    ramp_limit_share: float = number(
        _("Ramp limit"),
        "share a quarter",
        0.0,
        10.0,
        _("The most the load placed here may grow in a quarter; the rest goes elsewhere. 0: no limit."),
        default=0.0,
    )
    reservation_over_mean: float = number(
        _("Reservation"),
        "times the mean load",
        0.0,
        10.0,
        _("Capacity reserved beyond the contracts, of the mean load forecast; paid used or not. 0: none."),
        default=0.0,
    )
    reservation_discount_share: float = number(
        _("Discount for reserving"), "share", 0.0, 1.0, _("Off the on-demand price."), default=0.0
    )
    peak_price_multiple: float = number(
        _("Peak price"),
        "times the price",
        1.0,
        100.0,
        _("What users pay in peak hours. 1: as always."),
        default=1.0,
    )
    peak_hours_share: float = number(
        _("Peak hours"), "share", 0.0, 1.0, _("Share of the time with the highest load."), default=0.0
    )
    peak_elasticity: float = number(
        _("Elasticity at peak"),
        "elasticity",
        -5.0,
        0.0,
        _("Load answers the price by this power; -0.06 was measured for price cuts of small size."),
        default=0.0,
    )
    pooled_share: float = number(
        _("Others in the pool"),
        "share",
        0.0,
        0.5,
        _("Share of other customers in the load that the capacity serves; 50%: as much as this one."),
        default=0.0,
    )
    pooled_correlation: float = number(
        _("Their load moves with this one"), "correlation", -1.0, 1.0, _("0: independent of it."), default=0.0
    )

    @property
    def need_replay(self) -> bool:
        """Whether a lever has a window: only a load replayed hour by hour tells what that does."""
        return self.deferrable_share > 0.0 or self.queue_hours > 0.0

    @model_validator(mode="after")
    def _work_together(self, info: ValidationInfo) -> Self:
        problems = [] if is_kept(info) else list(_problems(self))
        if problems:
            raise several_problems(problems)
        return self


def _problems(levers: LeversDocument) -> list[Problem]:
    """The rules of `costmodel.inputs.levers.broken_rules`, in the words of a page."""
    found: list[Problem] = []

    def refuse(path: str, sentence: str, **said: Any) -> None:
        found.append(Problem(path, sentence % said))

    if levers.deferrable_share > 0.0 and levers.deferral_window_hours <= 0.0:
        refuse(
            "deferral_window_hours",
            translated("Deferrable share is %(share)s%%, so window of deferral must be above 0 hours."),
            share=f"{levers.deferrable_share * 100:.10g}",
        )
    if levers.queue_hours > 0.0 and levers.rate_cap_over_mean <= 0.0:
        refuse(
            "queue_hours",
            translated(
                "Queue above the cap is %(hours)s hours and there is no rate cap. State one, or set it to 0."
            ),
            hours=f"{levers.queue_hours:.10g}",
        )
    if levers.queue_hours > 0.0 and 0.0 < levers.rate_cap_over_mean < _LEAST_CAP_WITH_QUEUE:
        refuse(
            "rate_cap_over_mean",
            translated(
                "Rate cap is %(cap)s times the mean, under which a queue has no end. "
                "Raise it to at least 1.05, or set queue above the cap to 0."
            ),
            cap=f"{levers.rate_cap_over_mean:.10g}",
        )
    return found
