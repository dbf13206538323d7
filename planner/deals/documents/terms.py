"""Every term a deal can be made of, in the order of the engine's union, and what happens on default."""

from typing import Annotated, ClassVar, TypeAlias

from django.utils.translation import gettext_noop as _
from pydantic import Field

from planner.core.documents import Document, number
from planner.core.quantities import QuantityDocument
from planner.deals.documents.claim_terms import (
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
    ServiceTiersDocument,
    TerminationFeeDocument,
)
from planner.deals.documents.contract_terms import (
    ComputeContractDocument,
    PriceStepsDocument,
    TakeOrPayDocument,
    VolumeTiersDocument,
)
from planner.deals.documents.equity_terms import (
    AntiDilutionDocument,
    ComputeCreditsDocument,
    ConvertibleNoteDocument,
    IpoRatchetDocument,
    OwnershipCapDocument,
    ProRataDocument,
    PutRightDocument,
    StockForContractDocument,
    WarrantsDocument,
)
from planner.deals.documents.finance_terms import (
    BackstopDocument,
    ChipLeaseDocument,
    CustomerLoanDocument,
    LeaseGuaranteeDocument,
    ResidualGuaranteeDocument,
)
from planner.deals.documents.tranche_terms import (
    EquityTrancheDocument,
    PreferredDocument,
)

TermDocument: TypeAlias = Annotated[
    ComputeContractDocument
    | TakeOrPayDocument
    | VolumeTiersDocument
    | PriceStepsDocument
    | MostFavouredDocument
    | PerformanceGuaranteeDocument
    | PrepaymentDocument
    | ReservationDocument
    | ServiceTiersDocument
    | DeliveryDocument
    | TerminationFeeDocument
    | FirstRefusalDocument
    | DemandGovernorDocument
    | EquityTrancheDocument
    | PreferredDocument
    | ComputeCreditsDocument
    | ConvertibleNoteDocument
    | WarrantsDocument
    | StockForContractDocument
    | AntiDilutionDocument
    | IpoRatchetDocument
    | ProRataDocument
    | OwnershipCapDocument
    | PutRightDocument
    | RevenueShareDocument
    | ProfitShareDocument
    | ResaleShareDocument
    | ChipLeaseDocument
    | ResidualGuaranteeDocument
    | BackstopDocument
    | LeaseGuaranteeDocument
    | CustomerLoanDocument,
    Field(discriminator="kind"),
]


class DefaultTermsDocument(Document):
    """What happens to the contracts when the lab defaults (E29): a claim, and capacity let again after a lag."""

    title: ClassVar[str] = _("On default")
    termination_share: QuantityDocument = number(
        _("Termination claim"),
        "share",
        0.0,
        1.0,
        _("Share of the remaining commitment that becomes a claim."),
    )
    recovery_share: QuantityDocument = number(
        _("Recovery of claims"), "share", 0.0, 1.0, _("Share of the claim that is paid in the end.")
    )
    relet_lag_quarters: int = number(
        _("Time to let again"),
        "quarters",
        0,
        40,
        _("Quarters until the capacity has a new customer."),
        default=2,
    )
    relet_price_share: QuantityDocument = number(
        _("Price when let again"), "share", 0.0, 5.0, _("Of the market price of the day.")
    )
    relet_utilisation: QuantityDocument = number(
        _("Use when let again"), "share", 0.0, 1.0, _("Share of the capacity that finds a new customer.")
    )
    true_up_recovery_share: QuantityDocument = number(
        _("Recovery of the year's shortfall"),
        "share",
        0.0,
        1.0,
        _("Of the shortfall that ran up in the contract year of the default; 0%: it lapses."),
        default=0.0,
    )
