"""Fleet and deal: documents to engine inputs, field by field, no rule of its own."""

from typing import Any, get_args

from costmodel.inputs.claim_terms import ProfitBand
from costmodel.inputs.compute_terms import ServiceTier
from costmodel.inputs.deal import Deal, DefaultTerms, Term, Tier, Trigger
from costmodel.inputs.equity_terms import ProviderStock, VestingStep
from costmodel.inputs.fleet import Fleet, Lot
from planner.core.documents import Document, inner_shapes, kind_of
from planner.core.quantities import RangeQuantity
from planner.deals.documents import (
    DealDocument,
    DefaultTermsDocument,
    ProfitBandDocument,
    ProviderStockDocument,
    ServiceTierDocument,
    TermDocument,
    TierDocument,
    TriggerDocument,
    VestingStepDocument,
)
from planner.fleets.documents import FleetDocument, LotDocument
from planner.runs.engine.quantities import quantity

_PARTS: dict[type[Document], Any] = {
    DefaultTermsDocument: DefaultTerms,
    ProviderStockDocument: ProviderStock,
    TriggerDocument: Trigger,
    TierDocument: Tier,
    ServiceTierDocument: ServiceTier,
    VestingStepDocument: VestingStep,
    ProfitBandDocument: ProfitBand,
}
_KINDS = {engine.__dataclass_fields__["kind"].default: engine for engine in get_args(Term)}
_SHAPES: dict[type[Document], Any] = _PARTS | {
    shape: _KINDS[kind_of(shape)] for shape in inner_shapes(get_args(TermDocument)[0]) if kind_of(shape)
}
"""What stands for each shape in the engine; both have the same fields, and a test holds them to it."""


def fleet(document: FleetDocument) -> Fleet:
    return Fleet(
        lots=tuple(_lot(lot) for lot in document.lots),
        power_usd_per_kwh=quantity(document.power_usd_per_kwh),
        power_usage_effectiveness=document.power_usage_effectiveness,
        mean_power_share=quantity(document.mean_power_share),
        availability=document.availability,
        residual_share=quantity(document.residual_share),
        site_residual_share=quantity(document.site_residual_share),
        residual_index_elasticity=document.residual_index_elasticity,
    )


def _lot(document: LotDocument) -> Lot:
    return Lot(
        key=document.key,
        chip=document.chip,
        contract=document.contract,
        chips=document.chips,
        online_from=document.online_from,
        ramp_quarters=document.ramp_quarters,
        built_share=quantity(document.built_share),
        lead_quarters=document.lead_quarters,
        it_capex_usd_per_chip=quantity(document.it_capex_usd_per_chip),
        site_capex_usd_per_kw=quantity(document.site_capex_usd_per_kw),
        it_life_quarters=document.it_life_quarters,
        last_replacement_quarters=document.last_replacement_quarters,
        site_life_quarters=document.site_life_quarters,
        operations_usd_per_chip_hour=quantity(document.operations_usd_per_chip_hour),
        network_capex_usd_per_chip=quantity(document.network_capex_usd_per_chip),
        colocation_usd_per_kw_month=quantity(document.colocation_usd_per_kw_month),
        it_salvage_share=quantity(document.it_salvage_share),
        site_salvage_share=quantity(document.site_salvage_share),
    )


def deal(document: DealDocument) -> Deal:
    stock = document.provider_stock
    return Deal(
        terms=tuple(_same(term) for term in document.terms),
        on_default=_same(document.on_default),
        provider_contract_rate=document.provider_contract_rate,
        provider_equity_rate=document.provider_equity_rate,
        provider_capex_rate=document.provider_capex_rate,
        lab_rate=document.lab_rate,
        provider_stock=None if stock is None else _same(stock),
        provider_tax_rate=document.provider_tax_rate,
        lab_tax_rate=document.lab_tax_rate,
    )


def _same(document: Document) -> Any:
    """What stands for the document in the engine, with its fields by name; labels stay here."""
    engine = _SHAPES[type(document)]
    names = engine.__dataclass_fields__.keys() & type(document).model_fields.keys()
    return engine(**{name: _value(document, name) for name in names})


def _value(document: Document, name: str) -> Any:
    held = getattr(document, name)
    if RangeQuantity in inner_shapes(type(document).model_fields[name].annotation):
        return quantity(held)
    if isinstance(held, tuple):
        return tuple(_same(item) if isinstance(item, Document) else item for item in held)
    return held
