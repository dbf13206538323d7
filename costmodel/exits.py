"""The IPO as states, and its odds fitted to quotes (E31).

private -> filed confidentially -> filed publicly (announced) -> priced and listed, or withdrawn; withdrawn -> retrying
(filed publicly again) -> listed or withdrawn; or the company is sold. Pricing and listing fall into the same quarter.
"""

from dataclasses import dataclass

import numpy as np

from costmodel.arrays import BoolArray, FloatArray, IntArray, Number, of_draws
from costmodel.inputs.lab import Exit, FilingDrivers
from costmodel.lab import NORMAL
from costmodel.timeline import Timeline

PRIVATE, FILED, ANNOUNCED, LISTED, WITHDRAWN, SOLD, RETRYING = range(7)
FIRST_DAY_FLOOR = -0.3
LEAST_MARGIN = -1.0
LAST_REPORT = 2
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


def opening_state(exit_: Exit) -> int:
    """Return the state on the opening date."""
    return FILED if exit_.state_now == "filed_confidentially" else PRIVATE


def pull_to_list(exit_: Exit, value: FloatArray, regime: IntArray, more: Number = 0.0) -> FloatArray:
    """Return the covariate of the announcement hazard: b1 ln(value / floor) + b2 (regime - normal) + more.

    `more` is what margin, controllability and litigation add (`margin_and_control`).
    """
    ratio = np.log(np.maximum(value, 1.0) / exit_.value_floor_usd)
    return exit_.value_sensitivity * ratio + exit_.regime_sensitivity * (regime - NORMAL) + more


def margin_and_control(
    drivers: FilingDrivers,
    revenue: FloatArray,
    serving_cost: FloatArray,
    spend: FloatArray,
    fixed_ahead: FloatArray,
) -> FloatArray:
    """Return (Q, draw) b3 x margin + b4 x controllability - b5 x litigation (E31).

    Margin is 1 - serving cost / revenue of the quarter, at least -1. Controllability (E19) is 1 - what is fixed over
    the next four quarters / what is planned for them: four times this quarter's spend on compute, or what is fixed
    when that is more. Both are known in the quarter.
    """
    margin = np.maximum(1.0 - serving_cost / np.maximum(revenue, 1.0), LEAST_MARGIN)
    planned = np.maximum(np.maximum(4.0 * spend, fixed_ahead), 1.0)
    control = 1.0 - fixed_ahead / planned
    litigation = drivers.litigation_sensitivity * drivers.litigation_level
    return np.asarray(
        drivers.margin_sensitivity * margin + drivers.control_sensitivity * control - litigation
    )


def step(
    exit_: Exit,
    state: IntArray,
    running: BoolArray,
    gate_open: bool,
    intercept: float,
    covariate: FloatArray,
    luck: ExitLuck,
) -> Events:
    """Move every running draw one quarter on; with the gate closed nothing is filed or listed (E32 do(no IPO)).

    A draw moves at most one state a quarter. An attempt filed in a quarter is resolved in each later one with the
    chance 1/lag, so a lag of 1 is the next quarter exactly; resolved, it is withdrawn or listed.
    """
    if not gate_open:
        nothing = np.zeros_like(running)
        sale = _sold(exit_, state, running, luck)
        return Events(_moved(state, (sale, SOLD)), nothing, nothing, nothing, sale)
    gate = running
    filing = gate & (state == PRIVATE) & (luck.filing < quarterly_chance(exit_.confidential_filing_annual))
    public = gate & (state == FILED)
    if public.any():
        public &= luck.announcement < 1.0 / (1.0 + np.exp(-(intercept + covariate)))
    retried = gate & (state == WITHDRAWN) & (luck.retry < exit_.retry_hazard)
    on_the_way = (state == ANNOUNCED) | (state == RETRYING)
    resolved = gate & on_the_way & (luck.resolution < 1.0 / exit_.listing_lag_quarters)
    withdrawn = resolved & (luck.withdrawal < exit_.withdrawal_probability)
    listing = resolved & ~withdrawn
    sale = _sold(exit_, state, running, luck) & ~listing
    after = _moved(
        state,
        (filing, FILED),
        (public, ANNOUNCED),
        (retried, RETRYING),
        (withdrawn, WITHDRAWN),
        (listing, LISTED),
        (sale, SOLD),
    )
    return Events(after, filing, public | retried, listing, sale)


def _sold(exit_: Exit, state: IntArray, running: BoolArray, luck: ExitLuck) -> BoolArray:
    """Return (draw,) whether the company is sold, unless it lists first."""
    if exit_.sale_hazard == 0.0:
        return np.zeros_like(running)
    return running & (state != LISTED) & (state != SOLD) & (luck.sale < exit_.sale_hazard)


def _moved(state: IntArray, *moves: tuple[BoolArray, int]) -> IntArray:
    """Return the states after the moves, the last one counting; few draws move in a quarter."""
    after = state.copy()
    for moved, to in moves:
        after[moved] = to
    return after


def quarterly_chance(annual: float) -> float:
    """Return the chance in a quarter of something that has this chance in a year."""
    return float(1.0 - (1.0 - annual) ** 0.25)


def offer(
    exit_: Exit,
    value_per_share: FloatArray,
    book_normal: FloatArray,
    day_normal: FloatArray,
    draws: IntArray | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Return (offer price, first-day return): value x book-building noise of mean 1; return at least -30%.

    All are of these `draws`; None: of all.
    """
    mean = exit_.first_day_mean if draws is None else of_draws(exit_.first_day_mean, draws)
    noise = np.exp(exit_.book_building_sd * book_normal - exit_.book_building_sd**2 / 2.0)
    return value_per_share * noise, np.maximum(mean + exit_.first_day_sd * day_normal, FIRST_DAY_FLOOR)


def drift_after_listing(
    exit_: Exit,
    age: IntArray,
    report_uniform: FloatArray,
    report_normal: FloatArray,
    draws: IntArray | None = None,
) -> FloatArray:
    """Return the factor on the listed price this quarter: stated excess drift, and jumps at the first two reports.

    All are of these `draws`; None: of all.
    """
    yearly = exit_.drift_annual if draws is None else of_draws(exit_.drift_annual, draws)
    drift = np.where((age >= 1) & (age <= exit_.drift_quarters), (1.0 + yearly) ** 0.25, 1.0)
    jump = np.maximum(1.0 + exit_.report_jump_mean + exit_.report_jump_sd * report_normal, 0.05)
    reports = (age >= 1) & (age <= LAST_REPORT) & (report_uniform < exit_.report_jump_probability)
    return np.where(reports, drift * jump, drift)


def released_share(
    exit_: Exit, age: IntArray, price: FloatArray, offer_price: FloatArray, met: dict[int, BoolArray]
) -> FloatArray:
    """Return the share of the holding out of lock-up `age` quarters after listing (negative age: none).

    `met` keeps, by place in the list, which conditions on the price were met in an earlier quarter; it is brought up
    to date: what is once released stays released.
    """
    released = np.zeros(age.shape)
    for place, release in enumerate(exit_.lock_up):
        open_now = age >= release.quarters_after_listing
        if release.price_over_offer > 0.0:
            open_now &= price >= release.price_over_offer * offer_price
            met[place] = open_now = open_now | met.get(place, np.zeros_like(open_now))
        released = released + np.where(open_now, release.share, 0.0)
    return np.minimum(released, 1.0)


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
