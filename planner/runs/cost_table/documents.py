"""A table as JSON: chips, models, operating points and prices of a chip-hour, each said in full."""

import math
from typing import ClassVar, Literal, Self, TypeAlias

from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _
from pydantic import Field, model_validator

from planner.core.canonical_json import JsonValue
from planner.core.documents import (
    Document,
    Key,
    choice,
    listed,
    number,
    part,
    read_document,
    repeated_keys,
    several_problems,
    words,
)
from planner.core.errors import Problem
from planner.runs.engine import catalog_table
from planner.scenarios.documents.model_checks import problems_of_model
from planner.scenarios.documents.serving import AttentionDocument, ExpertsDocument

Precision: TypeAlias = Literal["bf16", "fp8", "fp4", "mxfp4", "int4", "int8"]
PRECISIONS = {
    "bf16": _("BF16: 2 bytes a weight"),
    "fp8": _("FP8: 1 byte"),
    "fp4": _("NVFP4: half a byte and a scale"),
    "mxfp4": _("MXFP4: half a byte and a scale, widened where the chip has no four-bit unit"),
    "int4": _("INT4: half a byte, computed in BF16"),
    "int8": _("INT8: 1 byte, computed in BF16"),
}
PriceKind: TypeAlias = Literal[
    "list", "on_demand", "capacity_block", "reserved", "spot", "rental", "contract", "owners_cost"
]
PRICE_KINDS = {
    "owners_cost": _("owner's cost"),
    "list": _("on-demand list"),
    "on_demand": _("on-demand"),
    "capacity_block": _("capacity block"),
    "reserved": _("reserved"),
    "spot": _("spot"),
    "rental": _("rental"),
    "contract": _("contract"),
}
CURRENCY = "USD"
DEFAULT_UTILISATION = 0.6
MOST_ROWS = 20_000
"""Rows of a table; each carries some kilobytes of steps."""


class RatesDocument(Document):
    """Dense compute of one chip, without sparsity; what is left out, the chip cannot do."""

    title: ClassVar[str] = _("Dense compute")
    bf16: float | None = number(_("In BF16"), "TFLOPS", 0.1, 1e6, _("Without sparsity."), default=None)
    fp8: float | None = number(_("In FP8"), "TFLOPS", 0.1, 1e6, _("Without sparsity."), default=None)
    fp4: float | None = number(_("In FP4"), "TFLOPS", 0.1, 1e6, _("Without sparsity."), default=None)

    @model_validator(mode="after")
    def _holds_one(self) -> Self:
        if self.bf16 is None and self.fp8 is None and self.fp4 is None:
            sentence = translated("No compute rate is given. Give one for BF16, FP8 or FP4.")
            raise several_problems([Problem("", sentence)])
        return self


class TableChipDocument(Document):
    """A chip as specified."""

    title: ClassVar[str] = _("Chip")
    key: Key = words(_("Key"), _("A stable short name."), longest=60)
    label: str = words(_("Name"), _("What people call this chip."), default="")
    vendor: str = words(
        _("Vendor"), _("Who makes it; decides the band while it is not measured."), default=""
    )
    family: str = words(_("Family"), _("Chips whose measurements may be carried over."), default="")
    dense_tflops: RatesDocument = part(_("Dense compute"), _("By precision."))
    memory_gb: float = number(_("Memory"), "GB", 1.0, 1e5, _("High-bandwidth memory of one chip."))
    memory_tb_per_s: float = number(_("Memory bandwidth"), "TB/s", 0.01, 1e3, _("Of one chip."))
    link_gb_per_s: float = number(
        _("Link bandwidth"), "GB/s", 1.0, 1e5, _("To the other chips of the scale-up domain.")
    )
    scale_up_chips: int = number(
        _("Scale-up domain"), "chips", 1, 10_000, _("Most chips one copy of the model can span.")
    )


class TableModelDocument(Document):
    """A model as served."""

    title: ClassVar[str] = _("Model")
    key: Key = words(_("Key"), _("A stable short name."), longest=60)
    label: str = words(_("Name"), _("What people call this model."), default="")
    maker: str = words(_("Maker"), _("Who made it."), default="")
    max_context_tokens: float | None = number(
        _("Longest context"), "tokens", 1.0, 1e9, _("Empty when not known."), default=None
    )
    precision: Precision | None = choice(
        _("Precision"),
        _("Empty: as published in four bits, else FP8 where the chip has a rate for it, else BF16."),
        PRECISIONS,
        default=None,
    )
    active_parameters_b: float = number(
        _("Active parameters"), "billion", 0.01, 1e5, _("Used for each token.")
    )
    total_parameters_b: float = number(_("Total parameters"), "billion", 0.01, 1e6, _("Held in memory."))
    layers: int = number(_("Layers"), "layers", 1, 1000, _("Transformer layers."))
    hidden_size: int = number(_("Hidden size"), "values", 64, 1_000_000, _("Width of the model."))
    attention_heads: int = number(_("Attention heads"), "heads", 1, 10_000, _("Query heads."))
    head_dimension: int = number(_("Head dimension"), "values", 8, 10_000, _("Size of one query head."))
    attention: AttentionDocument = part(_("Attention"), _("What the model keeps per token."))
    experts: ExpertsDocument | None = part(_("Experts"), _("Empty for a dense model."), default=None)
    embedding_parameters_b: float = number(
        _("Input embedding"), "billion", 0.0, 1e4, _("Of the total: held, but not read."), default=0.0
    )

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        problems = problems_of_model(
            layers=self.layers,
            attention=self.attention,
            experts=self.experts,
            active_b=self.active_parameters_b,
            total_b=self.total_parameters_b,
            embedding_b=self.embedding_parameters_b,
        )
        if problems:
            raise several_problems(problems)
        return self


class PointDocument(Document):
    """A typical request and the limits of its service."""

    title: ClassVar[str] = _("Operating point")
    key: Key = words(_("Key"), _("A stable short name."), longest=60)
    label: str = words(_("Name"), _("What people call it."), default="")
    input_tokens: float = number(_("Prompt"), "tokens", 1.0, 1e7, _("Input tokens of a request."))
    cached_share: float = number(
        _("Cached share of prompt"), "share", 0.0, 0.99, _("Found in the cache."), default=0.0
    )
    output_tokens: float = number(_("Answer"), "tokens", 1.0, 1e6, _("Output tokens of a request."))
    minimum_tokens_per_s_per_user: float = number(
        _("Least speed"), "tokens/s per user", 0.1, 1e4, _("Slower service is not acceptable.")
    )
    maximum_seconds_to_first_token: float = number(
        _("Longest wait"), "seconds", 0.01, 1e4, _("Until the first token.")
    )


class OwnedHourDocument(Document):
    """What an owner's chip-hour is made of (E7)."""

    title: ClassVar[str] = _("Owner's cost")
    it_capex_usd_per_chip: float = number(
        _("Chip and its server"), "USD per chip", 0.0, 1e7, _("Paid once a life.")
    )
    it_life_quarters: int = number(
        _("Life of chips"), "quarters", 1, 80, _("Of chip and server."), default=20
    )
    site_capex_usd_per_kw: float = number(
        _("Site and power"), "USD per kW", 0.0, 1e6, _("Per provisioned kW."), default=0.0
    )
    site_life_quarters: int = number(_("Life of the site"), "quarters", 1, 200, _("Of the site."), default=80)
    provisioned_kw: float = number(
        _("Power provisioned"), "kW per chip", 0.01, 50.0, _("With its share of server, network and storage.")
    )
    mean_power_share: float = number(_("Mean power"), "share", 0.0, 1.0, _("Drawn, of what is provisioned."))
    power_usage_effectiveness: float = number(
        _("Power usage effectiveness"), "ratio", 1.0, 3.0, _("1 when cooling is in the provisioned power.")
    )
    power_usd_per_kwh: float = number(_("Power"), "USD per kWh", 0.0, 10.0, _("Price of energy."))
    network_capex_usd_per_chip: float = number(
        _("Network"), "USD per chip", 0.0, 1e6, _("Bought and replaced with the chip."), default=0.0
    )
    colocation_usd_per_kw_month: float = number(
        _("Colocation rent"),
        "USD per kW-month",
        0.0,
        1e4,
        _("Per provisioned kW, without power."),
        default=0.0,
    )
    it_salvage_share: float = number(
        _("Salvage of chips"), "share", 0.0, 1.0, _("Of their cost, at the end of their life."), default=0.0
    )
    site_salvage_share: float = number(
        _("Salvage of the site"), "share", 0.0, 1.0, _("Of its cost, at the end of its life."), default=0.0
    )
    operations_usd_per_chip_hour: float = number(
        _("Operations"), "USD per chip-hour", 0.0, 1e3, _("Staff, repairs, software."), default=0.0
    )
    availability: float = number(_("Availability"), "share", 0.5, 1.0, _("Hours that can be sold."))
    annual_rate: float = number(_("Cost of capital"), "share a year", 0.0, 1.0, _("Charged on capital."))


class PriceDocument(Document):
    """The price of a chip-hour: rented at a price, or owned and built from parts; exactly one kind."""

    title: ClassVar[str] = _("Price")
    key: Key = words(_("Key"), _("A stable short name."), longest=60)
    chip: Key = words(_("Chip"), _("The key of the chip."), longest=60)
    kind: PriceKind = choice(_("Price kind"), _("Whose price it is. Kinds are never mixed."), PRICE_KINDS)
    currency: str = words(_("Currency"), _("USD."), default=CURRENCY, longest=3)
    usd_per_chip_hour: float | None = number(
        _("Price"), "USD per chip-hour", 0.0, 1e4, _("Of an hour of one chip."), default=None
    )
    owned: OwnedHourDocument | None = part(
        _("Owner's cost"), _("Its parts, instead of a price."), default=None
    )

    @model_validator(mode="after")
    def _is_one_price(self) -> Self:
        problems = [Problem(path, said % {"key": self.key}) for path, said in self._problems()]
        if problems:
            raise several_problems(problems)
        return self

    def _problems(self) -> list[tuple[str, str]]:
        found = []
        if self.currency != CURRENCY:
            said = translated("Price %(key)s is in {currency}. A chip-hour must be in USD.")
            found.append(("currency", said.replace("{currency}", self.currency.replace("%", "%%"))))
        if self.usd_per_chip_hour is not None and self.owned is not None:
            said = translated(
                "Price %(key)s mixes kinds: it has a rented price and owned parts. Give one of the two."
            )
            found.append(("owned", said))
        if self.usd_per_chip_hour is None and self.owned is None:
            said = translated("Price %(key)s has neither a price of a chip-hour nor owned parts. Give one.")
            found.append(("usd_per_chip_hour", said))
        if self.owned is not None and self.kind != "owners_cost":
            said = translated(
                "Price %(key)s mixes kinds: owned parts make an owner's cost, but its kind is another."
                " Say owners_cost."
            )
            found.append(("kind", said))
        return found


class TableDocument(Document):
    """Everything a cost table is computed from."""

    title: ClassVar[str] = _("Cost table")
    schema_version: Literal[1] = Field(title=_("Schema version"), description=_("Of this document."))
    chips: tuple[TableChipDocument, ...] = listed(_("Chips"), _("At least one."), most=200)
    models: tuple[TableModelDocument, ...] = listed(_("Models"), _("At least one."), most=200)
    operating_points: tuple[PointDocument, ...] = listed(_("Operating points"), _("At least one."), most=20)
    prices: tuple[PriceDocument, ...] = listed(_("Prices"), _("Of a chip-hour, at least one."), most=1000)
    utilisation: float = number(
        _("Use of paid hours"),
        "share",
        0.01,
        1.0,
        _("Paid chip-hours that serve."),
        default=DEFAULT_UTILISATION,
    )

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        problems = [*self._missing_lists(), *self._unknown_chips(), *self._beyond_context(), *self._no_rate()]
        problems += self._too_many_rows()
        for name in ("chips", "models", "operating_points", "prices"):
            problems += repeated_keys(name, getattr(self, name))
        if problems:
            raise several_problems(problems)
        return self

    def _missing_lists(self) -> list[Problem]:
        said = translated("%(title)s: the list is empty. Give at least one.")
        return [
            Problem(name, said % {"title": translated(field.title or name)})
            for name, field in type(self).model_fields.items()
            if getattr(self, name) == ()
        ]

    def _too_many_rows(self) -> list[Problem]:
        counts = {
            "prices": len(self.prices),
            "models": len(self.models),
            "points": len(self.operating_points),
        }
        rows = math.prod(counts.values())
        if rows <= MOST_ROWS:
            return []
        said = translated(
            "%(prices)d prices x %(models)d models x %(points)d operating points make %(rows)s rows."
            " A table may have at most %(most)s. Leave some out, or split the table."
        )
        return [Problem("prices", said % {**counts, "rows": f"{rows:,}", "most": f"{MOST_ROWS:,}"})]

    def _unknown_chips(self) -> list[Problem]:
        known = {chip.key for chip in self.chips}
        said = translated(
            "Price %(key)s is for the chip “%(chip)s”, which is not in chips. Known: %(known)s."
        )
        return [
            Problem(
                f"prices[{price.key}].chip",
                said % {"key": price.key, "chip": price.chip, "known": ", ".join(sorted(known))},
            )
            for price in self.prices
            if price.chip not in known
        ]

    def _beyond_context(self) -> list[Problem]:
        said = translated(
            "A request of %(point)s has %(asked)s tokens, but %(model)s holds %(holds)s tokens of context."
            " Shorten the request or leave the model out."
        )
        return [
            Problem(
                f"operating_points[{point.key}].input_tokens",
                said
                % {
                    "point": point.label or point.key,
                    "asked": f"{point.input_tokens + point.output_tokens:,.0f}",
                    "model": model.label or model.key,
                    "holds": f"{model.max_context_tokens:,.0f}",
                },
            )
            for point in self.operating_points
            for model in self.models
            if model.max_context_tokens is not None
            and point.input_tokens + point.output_tokens > model.max_context_tokens
        ]

    def _no_rate(self) -> list[Problem]:
        return [
            _lacking(chip, model)
            for model in self.models
            for chip in self.chips
            if not _serves(chip.dense_tflops, model)
        ]


def _serves(rates: RatesDocument, model: TableModelDocument) -> bool:
    """Whether the chip has a rate that the model can be computed at."""
    return any(getattr(rates, name) is not None for name in _rates_of(model)[1])


def _rates_of(model: TableModelDocument) -> tuple[str, tuple[str, ...]]:
    return catalog_table.rates_of(model.label or model.key, model.precision)


def _lacking(chip: TableChipDocument, model: TableModelDocument) -> Problem:
    precision, rates = _rates_of(model)
    said = translated(
        "%(chip)s has no compute rate in %(rates)s, in which %(model)s is to be served."
        " Give the rate or another precision."
    )
    if precision and rates != (precision,):
        said = translated(
            "%(chip)s has no compute rate in %(rates)s, in which %(model)s is computed when it is served in"
            " %(precision)s. Give the rate or another precision."
        )
    words = {
        "chip": chip.label or chip.key,
        "model": model.label or model.key,
        "rates": translated(" or ").join(name.upper() for name in rates),
        "precision": precision.upper(),
    }
    return Problem(f"chips[{chip.key}].dense_tflops.{rates[0]}", said % words)


def table_document(value: JsonValue) -> TableDocument:
    """The typed table. Raises InvalidInput naming every field that is wrong."""
    return read_document(TableDocument, value)
