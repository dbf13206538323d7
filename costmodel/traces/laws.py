"""Loads of which no trace may be carried, made by a law that is fitted to published figures (demand.md 2).

L = level of the day x profile of the hour x exp(hourly + step noise): the generator of demand.md 2, with a profile
that is a wave over the clock or hours of work, and a factor between working days and weekends.
"""

from dataclasses import dataclass

import numpy as np

from costmodel.arrays import FloatArray
from costmodel.randomness import stream
from costmodel.traces.trace import Trace

STEPS_A_DAY, STEP_HOURS = 144, 1.0 / 6.0
_SEED = 20260523


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadLaw:
    """Five working days and a weekend, repeated; sds are of logs, `phi_hour` is the memory of the noise per hour."""

    name: str
    weeks: int
    profile: FloatArray
    working_over_weekend: float
    sd_day: float
    sd_hour: float
    phi_hour: float
    sd_step: float


def wave(first: float, second: float, peak_hour: float) -> FloatArray:
    """Return a profile of the day whose log is two waves of the clock, both highest at the peak hour."""
    turn = (_hours() - peak_hour) / 24.0 * 2.0 * np.pi
    return np.asarray(np.exp(first * np.cos(turn) + second * np.cos(2.0 * turn)))


def working_hours(hours: float, middle: float, edge_hours: float, outside: float) -> FloatArray:
    """Return a profile that is 1 in so many hours around the middle, `outside` elsewhere, with soft edges."""
    beyond = (np.abs(_hours() - middle) - hours / 2.0) / edge_hours
    return np.asarray(outside + 1.0 / (1.0 + np.exp(beyond)))


def made(law: LoadLaw) -> Trace:
    """Return a trace of the law, the same at every call: its luck is named after the law."""
    luck = stream(_SEED, f"load law {law.name}", 0)
    days = law.weeks * 7
    level = np.where(np.arange(days) % 7 < 5, law.working_over_weekend, 1.0)
    level = level * np.exp(law.sd_day * luck.standard_normal(days))
    hourly = _remembering(law.phi_hour, luck.standard_normal(days * 24))
    noise = law.sd_hour * np.repeat(hourly, STEPS_A_DAY // 24)
    noise += law.sd_step * luck.standard_normal(days * STEPS_A_DAY)
    return Trace(np.outer(level, law.profile).ravel() * np.exp(noise), STEP_HOURS)


def _hours() -> FloatArray:
    return np.arange(STEPS_A_DAY, dtype=np.float64) * STEP_HOURS


def _remembering(memory: float, shocks: FloatArray) -> FloatArray:
    """Return noise of variance 1 of which each value keeps `memory` of the one before."""
    found = shocks.copy()
    for place in range(1, found.size):
        found[place] = memory * found[place - 1] + np.sqrt(1.0 - memory**2) * shocks[place]
    return found


OFFICE_HOURS = LoadLaw(
    name="office_hours",
    weeks=8,
    profile=wave(0.7, 0.1, 14.0),
    working_over_weekend=2.67,
    sd_day=0.08,
    sd_hour=0.05,
    phi_hour=0.7,
    sd_step=0.05,
)
SMALL_TOOL = LoadLaw(
    name="small_tool",
    weeks=8,
    profile=working_hours(7.0, 14.0, 0.4, 0.02),
    working_over_weekend=4.0,
    sd_day=0.2,
    sd_hour=0.2,
    phi_hour=0.7,
    sd_step=0.1,
)
