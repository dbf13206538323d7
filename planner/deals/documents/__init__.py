"""Terms of a deal between a provider and a lab."""

from planner.deals.documents.claim_terms import (
    ProfitBandDocument,
    ProfitShareDocument,
    ResaleShareDocument,
    RevenueShareDocument,
)
from planner.deals.documents.compute_terms import (
    DeliveryDocument,
    DemandGovernorDocument,
    FirstRefusalDocument,
    MostFavouredDocument,
    PerformanceGuaranteeDocument,
    PrepaymentDocument,
    ReservationDocument,
    ServiceTierDocument,
    ServiceTiersDocument,
    TerminationFeeDocument,
)
from planner.deals.documents.conflict import TermConflict, name_of
from planner.deals.documents.contract_terms import (
    ComputeContractDocument,
    PriceStepsDocument,
    TakeOrPayDocument,
    TierDocument,
    VolumeTiersDocument,
)
from planner.deals.documents.deal import SCHEMA_VERSION, DealDocument, conflicts
from planner.deals.documents.equity_terms import (
    AntiDilutionDocument,
    ComputeCreditsDocument,
    ConvertibleNoteDocument,
    IpoRatchetDocument,
    OwnershipCapDocument,
    ProRataDocument,
    ProviderStockDocument,
    PutRightDocument,
    StockForContractDocument,
    VestingStepDocument,
    WarrantsDocument,
)
from planner.deals.documents.finance_terms import (
    BackstopDocument,
    ChipLeaseDocument,
    CustomerLoanDocument,
    LeaseGuaranteeDocument,
    ResidualGuaranteeDocument,
)
from planner.deals.documents.terms import DefaultTermsDocument, TermDocument
from planner.deals.documents.tranche_terms import (
    EquityTrancheDocument,
    PreferredDocument,
    TriggerDocument,
)

__all__ = [
    "SCHEMA_VERSION",
    "AntiDilutionDocument",
    "BackstopDocument",
    "ChipLeaseDocument",
    "ComputeContractDocument",
    "ComputeCreditsDocument",
    "ConvertibleNoteDocument",
    "CustomerLoanDocument",
    "DealDocument",
    "DefaultTermsDocument",
    "DeliveryDocument",
    "DemandGovernorDocument",
    "EquityTrancheDocument",
    "FirstRefusalDocument",
    "IpoRatchetDocument",
    "LeaseGuaranteeDocument",
    "MostFavouredDocument",
    "OwnershipCapDocument",
    "PerformanceGuaranteeDocument",
    "PreferredDocument",
    "PrepaymentDocument",
    "PriceStepsDocument",
    "ProRataDocument",
    "ProfitBandDocument",
    "ProfitShareDocument",
    "ProviderStockDocument",
    "PutRightDocument",
    "ResaleShareDocument",
    "ReservationDocument",
    "ResidualGuaranteeDocument",
    "RevenueShareDocument",
    "ServiceTierDocument",
    "ServiceTiersDocument",
    "StockForContractDocument",
    "TakeOrPayDocument",
    "TermConflict",
    "TermDocument",
    "TerminationFeeDocument",
    "TierDocument",
    "TriggerDocument",
    "VestingStepDocument",
    "VolumeTiersDocument",
    "WarrantsDocument",
    "conflicts",
    "name_of",
]
