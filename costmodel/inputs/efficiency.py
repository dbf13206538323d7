"""What of a specification a pass of the model reaches: four numbers of a chip, and ratios common to all chips (E9)."""

from dataclasses import dataclass

from costmodel.arrays import Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """How the parts of a pass compare with the chip's own four numbers; the same for every chip.

    Shares are of the number they name: `cache_memory` 0.7 means that reading the cache reaches 70% of the bandwidth
    that reading weights reaches. Times are multiples of the chip's time per layer. The defaults are round numbers
    for closed-form tests; `calibration.constants.STRUCTURE` holds the fitted ones.
    """

    cache_memory: Number = 0.7
    expert_compute: Number = 0.7
    attention_compute: Number = 0.9
    prefill_compute: Number = 1.0
    expert_prefill_compute: Number = 0.5
    attention_prefill_compute: Number = 1.0
    link: Number = 0.5
    reduce_growth: Number = 0.4
    """The fixed time of an all-reduce grows by this share with each doubling of chips beyond two."""
    exchange: Number = 3.0
    """The fixed time of an exchange among experts over that of an all-reduce."""
    beyond_domain: Number = 4.0
    """Fixed times of a replica that spans more than one scale-up domain, over those inside one."""
    expert_layer: Number = 0.7
    linear_layer: Number = 0.1
    step: Number = 2.0
    request: Number = 0.2
    prompt_milliseconds: Number = 0.3
    expert_reuse: Number = 0.8
    """Requests of a batch call the same experts more often than even routing would: it acts like a smaller batch."""
    expert_imbalance: Number = 1.1
    interference: Number = 0.9
    """Share of a prefill that holds the decoding of others up in a shared pool; the rest overlaps with it."""
    own_prefill: Number = 1.5
    """Time a request waits for its first token, over its own prefill, while others are served (measured loads)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Efficiency:
    """The four numbers of a chip (and software) and the structure they stand in; floats or arrays that broadcast.

    `memory` and `compute` are shares of the specification; the fixed times are microseconds per layer and for an
    all-reduce between two chips.
    """

    memory: Number
    compute: Number
    layer_microseconds: Number
    collective_microseconds: Number
    structure: Structure
