"""A value that may be uncertain, as JSON: a number, a range with its shape, or values with weights."""

from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _
from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from planner.core.documents import Key, Spread, choice, listed, number, part

RangeShape: TypeAlias = Literal["lognormal", "normal", "uniform", "beta", "triangular", "pert"]
SHAPES: dict[str, str] = {
    "lognormal": _("lognormal: above zero, long upper tail"),
    "normal": _("normal: symmetric"),
    "uniform": _("uniform: all values alike"),
    "beta": _("beta: between 0 and 1"),
    "triangular": _("triangular: straight lines to a mode"),
    "pert": _("PERT: smooth around a mode"),
}
_BOUNDED_COVERAGE = {"uniform", "triangular", "pert"}
_WITH_MODE = {"triangular", "pert"}

Loading = Annotated[float, Field(ge=-1.0, le=1.0)]


class _Loaded(Spread):
    loadings: dict[Key, Loading] = part(
        _("Shared factors"),
        _("How strongly the value moves with each named factor, -1 to 1."),
        default={},
    )

    @model_validator(mode="after")
    def _loadings_fit(self) -> "_Loaded":
        if sum(loading**2 for loading in self.loadings.values()) > 1.0 + 1e-12:
            raise _wrong(translated("The squares of the shared factors add up to more than 1."))
        return self


class RangeQuantity(_Loaded):
    """`low` and `high` enclose `coverage` of the probability, the rest split evenly on both sides."""

    tag: ClassVar[str] = "range"
    low: float = number(_("Low"), "", None, None, _("The lower end of the range."))
    high: float = number(_("High"), "", None, None, _("The upper end of the range."))
    coverage: float = number(
        _("Coverage"), "share", 0.05, 1.0, _("The probability that lies between low and high."), default=0.9
    )
    shape: RangeShape = choice(_("Shape"), _("The distribution drawn through the range."), SHAPES)
    mode: float | None = number(
        _("Mode"), "", None, None, _("The most likely value; for triangular and PERT."), default=None
    )

    @model_validator(mode="after")
    def _describes_a_distribution(self) -> "RangeQuantity":
        said = {"low": self.low, "high": self.high}
        if not self.low < self.high:
            raise _wrong(translated("Low is %(low)s and high is %(high)s. Low must be below high."), said)
        if self.shape == "lognormal" and self.low <= 0:
            raise _wrong(translated("Low is %(low)s. A lognormal range must lie above 0."), said)
        if self.shape == "beta" and not (self.low > 0 and self.high < 1):
            raise _wrong(
                translated("The range is %(low)s to %(high)s. A beta range must lie between 0 and 1."), said
            )
        if self.coverage >= 1 and self.shape not in _BOUNDED_COVERAGE:
            raise _wrong(translated("Coverage is 100%. It must be below 100% for this shape."))
        if self.shape in _WITH_MODE:
            if self.mode is None or not self.low <= self.mode <= self.high:
                raise _wrong(translated("Mode must be between low %(low)s and high %(high)s."), said)
        elif self.mode is not None:
            raise _wrong(translated("Mode belongs to triangular and PERT ranges only. Remove it."))
        return self

    def extremes(self) -> tuple[float, float]:
        """The stated ends, to which limits apply."""
        return self.low, self.high


class DiscreteQuantity(_Loaded):
    """A few values with weights, which need not add up to 1."""

    tag: ClassVar[str] = "discrete"
    shape: Literal["discrete"] = choice(
        _("Shape"), _("A few values with weights."), {"discrete": _("a few values")}
    )
    values: tuple[float, ...] = listed(_("Values"), _("The values it can take."), most=100)
    weights: tuple[float, ...] = listed(_("Weights"), _("How likely each value is."), most=100)

    @model_validator(mode="after")
    def _has_weights(self) -> "DiscreteQuantity":
        if not self.values or len(self.values) != len(self.weights):
            raise _wrong(translated("A quantity of a few values needs as many weights as values."))
        if any(weight < 0 for weight in self.weights) or sum(self.weights) <= 0:
            raise _wrong(translated("Weights must be at least 0, and one of them above 0."))
        return self

    def extremes(self) -> tuple[float, float]:
        """The smallest and largest value."""
        return min(self.values), max(self.values)


def _wrong(sentence: str, numbers: dict[str, float] | None = None) -> PydanticCustomError:
    """`numbers` are named in the sentence and shown in the unit of the field that holds the quantity."""
    context = {"sentence": sentence, "inner": True, "numbers": numbers or {}}
    return PydanticCustomError("sentence", "{sentence}", context)


def _which(value: Any) -> str:
    if isinstance(value, dict):
        return "discrete" if value.get("shape") == "discrete" else "range"
    if isinstance(value, RangeQuantity | DiscreteQuantity):
        return value.tag
    return "fixed"


QuantityDocument: TypeAlias = Annotated[
    Annotated[float, Tag("fixed")]
    | Annotated[RangeQuantity, Tag("range")]
    | Annotated[DiscreteQuantity, Tag("discrete")],
    Discriminator(_which),
]
"""A fixed number, a range or a few values. Canonical form: floats always."""
