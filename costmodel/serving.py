"""Where a chip serves a model best, and the chip-seconds each token takes there (E5, E6)."""

from dataclasses import dataclass, replace

import numpy as np

from costmodel import roofline, units
from costmodel.arrays import BoolArray, FloatArray, Number
from costmodel.inputs.serving import Chip, ServedModel, Workload
from costmodel.roofline import Layout, Replica

# Batches tried: 4 to each doubling, up to this many requests at a time in one replica, and the most memory holds.
MOST_REQUESTS = 16_384
BATCHES: FloatArray = np.unique(np.round(2.0 ** np.arange(0.0, np.log2(MOST_REQUESTS) + 0.01, 0.25)))
# No replica is tried that spans more chips than this, however large the scale-up domain: beyond it every published
# deployment splits into replicas.
MOST_CHIPS = 64
# A pool for prefill alone runs at this load: at full load the queue of prompts would have no end.
PREFILL_POOL_LOAD = 0.8
HALF_CACHED = 0.5


@dataclass(frozen=True, slots=True)
class ServingPoint:
    """How a chip serves a model: the layout that holds one copy, requests at a time, and why this point."""

    layout: Layout
    batch: float
    reason: str

    @property
    def chips_per_replica(self) -> int:
        """Chips that hold one copy of the weights."""
        return self.layout.chips


@dataclass(frozen=True, slots=True)
class Serving:
    """Speed and cost in chip-seconds at a serving point; each a float, (draw,) or any shape of the batch given.

    The chip-seconds of a request's new input, cached input and output add up to those of the request.
    `tokens_per_chip_second` counts all tokens of a request, input and output.
    """

    decode_step_s: Number
    prefill_s: Number
    tokens_per_s_per_user: Number
    seconds_to_first_token: Number
    requests_per_chip_second: Number
    tokens_per_chip_second: Number
    chip_seconds_per_1m_input: Number
    chip_seconds_per_1m_cached_input: Number
    chip_seconds_per_1m_output: Number


def serve(chip: Chip, model: ServedModel, workload: Workload, point: ServingPoint) -> Serving:
    """Return speed and chip-seconds at a serving point (E5). `speed_error` of the chip divides every time."""
    held = roofline.replica(chip, model, point.layout)
    return serve_on(held, workload, point.batch, chip.speed_error)


def serve_on(held: Replica, workload: Workload, batch: Number, speed: Number = 1.0) -> Serving:
    """Return speed and chip-seconds of a replica with `batch` requests at a time (E5).

    In a shared pool a prefill holds up the decoding of others for the share `interference` of its time, so the time
    per output token is t_decode + i (B/O) t_prefill; new input pays its own prefill, cached input the attention over
    it and the read of its cache, output pays t_decode / B a token. With split pools decoding is held up by nobody and
    prefill has chips of its own, at `PREFILL_POOL_LOAD`. A step that checks a draft takes longer and yields more.
    """
    cached = workload.input_tokens * workload.cached_share
    fresh, output = workload.input_tokens - cached, workload.output_tokens
    decode = decode_token_s(held, workload, batch) / speed
    fresh_s, prefix_s = (t / speed for t in roofline.prefill_s(held, fresh, cached))
    per_cached = _per_cached_s(held, workload) / speed
    prefill = fresh_s + prefix_s
    split = workload.pools == "split"
    held_up = 1.0 / PREFILL_POOL_LOAD if split else held.efficiency.structure.interference
    per_output_token = decode if split else decode + batch / output * held_up * prefill
    request_s = held.chips * (output * decode / batch + held_up * prefill)
    million = units.TOKENS_PER_MILLION
    return Serving(
        decode_step_s=decode,
        prefill_s=prefill,
        tokens_per_s_per_user=1.0 / per_output_token,
        seconds_to_first_token=_seconds_to_first_token(held, workload, decode, prefill, batch),
        requests_per_chip_second=1.0 / request_s,
        tokens_per_chip_second=(workload.input_tokens + output) / request_s,
        chip_seconds_per_1m_input=million * held.chips * held_up * fresh_s / fresh,
        chip_seconds_per_1m_cached_input=million * held.chips * held_up * per_cached,
        chip_seconds_per_1m_output=million * held.chips * decode / batch,
    )


def _per_cached_s(held: Replica, workload: Workload) -> Number:
    """Return seconds of a cached token; where nothing is cached, what one would take if half of the prompt were.

    The first cached token before a whole new prompt would be the dearest of all, and nobody would cache only that.
    """
    share = np.where(np.asarray(workload.cached_share) > 0.0, workload.cached_share, HALF_CACHED)
    cached = workload.input_tokens * share
    found: Number = roofline.prefix_s_per_token(held, workload.input_tokens - cached, cached)
    return found


def decode_token_s(held: Replica, workload: Workload, batch: Number) -> Number:
    """Return seconds from one output token of a request to its next, with nobody prefilling (E5)."""
    context = workload.input_tokens + workload.output_tokens / 2.0
    draft = workload.speculation
    if draft is None:
        return roofline.decode_step_s(held, batch, context)
    step = roofline.decode_step_s(held, batch, context, draft.draft_tokens + 1.0)
    return step * (1.0 + draft.draft_cost_share) / draft.accepted_tokens


def _seconds_to_first_token(
    held: Replica, workload: Workload, decode: Number, prefill: Number, batch: Number
) -> Number:
    """Return the mean time to the first token: wait for prompts ahead, own prefill, one decode step.

    A prompt is prefilled by its attention group, `data` times as long as it takes the replica. The wait is that of a
    queue with even service times and random arrivals (M/D/1), t r / (2 (1 - r)): in a shared pool prefill takes the
    share r = (B/O) t_prefill / TPOT of the time, in one of its own r is that pool's load. Split pools hand the cache
    over the links.
    """
    own = prefill * held.data
    if workload.pools == "split":
        waiting = own * PREFILL_POOL_LOAD / (2.0 * (1.0 - PREFILL_POOL_LOAD))
        handed = roofline.cache_gb(held, workload.input_tokens) * units.GIGA
        reached = held.link_bytes_per_s * held.efficiency.structure.link * held.tensor
        return own + waiting + handed / reached + decode
    waiting = own * batch / workload.output_tokens * prefill / (2.0 * decode)
    return own + waiting + decode


def layouts(scale_up_chips: int, model: ServedModel) -> list[Layout]:
    """Return the layouts tried: 1, 2, 4 ... chips of one scale-up domain, each cut by tensors.

    With experts also: experts whole on a chip, and the chips in groups of 1, 2, 4 ... that have requests of their
    own. Small groups hold the weights outside the experts often, large ones a latent cache.
    """
    sizes = [2**power for power in range(min(scale_up_chips, MOST_CHIPS).bit_length())]
    found = [Layout(size) for size in sizes]
    if model.experts is not None:
        found += [
            Layout(group, size // group, True) for size in sizes[1:] for group in sizes if group <= size
        ]
    return found


@dataclass(frozen=True, slots=True)
class Sweep:
    """Every layout and batch tried; arrays are (layout, batch). `fits` and the two limits say what is allowed (E6)."""

    batches: FloatArray
    full: FloatArray
    serving: Serving
    fits: BoolArray
    fast: BoolArray
    prompt: BoolArray

    def output_per_chip_second(self, output_tokens: float) -> FloatArray:
        """Return output tokens per chip-second where allowed, else -1."""
        allowed = self.fits & self.fast & self.prompt
        speed: FloatArray = np.where(allowed, self.serving.requests_per_chip_second * output_tokens, -1.0)
        return speed


def sweep(held: Replica, workload: Workload, speed: Number = 1.0) -> Sweep:
    """Return the speeds of stacked replicas, one a row, at every batch of the grid and at the largest that fits (E6).

    A row whose largest batch is below 1 fits nothing. The workload holds floats; `speed` is a float or (row,).
    """
    context = workload.input_tokens + workload.output_tokens / 2.0
    full = np.floor(roofline.largest_batch(held, context))
    rows = columns_of(held)
    last = np.clip(full, 1.0, MOST_REQUESTS)[:, None]
    batches = np.concatenate([np.broadcast_to(BATCHES, (full.size, BATCHES.size)), last], axis=1)
    batches = np.minimum(batches, last)
    found = serve_on(rows, workload, batches, np.reshape(speed, (-1, 1)))
    return Sweep(
        batches=batches,
        full=full,
        serving=found,
        fits=np.broadcast_to((full >= 1.0)[:, None], batches.shape),
        fast=found.tokens_per_s_per_user >= workload.minimum_tokens_per_s_per_user,
        prompt=found.seconds_to_first_token <= workload.maximum_seconds_to_first_token,
    )


def columns_of(held: Replica) -> Replica:
    """Return stacked replicas with every (row,) array as a (row, 1) column, so that batches run across."""
    return roofline.mapped(held, lambda number: number[:, None] if np.ndim(number) == 1 else number)


def choose_serving_point(chip: Chip, model: ServedModel, workload: Workload) -> ServingPoint:
    """Return the point with most output tokens per chip-second that meets both limits (E6).

    The inputs hold floats. Raises ValueError, naming chip and model, when the model does not fit or no point is fast
    enough.
    """
    tried = layouts(chip.scale_up_chips, model)
    held = roofline.stacked([roofline.replica(chip, model, layout) for layout in tried])
    swept = sweep(held, workload, chip.speed_error)
    return best_point(chip.key, model.key, tried, held, swept, workload)


def best_point(
    chip: str, model: str, tried: list[Layout], held: Replica, swept: Sweep, workload: Workload
) -> ServingPoint:
    """Return the best point of a sweep over these layouts, as `choose_serving_point` says."""
    if not swept.fits.any():
        most = max(layout.chips for layout in tried)
        weights = held.dense_gb[0] + held.routed_gb[0] + held.embedding_gb[0]
        raise ValueError(
            f"{model} does not fit on {chip}: its weights take {weights:,.0f} GB "
            f"and {most} chips offer {most * held.usable_gb[0]:,.0f} GB."
        )
    speed = swept.output_per_chip_second(workload.output_tokens)
    row, column = (int(place) for place in np.unravel_index(int(np.argmax(speed)), speed.shape))
    if speed[row, column] < 0.0:
        raise ValueError(
            f"{chip} cannot serve {model} fast enough: no replica gives "
            f"{workload.minimum_tokens_per_s_per_user:g} tokens a second to each user and the first token within "
            f"{workload.maximum_seconds_to_first_token:g} s."
        )
    batch, on = float(swept.batches[row, column]), str(tried[row]).replace("1 chip", "one chip")
    many = "one request" if batch == 1.0 else f"{batch:,.0f} requests"
    reason = f"Most output tokens per chip-second with {many} on {on}: {_limit(swept, row, column)}."
    return ServingPoint(tried[row], batch, reason)


def _limit(swept: Sweep, row: int, column: int) -> str:
    """Return why no larger batch was taken."""
    batch = swept.batches[row, column]
    if batch >= min(swept.full[row], MOST_REQUESTS):
        return "memory holds no more" if batch >= swept.full[row] else "no larger batch is tried"
    following = int(np.argmax(swept.batches[row] > batch))
    if not swept.fast[row, following]:
        return "more would be too slow for each user"
    if not swept.prompt[row, following]:
        return "more would delay the first token too long"
    return "more would bring no more tokens"


@dataclass(frozen=True, slots=True)
class Retuning:
    """What a chip yields when its serving point follows its speed: operators of a slower chip run smaller batches.

    `log_slowness` is the log of the time an output token takes over that at the median point; `log_yield` the log of
    tokens per chip-second over those there, at the best point that still meets the limits. A chip too slow for any
    serves at the point that is fastest for a user.
    """

    log_slowness: FloatArray
    log_yield: FloatArray

    def yields(self, slowness: Number) -> Number:
        """Return tokens per chip-second over those of the median point, for times this many times as long."""
        return np.exp(np.interp(np.log(slowness), self.log_slowness, self.log_yield))


# Times from an eighth to eight times those of the median; beyond, the yield of the end stands.
_SLOWNESS: FloatArray = np.exp(np.linspace(-np.log(8.0), np.log(8.0), 49))


def retuning(chip: Chip, model: ServedModel, workload: Workload) -> Retuning:
    """Return how a chip's yield follows its speed. Raises ValueError as `choose_serving_point` does at the median."""
    tried = layouts(chip.scale_up_chips, model)
    held = roofline.stacked([roofline.replica(chip, model, layout) for layout in tried])
    best = np.array([best_yield(sweep(held, workload, chip.speed_error / slow)) for slow in _SLOWNESS])
    middle = _SLOWNESS.size // 2
    yields = np.minimum.accumulate(best) / best[middle]
    return Retuning(np.log(_SLOWNESS), np.log(yields / yields[middle]))


def best_yield(swept: Sweep) -> float:
    """Return most requests per chip-second within the limits, else those of the point that is fastest for a user."""
    rate = swept.serving.requests_per_chip_second
    allowed = swept.fits & swept.fast & swept.prompt
    if allowed.any():
        return float(np.max(rate[allowed]))
    users = np.where(swept.fits, swept.serving.tokens_per_s_per_user, -1.0)
    return float(rate[np.unravel_index(int(np.argmax(users)), users.shape)])


@dataclass(frozen=True, slots=True)
class TunedChip:
    """Where a chip serves with every input at its median, how well, and how that follows its speed."""

    point: ServingPoint
    middle: Serving
    curve: Retuning

    def serve(self, chip: Chip, model: ServedModel, workload: Workload) -> Serving:
        """Return the serving of draws, each at the point its own speed asks for.

        How much longer a token takes at the median's point says how slow a draw is, whether by its chip or by its
        model. Yield and chip-seconds follow the curve; the split between input and output stays.
        """
        drawn = serve(chip, model, workload, self.point)
        slowness = self.middle.tokens_per_s_per_user / drawn.tokens_per_s_per_user
        requests = self.middle.requests_per_chip_second * self.curve.yields(slowness)
        more = requests / drawn.requests_per_chip_second
        return replace(
            drawn,
            requests_per_chip_second=requests,
            tokens_per_chip_second=drawn.tokens_per_chip_second * more,
            chip_seconds_per_1m_input=drawn.chip_seconds_per_1m_input / more,
            chip_seconds_per_1m_cached_input=drawn.chip_seconds_per_1m_cached_input / more,
            chip_seconds_per_1m_output=drawn.chip_seconds_per_1m_output / more,
        )


def tune(chip: Chip, model: ServedModel, workload: Workload) -> TunedChip:
    """Return a chip with its serving point and how that follows its speed; the inputs hold floats.

    Raises ValueError, naming chip and model, as `choose_serving_point` does.
    """
    point = choose_serving_point(chip, model, workload)
    return TunedChip(point, serve(chip, model, workload, point), retuning(chip, model, workload))
