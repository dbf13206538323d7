"""Model families: documents to engine inputs, field by field, no rule of its own."""

from costmodel.inputs.families import Families, Family
from planner.runs.engine.quantities import quantity
from planner.scenarios.documents.families import FamiliesDocument, FamilyDocument


def families(document: FamiliesDocument) -> Families:
    return Families(
        lab_family=document.lab_family, members=tuple(_family(member) for member in document.members)
    )


def _family(document: FamilyDocument) -> Family:
    return Family(
        key=document.key,
        start_share=document.start_share,
        drift_quarterly=quantity(document.drift_quarterly),
        volatility_quarterly=quantity(document.volatility_quarterly),
        reversion_share=document.reversion_share,
        jumps_per_quarter=document.jumps_per_quarter,
        jump_log_mean=document.jump_log_mean,
        jump_log_sd=document.jump_log_sd,
        market_loading=document.market_loading,
        entry_hazard=document.entry_hazard,
        entry_share=document.entry_share,
        peak_share=quantity(document.peak_share),
        ramp_quarters=document.ramp_quarters,
    )
