"""What a published measurement says was run, and how its labels are read (E9).

A `Deployment` is the question: it holds nothing that was measured. Labels of published tables contradict themselves
in known ways; each rule here says what was found and how it is read instead, and `Reading.note` carries it on.
"""

import re
from dataclasses import dataclass, replace

from costmodel.roofline import Layout

_GRID = re.compile(r"tp(\d+) pp1 attn_dp(\d*) moe_tp(\d+) ep(\d+)$")
_PIPELINE = re.compile(r"\bpp(?!1\b)\d+")
_TENSOR = re.compile(r"tp(\d+)$")
_CORES = re.compile(r"tp\d+ (neuroncores|logical cores)$")
_NODES = re.compile(r"\d+ nodes\b")
_DATA = re.compile(r"dep(\d+)$")
_POOLS_PLAIN = re.compile(r"(\d+) prefill x tp(\d+), (\d+) decode x tp(\d+)$")
_POOLS = re.compile(r"prefill (\d+)x\(tp(\d+) dp(\d+) ep(\d+)\) decode (\d+)x\(tp(\d+) dp(\d+) ep(\d+)\)$")

COUNTED_TWICE = "degrees multiply to more chips than hold the model: one product was counted twice"
DATA_SQUARED = "attention groups times tensors: the same chips were counted twice"
EXPERTS_WIDER = "experts are spread over more chips than the chip count says"
CORES = "cores are counted, not chips: tensors are cut over all chips"
NODES = "nodes are named and no layout: tensors are cut over all chips"
NOT_UNDERSTOOD = "it names no layout that is known: tensors are cut over all chips"
COPIES = "it takes fewer chips than the row has: copies stand side by side"
MORE_CHIPS = "it takes more chips than the row has: the label is believed"
MOST_DEGREE = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """What was run. Lengths and concurrency are None where the source leaves them blank.

    `load_kind` is concurrency, static_batch, offline_max, server_slo, interactive_slo or prefill_latency. Token
    lengths are means. Limits are those of the benchmark; 0 means none. `speculation` is what the source says of drafts.
    """

    row_id: str
    chip: str
    chips: int
    model: str
    precision: str
    parallelism: str
    engine: str
    generation: str
    load_kind: str
    source: str
    speculation: str = ""
    input_tokens: float | None
    output_tokens: float | None
    concurrency: float | None
    limit_s_per_token: float = 0.0
    assumed_precision: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """How a parallelism label is read: the decode layout, and prefill replicas x chips when pools are split."""

    layout: Layout | None
    decoders: int = 1
    prefillers: int = 0
    prefill_chips: int = 0
    note: str = ""

    @property
    def split(self) -> bool:
        """Whether prefill has chips of its own."""
        return self.prefillers > 0

    @property
    def chips(self) -> int:
        """Chips of all replicas."""
        decode = self.layout.chips if self.layout else 0
        return self.decoders * decode + self.prefillers * self.prefill_chips


def is_pipeline(label: str) -> bool:
    """Return whether a label speaks of more than one pipeline stage, which no layout here has."""
    return bool(_PIPELINE.search(label))


def has_wrong_degree(label: str) -> bool:
    """Return whether a label holds a degree that no deployment has: 0, or beyond `MOST_DEGREE`."""
    degrees = re.findall(r"\d+", label)
    return any(len(degree) > 5 or not 0 < int(degree) <= MOST_DEGREE for degree in degrees)


def read_parallelism(label: str, chips: int) -> Reading:
    """Return the layout a label stands for; no layout when it is blank. Degrees are right (`has_wrong_degree`)."""
    reading = _read(" ".join(label.casefold().split()), chips)
    if reading.note or reading.layout is None or reading.chips == chips:
        return reading
    return replace(reading, note=COPIES if reading.chips < chips else MORE_CHIPS)


def _read(label: str, chips: int) -> Reading:
    if found := _GRID.match(label):
        return _grid(int(found[1]), found[2], int(found[3]), int(found[4]))
    if found := _TENSOR.match(label):
        return Reading(Layout(int(found[1])))
    if found := _DATA.match(label):
        return Reading(Layout(1, int(found[1]), True))
    if found := _POOLS_PLAIN.match(label):
        prefill, prefill_chips, decode, decode_chips = (int(part) for part in found.groups())
        return Reading(Layout(decode_chips), decode, prefill, prefill_chips)
    if found := _POOLS.match(label):
        parts = [int(part) for part in found.groups()]
        layout = Layout(parts[5], parts[6], parts[7] > 1)
        return Reading(layout, parts[4], parts[0], parts[1] * parts[2])
    if not label:
        return Reading(None)
    note = CORES if _CORES.match(label) else NODES if _NODES.match(label) else NOT_UNDERSTOOD
    return Reading(Layout(max(chips, 1)), note=note)


def _grid(tensor: int, groups: str, expert_tensor: int, apart: int) -> Reading:
    """Return the layout of tp x attention dp, experts cut `expert_tensor` ways and spread over `apart` chips.

    The same latencies to the last digit are published once as tp64 moe_tp8 ep8 and once as tp8 moe_tp1 ep8: where
    both degrees of the experts are equal, their product repeats the chips. The like holds for attention groups. Where
    the source leaves the number of attention groups blank it counts nothing twice.
    """
    data = int(groups or 1)
    if groups and expert_tensor == apart > 1:
        layout = Layout(1, apart, True) if data > 1 else Layout(apart, 1, True)
        return Reading(layout, note=COUNTED_TWICE)
    if tensor == data > 1 and apart == tensor * data:
        return Reading(Layout(1, tensor, True), note=DATA_SQUARED)
    if expert_tensor * apart > tensor * data:
        return Reading(Layout(expert_tensor * apart, 1, apart > 1), note=EXPERTS_WIDER)
    return Reading(Layout(tensor, data, apart > 1))
