"""The IPO as states, and its odds fitted to quotes (E31).

private -> filed confidentially -> announced (filed publicly) -> listed, or withdrawn and retrying;
or the company is sold.
"""

from dataclasses import dataclass

import numpy as np

from costmodel.arrays import BoolArray, FloatArray, IntArray
from costmodel.inputs.lab import Exit
from costmodel.lab import NORMAL
from costmodel.timeline import Timeline

PRIVATE, FILED, ANNOUNCED, LISTED, WITHDRAWN, SOLD = range(6)
FIRST_DAY_FLOOR = -0.3
# The intercept of a hazard that is zero to any number of draws.
NO_ANNOUNCEMENT = -60.0


@dataclass(frozen=True, slots=True)
class Events:
    """What happened to the exit in one quarter; each (draw,)."""

    state: IntArray
    confidential_filing: BoolArray
    public_filing: BoolArray
    listing: BoolArray
    sale: BoolArray


@dataclass(frozen=True, slots=True)
class ExitLuck:
    """The uniforms of one quarter that move the exit; each (draw,)."""

    filing: FloatArray
    announcement: FloatArray
    resolution: FloatArray
    withdrawal: FloatArray
    retry: FloatArray
    sale: FloatArray


def pull_to_list(exit_: Exit, value: FloatArray, regime: IntArray) -> FloatArray:
    """Return the covariate of the announcement hazard: b1 ln(value / floor) + b2 (regime - normal)."""
    ratio = np.log(np.maximum(value, 1.0) / exit_.value_floor_usd)
    return exit_.value_sensitivity * ratio + exit_.regime_sensitivity * (regime - NORMAL)


def step(
    exit_: Exit,
    state: IntArray,
    running: BoolArray,
    gate_open: bool,
    intercept: float,
    covariate: FloatArray,
    luck: ExitLuck,
) -> Events:
    """Move every running draw one quarter on; with the gate closed nothing is filed or listed (E32 do(no IPO))."""
    gate = running & gate_open
    filing = gate & (state == PRIVATE) & (luck.filing < quarterly_chance(exit_.confidential_filing_annual))
    hazard = 1.0 / (1.0 + np.exp(-(intercept + covariate)))
    public = gate & (state == FILED) & (luck.announcement < hazard)
    retried = gate & (state == WITHDRAWN) & (luck.retry < exit_.retry_hazard)
    resolved = gate & (state == ANNOUNCED) & (luck.resolution < 1.0 / exit_.listing_lag_quarters)
    withdrawn = resolved & (luck.withdrawal < exit_.withdrawal_probability)
    listing = resolved & ~withdrawn
    sale = running & (state != LISTED) & (state != SOLD) & ~listing & (luck.sale < exit_.sale_hazard)
    after = np.where(filing, FILED, state)
    after = np.where(public | retried, ANNOUNCED, after)
    after = np.where(withdrawn, WITHDRAWN, after)
    after = np.where(listing, LISTED, after)
    after = np.where(sale, SOLD, after)
    return Events(after, filing, public | retried, listing, sale)


def quarterly_chance(annual: float) -> float:
    """Return the chance in a quarter of something that has this chance in a year."""
    return float(1.0 - (1.0 - annual) ** 0.25)


def offer(
    exit_: Exit, value_per_share: FloatArray, book_normal: FloatArray, day_normal: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return (offer price, first-day return): value x book-building noise of mean 1; return at least -30%."""
    noise = np.exp(exit_.book_building_sd * book_normal - exit_.book_building_sd**2 / 2.0)
    return value_per_share * noise, np.maximum(
        exit_.first_day_mean + exit_.first_day_sd * day_normal, FIRST_DAY_FLOOR
    )


def drift_after_listing(
    exit_: Exit, age: IntArray, report_uniform: FloatArray, report_normal: FloatArray
) -> FloatArray:
    """Return the factor on the listed price this quarter: stated excess drift, and jumps at the first two reports."""
    drift = np.where((age >= 1) & (age <= exit_.drift_quarters), (1.0 + exit_.drift_annual) ** 0.25, 1.0)
    jump = np.maximum(1.0 + exit_.report_jump_mean + exit_.report_jump_sd * report_normal, 0.05)
    reports = (age >= 1) & (age <= 2) & (report_uniform < exit_.report_jump_probability)
    return np.where(reports, drift * jump, drift)


def released_share(exit_: Exit, age: IntArray) -> FloatArray:
    """Return the share of the holding out of lock-up `age` quarters after listing (negative age: none)."""
    released = np.zeros(age.shape)
    for release in exit_.lock_up:
        released = released + np.where(age >= release.quarters_after_listing, release.share, 0.0)
    return np.minimum(released, 1.0)


def releases(exit_: Exit, age: IntArray, over_offer: FloatArray, before: list[BoolArray]) -> list[BoolArray]:
    """Return (draw,) by release whether it has come: its quarter, and its price over the offer price once (M12).

    `over_offer` (draw,) is nan before a listing; `before` holds the quarter before, empty at first.
    """
    now = [
        (age >= release.quarters_after_listing) & (over_offer >= release.offer_price_multiple)
        for release in exit_.lock_up
    ]
    return [first | then for first, then in zip(before, now, strict=True)] if before else now


def share_of_releases(exit_: Exit, released: list[BoolArray]) -> FloatArray:
    """Return (draw,) the share of the holding that these releases set free."""
    shares = (np.where(flag, one.share, 0.0) for flag, one in zip(released, exit_.lock_up, strict=True))
    return np.minimum(sum(shares, np.zeros(released[0].shape)), 1.0)


def fit_announcement(
    exit_: Exit, timeline: Timeline, covariate: FloatArray, running: FloatArray
) -> FloatArray:
    """Return (Q,) intercepts such that the announced share by each quoted date equals its quote (E31).

    `covariate` (Q, draw) and `running` (Q, draw, 1 while neither sold nor in default) come from the pilot block with
    the gate closed. The announced share is the exact expectation over draws, 1 - E[prod(1 - h)], so the solve is
    smooth; between quotes the intercept is constant. After the last quote the hazard is the stated one, decaying: that
    of a lab worth its floor in a normal market, so a higher floor delays the IPO.
    """
    quarters = covariate.shape[0]
    intercepts = np.full(quarters, NO_ANNOUNCEMENT)
    waiting, filed = _start_mass(exit_, covariate.shape[1])
    announced, start = 0.0, max(timeline.index_of(exit_.quoted_on) + 1, 0) if exit_.quoted_odds else 0
    waiting, filed, _none = _advance(
        exit_, waiting, filed, covariate[:start], running[:start], NO_ANNOUNCEMENT
    )
    for quote in sorted(exit_.quoted_odds, key=lambda q: q.by):
        end = min(timeline.index_of(quote.by) + 1, quarters)
        if end <= start:
            continue
        span = slice(start, end)
        target = max(quote.probability - announced, 0.0)
        intercepts[span] = _solve(exit_, waiting, filed, covariate[span], running[span], target)
        waiting, filed, gained = _advance(
            exit_, waiting, filed, covariate[span], running[span], intercepts[start]
        )
        announced, start = announced + gained, end
    for quarter in range(start, quarters):
        stated = exit_.later_hazard * exit_.later_hazard_decay ** (quarter - start)
        stated = min(max(stated, 1e-9), 1.0 - 1e-9)
        intercepts[quarter] = np.log(stated / (1.0 - stated))
    return intercepts


def _start_mass(exit_: Exit, draws: int) -> tuple[FloatArray, FloatArray]:
    """Return the chance of being private and of having filed confidentially on the opening date, per draw."""
    filed = np.full(draws, 1.0 if exit_.state_now == "filed_confidentially" else 0.0)
    return 1.0 - filed, filed


def _advance(
    exit_: Exit,
    waiting: FloatArray,
    filed: FloatArray,
    covariate: FloatArray,
    running: FloatArray,
    intercept: float,
) -> tuple[FloatArray, FloatArray, float]:
    """Carry the chances over a span of quarters; return them and the mean chance announced in the span."""
    gained = np.zeros_like(filed)
    chance = quarterly_chance(exit_.confidential_filing_annual)
    for quarter in range(covariate.shape[0]):
        hazard = running[quarter] / (1.0 + np.exp(-(intercept + covariate[quarter])))
        announced = filed * hazard
        moved = waiting * chance * running[quarter]
        gained, filed, waiting = gained + announced, filed - announced + moved, waiting - moved
    return waiting, filed, float(np.mean(gained))


def _solve(
    exit_: Exit,
    waiting: FloatArray,
    filed: FloatArray,
    covariate: FloatArray,
    running: FloatArray,
    target: float,
) -> float:
    """Bisect the intercept whose announced share over the span is the target; the nearest end when out of reach."""
    low, high = -60.0, 60.0
    for _ in range(80):
        middle = (low + high) / 2.0
        reached = _advance(exit_, waiting, filed, covariate, running, middle)[2]
        low, high = (middle, high) if reached < target else (low, middle)
    return (low + high) / 2.0
