"""The heat map: chips x models, each cell a price of 1M tokens with its band, at one kind of price."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from planner.core.formatting import rough_price, unit_price
from planner.runs.cost_table.facts import Facts, Subject
from planner.runs.cost_table.forms import Question
from planner.runs.cost_table.next_steps import Step, kind_step
from planner.runs.cost_table.owning import refused_hours
from planner.runs.cost_table.prices import DEAL, IN_WORDS, PICKS, Hour, Prices
from planner.runs.cost_table.speeds import Speed, bill_of

HEATS = 7


@dataclass(frozen=True, slots=True)
class Priced:
    """A chip at its price for a model: what 1M tokens cost, and the ends of its band."""

    chip: Subject
    hour: Hour
    speed: Speed
    usd: float

    @property
    def low(self) -> float:
        return self.usd * self.speed.low_factor

    @property
    def high(self) -> float:
        return self.usd * self.speed.high_factor


@dataclass(frozen=True, slots=True)
class GridCell:
    """What stands in a cell. `heat` is 1 (cheapest) to HEATS, by ratio; 0 where there is no price."""

    model: str
    usd: str
    band: str
    status: str
    heat: int
    says: str
    """Instead of a price, why there is none."""


@dataclass(frozen=True, slots=True)
class GridRow:
    """One chip. `says` stands instead of its cells when it has no price of the kind."""

    chip: Subject
    hour: str
    hour_from: str
    without: str
    """What its price leaves out, in words; "" for a complete one."""
    is_deal: bool
    precision: str
    others: int
    """How many other offers of the kind it was picked from."""
    cells: list[GridCell]
    says: str
    pick: str
    """Which of them this is, in words."""
    instead: Step | None
    """A kind of price that the release does know for the chip."""

    @property
    def offers(self) -> int:
        return self.others + 1


@dataclass(frozen=True, slots=True)
class Grid:
    """The table: models as columns, chips as rows."""

    models: list[Subject]
    rows: list[GridRow]
    priced: dict[str, list[Priced]]
    """By model, the cheapest first."""
    steps: list[tuple[int, str]] = field(default_factory=list)
    """(heat, the prices it stands for), for the legend."""
    left_out: list[str] = field(default_factory=list)
    """Why chips and models of the release are not here."""


def grid_of(facts: Facts, prices: Prices, speeds: dict[tuple[str, str], Speed], question: Question) -> Grid:
    """The table that was asked for."""
    chips = [one for one in facts.chips if question.vendor in ("", one.maker)]
    models = _served_first([one for one in facts.models if one.document and _is_asked(one, question)], speeds)
    priced = {model.key: _priced(model, chips, prices, speeds, question) for model in models}
    everything = [one.usd for found in priced.values() for one in found]
    scale = _Scale(everything)
    at = {(one.chip.key, model): one for model, found in priced.items() for one in found}
    rows = [_row(chip, models, prices, speeds, at, scale, question) for chip in chips if chip.document]
    chip_sort = "-chip" if question.sort == "-chip" else "chip"
    return Grid(
        models=models,
        rows=_sorted(rows, at, question.sort if question.sort.removeprefix("-") in priced else chip_sort),
        priced=priced,
        steps=scale.steps(),
        left_out=_left_out(facts, question),
    )


def _served_first(models: list[Subject], speeds: dict[tuple[str, str], Speed]) -> list[Subject]:
    """Models that no chip serves go to the end."""
    served = {model for (_chip, model), speed in speeds.items() if speed.is_served}
    return sorted(models, key=lambda one: one.key not in served)


def _left_out(facts: Facts, question: Question) -> list[str]:
    """Why chips and models are not in the table, and why chips have no owner's cost in it."""
    subjects = [
        one.missing
        for one in (*facts.chips, *facts.models)
        if one.missing and question.vendor in ("", one.maker)
    ]
    return subjects + (refused_hours(facts) if question.kind == "owners_cost" else [])


def _is_asked(model: Subject, question: Question) -> bool:
    return question.model in ("", model.key) and question.maker in ("", model.maker)


def _priced(
    model: Subject,
    chips: Sequence[Subject],
    prices: Prices,
    speeds: dict[tuple[str, str], Speed],
    question: Question,
) -> list[Priced]:
    """Every chip that has a price of the kind and serves the model, the cheapest first."""
    found = []
    for chip in chips:
        hour, speed = prices.hour(chip.label, question.kind), speeds.get((chip.key, model.key))
        if hour is None or speed is None or not speed.is_served:
            continue
        bill = bill_of(speed.chip_seconds_per_1m, question.point, hour.usd, question.utilisation)
        found.append(Priced(chip, hour, speed, bill.usd_per_1m[question.token]))
    return sorted(found, key=lambda one: one.usd)


def _row(
    chip: Subject,
    models: Sequence[Subject],
    prices: Prices,
    speeds: dict[tuple[str, str], Speed],
    at: dict[tuple[str, str], Priced],
    scale: "_Scale",
    question: Question,
) -> GridRow:
    hour = prices.hour(chip.label, question.kind)
    served = {speed.precision.upper() for model in models if (speed := speeds[chip.key, model.key]).is_served}
    says = ""
    if hour is None:
        says = _("The release holds no %(kind)s of %(chip)s.") % {
            "kind": _(IN_WORDS[question.kind]),
            "chip": chip.label,
        }
    return GridRow(
        chip=chip,
        hour=unit_price(hour.usd) if hour else "",
        hour_from=(hour.origin or hour.label) if hour else "",
        without=hour.without if hour else "",
        is_deal=hour is not None and hour.kind == DEAL,
        precision=", ".join(sorted(served)),
        others=max(len(prices.choosable(chip.label, question.kind)) - 1, 0),
        cells=[
            _cell(model, speeds[chip.key, model.key], at.get((chip.key, model.key)), scale, question)
            for model in models
        ],
        says=says,
        pick=_(PICKS[prices.pick]),
        instead=kind_step(prices.kinds_of(chip.label)) if says else None,
    )


def _cell(
    model: Subject, speed: Speed, priced: Priced | None, scale: "_Scale", question: Question
) -> GridCell:
    if priced is None:
        return GridCell(model.key, "", "", speed.status, 0, _why_not(model, speed, question))
    band = _("%(low)s to %(high)s") % {"low": rough_price(priced.low), "high": rough_price(priced.high)}
    return GridCell(model.key, unit_price(priced.usd), band, speed.status, scale.heat(priced.usd), "")


def _why_not(model: Subject, speed: Speed, question: Question) -> str:
    """The reason in two words; the page of the cell has the sentence."""
    if speed.is_served:
        return ""
    longest = model.document.max_context_tokens
    if longest is not None and question.point.input_tokens + question.point.output_tokens > longest:
        return _("context too short")
    return (
        _("does not fit")
        if "fit" in speed.reason
        else _("too slow")
        if "fast" in speed.reason
        else _("not served")
    )


def _sorted(rows: list[GridRow], at: dict[tuple[str, str], Priced], sort: str) -> list[GridRow]:
    """By the chip's name or by a model's column; chips without a price come last either way."""
    name, down = sort.removeprefix("-"), sort.startswith("-")
    by_name = sorted(rows, key=lambda row: row.chip.label.casefold(), reverse=down and name == "chip")
    if name == "chip":
        return sorted(by_name, key=lambda row: bool(row.says))
    sign = -1.0 if down else 1.0

    def place(row: GridRow) -> tuple[int, float]:
        found = at.get((row.chip.key, name))
        return (0, sign * found.usd) if found else (2 if row.says else 1, math.inf)

    return sorted(by_name, key=place)


class _Scale:
    """Seven steps of equal ratio between the cheapest and the dearest price shown."""

    def __init__(self, prices: list[float]) -> None:
        above = [price for price in prices if price > 0.0]
        self.low, self.high = (min(above), max(above)) if above else (0.0, 0.0)

    def heat(self, price: float) -> int:
        if not 0.0 < self.low < self.high or price <= self.low:
            return 1
        share = math.log(price / self.low) / math.log(self.high / self.low)
        return min(HEATS, 1 + int(share * HEATS))

    def steps(self) -> list[tuple[int, str]]:
        """(heat, "$0.10 to $0.20"); none when all prices are one."""
        if not 0.0 < self.low < self.high:
            return []
        ratio = (self.high / self.low) ** (1.0 / HEATS)
        ends = [self.low * ratio**step for step in range(HEATS + 1)]
        said = _("%(low)s to %(high)s")
        return [
            (step + 1, said % {"low": rough_price(ends[step]), "high": rough_price(ends[step + 1])})
            for step in range(HEATS)
        ]
