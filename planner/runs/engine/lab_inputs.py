"""Lab, valuation and exit: documents to engine inputs, field by field, no rule of its own."""

from costmodel.inputs.lab import Estate, Exit, FilingDrivers, Lab, LockUpRelease, QuotedOdds, Valuation
from planner.runs.engine.quantities import quantity
from planner.scenarios.documents.lab import (
    EstateDocument,
    ExitDocument,
    FilingDriversDocument,
    LabDocument,
    LockUpReleaseDocument,
    QuotedOddsDocument,
    ValuationDocument,
)


def lab(document: LabDocument) -> Lab:
    return Lab(
        opening_cash_usd=quantity(document.opening_cash_usd),
        other_cost_usd_per_quarter=quantity(document.other_cost_usd_per_quarter),
        other_cost_growth_annual=quantity(document.other_cost_growth_annual),
        other_cost_share_of_revenue=quantity(document.other_cost_share_of_revenue),
        round_below_runway_quarters=document.round_below_runway_quarters,
        round_size_quarters=document.round_size_quarters,
        round_limit_share=document.round_limit_share,
        round_open_cold=document.round_open_cold,
        round_open_normal=document.round_open_normal,
        round_open_hot=document.round_open_hot,
        distress_hazard_short=document.distress_hazard_short,
        distress_hazard_long=document.distress_hazard_long,
        estate=_estate(document.estate) if document.estate else None,
    )


def _estate(document: EstateDocument) -> Estate:
    return Estate(
        value_share=quantity(document.value_share),
        unsecured_claims_usd=quantity(document.unsecured_claims_usd),
    )


def valuation(document: ValuationDocument) -> Valuation:
    return Valuation(
        opening_equity_value_usd=document.opening_equity_value_usd,
        mature_multiple=quantity(document.mature_multiple),
        half_life_quarters=document.half_life_quarters,
        volatility_annual=quantity(document.volatility_annual),
        market_loading=document.market_loading,
        jumps_per_year=document.jumps_per_year,
        jump_log_sd=document.jump_log_sd,
        debt_usd=document.debt_usd,
        other_preferences_usd=document.other_preferences_usd,
        regime_now=document.regime_now,
        regime_persistence=document.regime_persistence,
        regime_share_cold=document.regime_share_cold,
        regime_share_hot=document.regime_share_hot,
        regime_log_multiple=document.regime_log_multiple,
    )


def exit_rules(document: ExitDocument) -> Exit:
    return Exit(
        state_now=document.state_now,
        confidential_filing_annual=document.confidential_filing_annual,
        quoted_odds=tuple(_quoted_odds(odds) for odds in document.quoted_odds),
        later_hazard=document.later_hazard,
        quoted_on=document.quoted_on,
        later_hazard_decay=document.later_hazard_decay,
        value_floor_usd=document.value_floor_usd,
        value_sensitivity=document.value_sensitivity,
        regime_sensitivity=document.regime_sensitivity,
        withdrawal_probability=quantity(document.withdrawal_probability),
        retry_hazard=quantity(document.retry_hazard),
        listing_lag_quarters=document.listing_lag_quarters,
        offer_share=document.offer_share,
        book_building_sd=document.book_building_sd,
        first_day_mean=quantity(document.first_day_mean),
        first_day_sd=document.first_day_sd,
        drift_annual=quantity(document.drift_annual),
        drift_quarters=document.drift_quarters,
        report_jump_probability=document.report_jump_probability,
        report_jump_mean=document.report_jump_mean,
        report_jump_sd=document.report_jump_sd,
        lock_up=tuple(_lock_up_release(release) for release in document.lock_up),
        turnover_annual=document.turnover_annual,
        participation_share=document.participation_share,
        price_impact_share=document.price_impact_share,
        sale_hazard=document.sale_hazard,
        sale_premium_log_sd=document.sale_premium_log_sd,
        drivers=filing_drivers(document.drivers) if document.drivers else None,
    )


def filing_drivers(document: FilingDriversDocument) -> FilingDrivers:
    return FilingDrivers(
        margin_sensitivity=document.margin_sensitivity,
        control_sensitivity=document.control_sensitivity,
        litigation_sensitivity=document.litigation_sensitivity,
        litigation_level=quantity(document.litigation_level),
    )


def _quoted_odds(document: QuotedOddsDocument) -> QuotedOdds:
    return QuotedOdds(
        by=document.by,
        probability=document.probability,
    )


def _lock_up_release(document: LockUpReleaseDocument) -> LockUpRelease:
    return LockUpRelease(
        quarters_after_listing=document.quarters_after_listing,
        share=document.share,
        price_over_offer=document.price_over_offer,
    )
