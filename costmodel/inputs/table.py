"""The question of the cost table: chips x models x operating points (E1-E8)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from costmodel.inputs.quantity import check_limits
from costmodel.inputs.serving import ServedModel

# Where no precision is stated and the model is not published in four bits only: FP8 if the chip has a rate for it,
# else BF16. Four bits are never assumed, because they change what most models answer.
ASSUMED_PRECISIONS = ("fp8", "bf16")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipCard:
    """A chip as specified: dense TFLOPS by precision (None: no such unit), memory and links of one chip."""

    key: str
    label: str
    vendor: str
    family: str
    tflops: Mapping[str, float | None]
    memory_gb: float
    memory_tb_per_s: float
    link_gb_per_s: float
    scale_up_chips: int

    def __post_init__(self) -> None:
        """Refuse, naming the chip, what no speed can be computed with."""
        said = {
            "memory": (self.memory_gb, "GB"),
            "memory bandwidth": (self.memory_tb_per_s, "TB/s"),
            "link bandwidth": (self.link_gb_per_s, "GB/s"),
            "scale-up domain": (float(self.scale_up_chips), "chips"),
            **{f"dense compute in {name.upper()}": (rate, "TFLOPS") for name, rate in self.tflops.items()},
        }
        for words, (value, unit) in said.items():
            if value is not None and not (math.isfinite(value) and value > 0.0):
                raise ValueError(
                    f"{self.label}: its {words} is {value:g} {unit}. It must be a number above 0."
                )
        if all(rate is None for rate in self.tflops.values()):
            raise ValueError(f"{self.label} has no compute rate for any precision.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """A served model, its longest context (None: not known) and its precision (None: as assumed, see above)."""

    served: ServedModel
    label: str
    maker: str = ""
    max_context_tokens: float | None = None
    precision: str | None = None

    @property
    def key(self) -> str:
        return self.served.key


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingPoint:
    """A typical request and the limits its service must meet."""

    key: str
    label: str
    input_tokens: float = field(metadata={"limits": (1.0, 1e7)})
    cached_share: float = field(metadata={"limits": (0.0, 0.99)})
    output_tokens: float = field(metadata={"limits": (1.0, 1e6)})
    minimum_tokens_per_s_per_user: float = field(metadata={"limits": (0.1, 1e4)})
    maximum_seconds_to_first_token: float = field(metadata={"limits": (0.01, 1e4)})

    def __post_init__(self) -> None:
        """Check every stated value against its limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogTable:
    """Every chip, model and operating point of a table; its cells are all their combinations."""

    chips: tuple[ChipCard, ...]
    models: tuple[ModelCard, ...]
    points: tuple[OperatingPoint, ...]
