"""The whole input of one computation, and the rules that tie its parts together."""

from dataclasses import dataclass
from typing import TypeVar

from costmodel.inputs.deal import (
    ComputeContract,
    Deal,
    EquityTranche,
    Preferred,
    PriceSteps,
    TakeOrPay,
    VolumeTiers,
)
from costmodel.inputs.demand import Demand, LoadShape, MarketPrices, Placement
from costmodel.inputs.equity_terms import ComputeCredits, ConvertibleNote, StockForContract, Warrants
from costmodel.inputs.fleet import Fleet
from costmodel.inputs.lab import Exit, Lab, Valuation
from costmodel.inputs.levers import NEEDS_REPLAY, NO_LEVERS, Levers
from costmodel.inputs.serving import Chip, ServedModel, Workload
from costmodel.inputs.term_dates import check_dates
from costmodel.timeline import Timeline

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Everything the engine reads. Equal scenarios, seeds and draws give equal bytes."""

    timeline: Timeline
    chips: tuple[Chip, ...]
    model: ServedModel
    workload: Workload
    demand: Demand
    load: LoadShape
    placement: Placement
    market: MarketPrices
    fleet: Fleet
    deal: Deal
    lab: Lab
    valuation: Valuation
    exit: Exit
    levers: Levers = NO_LEVERS

    def __post_init__(self) -> None:
        """Refuse a lever with a window on a load that was never replayed, and terms outside the horizon."""
        if self.levers.need_replay and self.load.replay is None:
            raise ValueError(f"load: {NEEDS_REPLAY}")
        check_dates(self.deal.terms, self.timeline)

    def chip(self, key: str) -> Chip:
        """Return the chip with this key; KeyError when there is none."""
        return next(chip for chip in self.chips if chip.key == key)

    def terms_of(self, shape: type[T] | tuple[type[T], ...]) -> tuple[T, ...]:
        """Return the terms of one shape, or of several, in document order."""
        return tuple(term for term in self.deal.terms if isinstance(term, shape))

    def term_of(self, shape: type[T], contract: str) -> T | None:
        """Return the first term of one shape that names this contract; None when there is none."""
        return next((t for t in self.terms_of(shape) if getattr(t, "contract", "") == contract), None)

    def contracts(self) -> tuple[ComputeContract, ...]:
        """Return the compute contracts in document order."""
        return tuple(term for term in self.deal.terms if isinstance(term, ComputeContract))

    def tranches(self) -> tuple[EquityTranche, ...]:
        """Return the equity tranches in document order."""
        return tuple(term for term in self.deal.terms if isinstance(term, EquityTranche))

    def preferred_of(self, tranche: str) -> Preferred | None:
        """Return the preference that covers a tranche; None means common from the start."""
        for term in self.deal.terms:
            if isinstance(term, Preferred) and tranche in term.tranches:
                return term
        return None

    def all_of(self, kind: type[T]) -> tuple[T, ...]:
        """Return the terms of one kind in document order."""
        return tuple(term for term in self.deal.terms if isinstance(term, kind))

    def brings_equity(self) -> bool:
        """Return whether the provider gives money for shares of the lab, or shares of its own: then there is a world
        without the equity (E32).
        """
        given = (EquityTranche, ConvertibleNote, Warrants, StockForContract)
        return any(isinstance(term, given) for term in self.deal.terms)

    def cash_of(self, tranche: EquityTranche) -> float:
        """Return USD of a tranche that is paid in cash: all but what is given in compute credits (M02)."""
        faces = (term.face_usd for term in self.all_of(ComputeCredits) if term.tranche == tranche.key)
        return tranche.amount_usd - min(sum(faces), tranche.amount_usd)

    def take_or_pay_of(self, contract: str) -> TakeOrPay | None:
        """Return the minimum of a contract; None means pay as used."""
        return next((t for t in self.deal.terms if isinstance(t, TakeOrPay) and t.contract == contract), None)

    def tiers_of(self, contract: str) -> VolumeTiers | None:
        """Return the volume tiers of a contract; None means one price."""
        return next(
            (t for t in self.deal.terms if isinstance(t, VolumeTiers) and t.contract == contract), None
        )

    def steps_of(self, contract: str) -> PriceSteps | None:
        """Return the price steps of a contract; None means the price stands."""
        return next(
            (t for t in self.deal.terms if isinstance(t, PriceSteps) and t.contract == contract), None
        )
