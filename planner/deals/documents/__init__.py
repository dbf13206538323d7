"""Terms of a deal between a provider and a lab."""

from planner.deals.documents.conflicts import TermConflict, name_of
from planner.deals.documents.deal import SCHEMA_VERSION, DealDocument, conflicts
from planner.deals.documents.terms import (
    ComputeContractDocument,
    DefaultTermsDocument,
    EquityTrancheDocument,
    PreferredDocument,
    PriceStepsDocument,
    TakeOrPayDocument,
    TermDocument,
    TierDocument,
    TriggerDocument,
    VolumeTiersDocument,
)

__all__ = [
    "SCHEMA_VERSION",
    "ComputeContractDocument",
    "DealDocument",
    "DefaultTermsDocument",
    "EquityTrancheDocument",
    "PreferredDocument",
    "PriceStepsDocument",
    "TakeOrPayDocument",
    "TermConflict",
    "TermDocument",
    "TierDocument",
    "TriggerDocument",
    "VolumeTiersDocument",
    "conflicts",
    "name_of",
]
