"""Published dollars per token beside ours: from specifications, the calibration and the price those authors used.

`published` and `usd_per_hour` are as published; what their authors left open is a choice of ours, in `choice`, and was
made knowing what they published. InferenceX draws lengths evenly from 0.8 to 1.0 of the nominal ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from planner.core.formatting import percent
from planner.runs.cost_table.facts import seeded_documents
from planner.runs.engine import calibration
from planner.runs.engine.published import Served, output_tokens_per_chip_hour
from planner.runs.serving_checks.rows import Asked

WITHIN = 0.2
"""How near is met, as a share of what was published."""
_KILO, _EIGHT_KILO = 0.9 * 1024, 0.9 * 8192
_UNDATED = ("trtllm", "trtllm")
_DYNAMO = ("trtllm", "trtllm 0.8.1.post2")
_LABELS: Mapping[tuple[str, str] | None, str | Promise] = {
    _UNDATED: lazy("TensorRT-LLM, undated records"),
    _DYNAMO: "TensorRT-LLM 0.8.1.post2",
    None: lazy("mean of measured software"),
}


@dataclass(frozen=True, slots=True)
class Point:
    """One published price. `served` or `row` say what to compute; neither: it cannot be, and `choice` says why."""

    key: str
    source: str | Promise
    what: str | Promise
    published: float
    choice: str | Promise
    usd_per_hour: float = 0.0
    chip: str = ""
    served: Served | None = None
    row: Asked | None = None
    tokens_per_output: float = 1.0
    """Tokens that are paid for each output token: 1 for a price of output, all of a request for a price in all."""
    other: tuple[str, str] | None = None
    """The software label not chosen, for what was `served`."""

    @property
    def label(self) -> str:
        """The software of ours, in words; "" where nothing is computed."""
        if self.served is not None:
            return str(_LABELS[self.served.software])
        return self.row.framework if self.row else ""

    @property
    def other_label(self) -> str:
        """The software label not chosen, in words; "" where there was no choice."""
        return str(_LABELS[self.other]) if self.served else ""


@dataclass(frozen=True, slots=True)
class Compared:
    """A point with ours, and with what another label of the software would make of it. None: not computable."""

    point: Point
    ours: float | None
    with_other: float | None

    @property
    def is_met(self) -> bool:
        """Whether ours is as near as was promised."""
        return self._is_near(self.ours)

    @property
    def is_met_with_other(self) -> bool:
        """Whether it would be with the label that was not chosen."""
        return self._is_near(self.with_other)

    def _is_near(self, usd: float | None) -> bool:
        return usd is not None and abs(usd / self.point.published - 1.0) <= WITHIN


def _r1(software: tuple[str, str] | None, prompt: float, speed: float, drafts: int = 0) -> Served:
    """DeepSeek-R1 in FP4; three drafted tokens of which a step yields 2.6 in all are assumed."""
    assumed = (drafts, 2.6, 0.1) if drafts else ()
    return Served("fp4", prompt, _KILO, speed, software, *assumed)


_MAX = lazy("InferenceMAX v1, SemiAnalysis, October 2025")
_X = lazy("InferenceX v2, SemiAnalysis, 2026")
_DSTACK = lazy("dstack, November 2024")
POINTS = (
    Point(
        "b200-50",
        _MAX,
        lazy("DeepSeek-R1, FP4, B200, 1k in and out, 50 tokens a second for each user; 1M output tokens"),
        0.56,
        lazy("The release of TensorRT-LLM is not given."),
        1.95,
        "B200",
        _r1(_UNDATED, _KILO, 50.0),
    ),
    Point(
        "b200-125",
        _MAX,
        lazy("The same at 125 tokens a second for each user"),
        4.0,
        lazy("The release is not given, and the label is not that of the line above."),
        1.95,
        "B200",
        _r1(None, _KILO, 125.0),
        other=_UNDATED,
    ),
    Point(
        "gb300-drafts",
        _X,
        lazy(
            "DeepSeek-R1, FP4, GB300, 8k in, 1k out, 150 tokens a second for each user, multi-token prediction;"
            " 1M tokens in all"
        ),
        0.11,
        lazy(
            "Assumed acceptance: a step yields 2.6 tokens of three drafted and its own; drafting takes a tenth of a"
            " step."
        ),
        2.65,
        "GB300",
        _r1(_DYNAMO, _EIGHT_KILO, 150.0, drafts=3),
        tokens_per_output=9.0,
    ),
    Point(
        "gb300-plain",
        _X,
        lazy("The same without multi-token prediction"),
        2.35,
        lazy("At the steep end, where a tenth of speed halves the throughput."),
        2.65,
        "GB300",
        _r1(_DYNAMO, _EIGHT_KILO, 150.0),
        tokens_per_output=9.0,
    ),
    Point(
        "h100-405b",
        _DSTACK,
        lazy("Llama 3.1 405B, FP8, 8 H100, 128 in, 2,048 out, 256 requests at a time; 1M tokens in all"),
        4.77,
        lazy("An untuned early release, whose larger batches did not fit."),
        2.99,
        "H100",
        row=Asked(
            row_id="published",
            chip="H100",
            chips=8,
            model="Llama-3.1-405B",
            precision="fp8 (meta checkpoint)",
            parallelism="tp8",
            framework="vLLM 0.6.x",
            load_kind="static_batch",
            source="dstack-405b",
            input_tokens=128.0,
            output_tokens=2048.0,
            concurrency=256.0,
            lengths_are_drawn=False,
        ),
        tokens_per_output=2176.0 / 2048.0,
    ),
    Point(
        "mi300x-405b",
        _DSTACK,
        lazy("The same on 8 MI300X"),
        4.08,
        lazy("The price of an hour behind it is not given."),
    ),
    Point(
        "unnamed-drafts",
        _X,
        lazy("DeepSeek-R1 with multi-token prediction, 0.251 without; 1M tokens in all"),
        0.057,
        lazy("The chip behind it is not given."),
    ),
)


@lru_cache(maxsize=1)
def compared() -> tuple[Compared, ...]:
    """Every point with ours, in the order of POINTS; neither they nor the constants change while a process runs."""
    return tuple(Compared(point, _ours(point), _with_other(point)) for point in POINTS)


def sentence() -> str:
    """How many are met, and how many would be with the labels that were not chosen."""
    found = [one for one in compared() if one.ours is not None]
    open_ones = [one for one in found if one.with_other is not None]
    return _(
        "Of %(count)d published prices that can be computed, %(met)d are met within %(within)s. The labels of the"
        " software were chosen knowing the answer: of %(open)d lines with a choice, %(chosen)d are met with the label"
        " chosen and %(other)s with the other."
    ) % {
        "count": len(found),
        "met": sum(one.is_met for one in found),
        "within": percent(WITHIN, 0),
        "open": len(open_ones),
        "chosen": sum(one.is_met for one in open_ones),
        "other": sum(one.is_met_with_other for one in open_ones) or _("none"),
    }


def _with_other(point: Point) -> float | None:
    if point.served is None:
        return None
    return _ours(replace(point, served=replace(point.served, software=point.other)))


def _ours(point: Point) -> float | None:
    """USD per 1M tokens of the kind the point has a price of; None where it leaves out what is needed (E8)."""
    chips, models = seeded_documents()
    if point.served is not None:
        chip = next(one for one in chips if one.label == point.chip)
        model = next(one for one in models if one.label == "DeepSeek-R1")
        output = output_tokens_per_chip_hour(chip, model, point.served)
    elif point.row is not None:
        (found,) = calibration.predictions([point.row], chips, models)
        output = float(found["output_tok_s_per_chip"]) * 3600.0
    else:
        return None
    return point.usd_per_hour / (output * point.tokens_per_output) * 1e6
