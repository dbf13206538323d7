"""Fleet and deal: documents to engine inputs, field by field, no rule of its own."""

from costmodel.inputs.deal import (
    ComputeContract,
    Deal,
    DefaultTerms,
    EquityTranche,
    Preferred,
    PriceSteps,
    TakeOrPay,
    Term,
    Tier,
    Trigger,
    VolumeTiers,
)
from costmodel.inputs.fleet import Fleet, Lot
from planner.deals.documents import (
    ComputeContractDocument,
    DealDocument,
    DefaultTermsDocument,
    EquityTrancheDocument,
    PreferredDocument,
    PriceStepsDocument,
    TakeOrPayDocument,
    TermDocument,
    TriggerDocument,
    VolumeTiersDocument,
)
from planner.fleets.documents import FleetDocument, LotDocument
from planner.runs.engine.quantities import quantity


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
    return Deal(
        terms=tuple(_term(term) for term in document.terms),
        on_default=_default_terms(document.on_default),
        provider_contract_rate=document.provider_contract_rate,
        provider_equity_rate=document.provider_equity_rate,
        provider_capex_rate=document.provider_capex_rate,
        lab_rate=document.lab_rate,
    )


def _term(document: TermDocument) -> Term:
    match document:
        case ComputeContractDocument():
            return _compute_contract(document)
        case TakeOrPayDocument():
            return _take_or_pay(document)
        case VolumeTiersDocument():
            return _volume_tiers(document)
        case PriceStepsDocument():
            return _price_steps(document)
        case EquityTrancheDocument():
            return _equity_tranche(document)
        case PreferredDocument():
            return _preferred(document)


def _compute_contract(document: ComputeContractDocument) -> ComputeContract:
    return ComputeContract(
        key=document.key,
        starts=document.starts,
        quarters=document.quarters,
        reference_usd_per_chip_hour=quantity(document.reference_usd_per_chip_hour),
        discount_share=quantity(document.discount_share),
        signed_earlier=document.signed_earlier,
        kept_without_equity_share=quantity(document.kept_without_equity_share),
        built_without_equity_share=quantity(document.built_without_equity_share),
    )


def _take_or_pay(document: TakeOrPayDocument) -> TakeOrPay:
    return TakeOrPay(
        key=document.key,
        contract=document.contract,
        commitment_usd=document.commitment_usd,
        ramp_quarters=document.ramp_quarters,
        undelivered_due_share=quantity(document.undelivered_due_share),
        carry_forward_share=document.carry_forward_share,
        make_up_share=document.make_up_share,
    )


def _volume_tiers(document: VolumeTiersDocument) -> VolumeTiers:
    return VolumeTiers(
        key=document.key,
        contract=document.contract,
        basis=document.basis,
        tiers=tuple(
            Tier(from_usd=tier.from_usd, discount_share=tier.discount_share) for tier in document.tiers
        ),
    )


def _price_steps(document: PriceStepsDocument) -> PriceSteps:
    return PriceSteps(
        key=document.key,
        contract=document.contract,
        annual_step_down_share=quantity(document.annual_step_down_share),
        index_gap_share=quantity(document.index_gap_share),
        floor_usd_per_chip_hour=document.floor_usd_per_chip_hour,
    )


def _equity_tranche(document: EquityTrancheDocument) -> EquityTranche:
    return EquityTranche(
        key=document.key,
        amount_usd=document.amount_usd,
        state=document.state,
        triggers_needed=document.triggers_needed,
        triggers=tuple(_trigger(trigger) for trigger in document.triggers),
        longstop=document.longstop,
        notice_quarters=document.notice_quarters,
        obligation=document.obligation,
        option=document.option,
        option_margin_share=document.option_margin_share,
        price_rule=document.price_rule,
        valuation_usd=document.valuation_usd,
    )


def _trigger(document: TriggerDocument) -> Trigger:
    return Trigger(
        key=document.key,
        event=document.event,
        on=document.on,
        threshold=document.threshold,
        hazard_annual=quantity(document.hazard_annual),
    )


def _preferred(document: PreferredDocument) -> Preferred:
    return Preferred(
        key=document.key,
        tranches=document.tranches,
        multiple=document.multiple,
        ranks=document.ranks,
    )


def _default_terms(document: DefaultTermsDocument) -> DefaultTerms:
    return DefaultTerms(
        termination_share=quantity(document.termination_share),
        recovery_share=quantity(document.recovery_share),
        relet_lag_quarters=document.relet_lag_quarters,
        relet_price_share=quantity(document.relet_price_share),
        relet_utilisation=quantity(document.relet_utilisation),
    )
