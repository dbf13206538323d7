"""What a benchmark would measure on each deployment of a question: time per output token, tokens per chip (E5, E9)."""

from dataclasses import dataclass, replace

import numpy as np

from costmodel import roofline
from costmodel.arrays import FloatArray, IntArray, Number
from costmodel.calibration import benchmarks
from costmodel.calibration.questions import Question
from costmodel.inputs.efficiency import Efficiency
from costmodel.roofline import Replica

_STEPS_TO_RUNNING = 5
_HALVINGS = 14
# Of what our reserve leaves, a deployment that needs it can use this much, up to so many requests.
_NEARLY_ALL = 1.1
_ROOMY = 16.0


@dataclass(frozen=True, slots=True)
class Times:
    """By row: seconds per output token, output tokens per second and chip, requests decoding at once; and the layout.

    `candidate` is the place of the chosen layout among the question's candidates. Rows whose model fits on none are
    refused by `questions.problem_of`; a candidate that does not fit is never the best.
    """

    s_per_token: FloatArray
    output_per_chip_second: FloatArray
    running: FloatArray
    candidate: IntArray


@dataclass(frozen=True, slots=True)
class _Load:
    """One candidate each: the replica under its efficiency, and what the prefill of others holds up."""

    held: Replica
    context: FloatArray
    prefill_s: FloatArray
    held_up: Number
    asked: Question

    def decode_s(self, at_once: Number) -> FloatArray:
        """Seconds of a step of one decode replica, when `at_once` requests decode on all of them."""
        step: FloatArray = roofline.decode_step_s(self.held, at_once / self.asked.decoders, self.context)
        return step

    def token_s(self, at_once: Number) -> FloatArray:
        """Seconds per output token: a step, and the prefill of others it waits for in a shared pool."""
        share = at_once / self.asked.decoders / self.asked.output_tokens
        found: FloatArray = self.decode_s(at_once) + share * self.held_up * self.prefill_s
        return found


def times(asked: Question, efficiency: Efficiency) -> Times:
    """Return what would be measured at this efficiency ((candidate,) arrays or floats).

    Concurrency is what clients keep open; fewer decode at once, because some wait for their first token and because
    memory holds no more. A blank concurrency means as many as memory and the benchmark's limit allow.
    """
    load = _load(asked, efficiency)
    open_at_once = np.minimum(asked.concurrency, _most_at_once(load))
    open_at_once = _within_limit(load, open_at_once)
    running = _running(load, open_at_once)
    token_s = load.token_s(running)
    rate = _output_per_chip_second(load, open_at_once)
    rate = np.where((_capacity(load) >= 1.0) | asked.stated, rate, 1e-9)
    return _best(asked, token_s, rate, running)


def _load(asked: Question, efficiency: Efficiency) -> _Load:
    held = replace(asked.held, efficiency=efficiency)
    fresh, prefix = roofline.prefill_s(held, asked.input_tokens, 0.0)
    shared = np.where(asked.static, 1.0, efficiency.structure.interference)
    return _Load(
        held=held,
        context=asked.input_tokens + asked.output_tokens / 2.0,
        prefill_s=fresh + prefix,
        held_up=np.where(asked.prefillers > 0.0, 0.0, shared),
        asked=asked,
    )


def _capacity(load: _Load) -> FloatArray:
    found: FloatArray = roofline.largest_batch(load.held, load.context) * load.asked.decoders
    return found


def _most_at_once(load: _Load) -> FloatArray:
    """Return how many requests all decode replicas hold.

    A stated deployment ran, so where our reserve leaves no room it is given nearly all of the memory.
    """
    limit = benchmarks.MOST_AT_ONCE * load.held.data * load.asked.decoders
    usual = _capacity(load)
    held = replace(load.held, usable_gb=load.held.usable_gb * _NEARLY_ALL)
    tight = roofline.largest_batch(held, load.context) * load.asked.decoders
    found: FloatArray = np.clip(np.where(usual >= _ROOMY, usual, np.minimum(tight, _ROOMY)), 1.0, limit)
    return found


def _within_limit(load: _Load, at_once: FloatArray) -> FloatArray:
    """Return the largest load at which a token takes no longer than the benchmark allows, by halving its log."""
    limit = load.asked.limit_s_per_token
    if not np.any(np.isfinite(limit)):
        return at_once
    low, high = np.ones_like(at_once), at_once.copy()
    for _ in range(_HALVINGS):
        middle = np.sqrt(low * high)
        quick = load.token_s(middle) < limit
        low, high = np.where(quick, middle, low), np.where(quick, high, middle)
    return np.where(np.isfinite(limit), np.sqrt(low * high), at_once)


def _running(load: _Load, open_at_once: FloatArray) -> FloatArray:
    """Return how many of the open requests decode: the others wait for their first token (Little's law)."""
    waiting_s = np.where(
        load.asked.prefillers > 0.0, 0.0, load.held.efficiency.structure.own_prefill * load.prefill_s
    )
    running = open_at_once
    for _ in range(_STEPS_TO_RUNNING):
        decoding_s = load.asked.output_tokens * load.token_s(running)
        share = decoding_s / (decoding_s + waiting_s)
        running = 0.5 * running + 0.5 * np.maximum(open_at_once * share, 1e-3)
    return running


def _output_per_chip_second(load: _Load, at_once: FloatArray) -> FloatArray:
    """Return output tokens per second and chip of all pools; the slower of two pools sets the pace, softly."""
    asked = load.asked
    each = at_once / asked.decoders
    waiting = load.held.efficiency.structure.own_prefill * load.prefill_s
    cycle = asked.output_tokens * load.decode_s(at_once) + each * load.prefill_s * load.held_up + waiting
    decoding = at_once * asked.output_tokens / cycle
    prompt_s = load.prefill_s / np.maximum(asked.prefill_share, 1e-9)
    prefilling = np.maximum(asked.prefillers, 1e-9) / prompt_s * asked.output_tokens
    paced = (decoding**-3.0 + prefilling**-3.0) ** (-1.0 / 3.0)
    found: FloatArray = np.where(asked.prefillers > 0.0, paced, decoding) / asked.all_chips
    return found


def _best(asked: Question, token_s: FloatArray, rate: FloatArray, running: FloatArray) -> Times:
    """Return for each row the candidate with most tokens per chip; candidates of a row are neighbours."""
    order = np.lexsort((-rate, asked.row))
    first = order[np.unique(asked.row[order], return_index=True)[1]]
    return Times(token_s[first], rate[first], running[first], first)
