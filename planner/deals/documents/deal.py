"""The deal: its parties, terms, default terms and discount rates."""

from typing import ClassVar, Self

from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _
from pydantic import ValidationInfo, model_validator

from planner.core.documents import Document, is_kept, listed, number, part, several_problems, words
from planner.core.errors import Problem
from planner.deals.documents.conflict import TermConflict, name_of
from planner.deals.documents.conflicts import conflicts_between
from planner.deals.documents.equity_terms import (
    ProviderStockDocument,
    StockForContractDocument,
    WarrantsDocument,
)
from planner.deals.documents.terms import DefaultTermsDocument, TermDocument

SCHEMA_VERSION = 1


class DealDocument(Document):
    """Dated terms between a provider and a lab, and the rates at which each side discounts its cash."""

    title: ClassVar[str] = _("Deal")
    provider: str = words(_("Provider"), _("The cloud or chip maker."), shortest=1)
    lab: str = words(_("Lab"), _("The AI lab."), shortest=1)
    terms: tuple[TermDocument, ...] = listed(_("Terms"), _("What was agreed, term by term."))
    on_default: DefaultTermsDocument = part(_("On default"), _("What happens when the lab defaults."))
    provider_contract_rate: float = number(
        _("Provider's rate for contract cash"),
        "share a year",
        -0.5,
        1.0,
        _("Discount rate without default risk."),
    )
    provider_equity_rate: float = number(
        _("Provider's rate for equity"), "share a year", -0.5, 1.0, _("Discount rate for equity cash.")
    )
    provider_capex_rate: float = number(
        _("Provider's rate for capex"), "share a year", -0.5, 1.0, _("Discount rate for capital spending.")
    )
    lab_rate: float = number(
        _("Lab's rate"), "share a year", -0.5, 1.0, _("Discount rate for the lab's cash.")
    )
    provider_stock: ProviderStockDocument | None = part(
        _("Provider's shares"), _("Their price, for terms paid in the provider's own shares."), default=None
    )
    provider_tax_rate: float = number(
        _("Provider's tax rate"),
        "share",
        0.0,
        0.9,
        _(
            "On its margin and on shares above their cost. 0 leaves tax out; it moves the worth after tax alone."
        ),
        default=0.0,
    )
    lab_tax_rate: float = number(
        _("Lab's tax rate"),
        "share",
        0.0,
        0.9,
        _(
            "On what the deal changes in its operating cash. 0 leaves tax out; it moves the worth after tax alone."
        ),
        default=0.0,
    )

    @model_validator(mode="after")
    def _terms_go_together(self, info: ValidationInfo) -> Self:
        problems = [Problem(found.path, found.sentence) for found in conflicts(self) if found.is_error]
        if problems and not is_kept(info):
            raise several_problems(problems)
        return self


def conflicts(deal: DealDocument) -> list[TermConflict]:
    """Everything about the terms that must stop or warn, errors first."""
    return _about_provider_stock(deal) + conflicts_between(deal.terms)


def _about_provider_stock(deal: DealDocument) -> list[TermConflict]:
    """Terms paid in the provider's shares need their price."""
    paid_in_shares = [t for t in deal.terms if isinstance(t, WarrantsDocument | StockForContractDocument)]
    if deal.provider_stock is not None or not paid_in_shares:
        return []
    sentence = translated("%(term)s is paid in the provider's shares. Give their price.")
    said = sentence % {"term": name_of(paid_in_shares[0])}
    return [TermConflict("provider_stock.price_usd", said, True)]
