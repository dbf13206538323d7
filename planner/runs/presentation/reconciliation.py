"""From the ledger to the headline: the means a reader would lay beside each other, each with what it covers.

They are definitions, not steps of a sum: the ledger is the whole book and undiscounted, the headline is what the
equity adds, discounted.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from planner.core.formatting import money
from planner.runs.presentation.ledger import before_equity_usd
from planner.runs.presentation.outcomes import TITLES, Result, has_equity, part


@dataclass(frozen=True, slots=True)
class Line:
    """One mean with its scope in words."""

    title: str
    figure: str
    scope: str


def lines(result: Result) -> list[Line]:
    """The provider's, as many as the result has; none without equity, where the contract is the whole story."""
    if not has_equity(result):
        return []
    adds = _("what the equity adds over the same deal without it, discounted")
    found = (
        (_("Cash before equity"), before_equity_usd(result), _("whole book: all contracts, undiscounted")),
        (_(TITLES["margin_cash_pv_usd"]), part(result, "margin_cash_pv_usd"), adds),
        (
            _(TITLES["equity_paid_usd"]),
            part(result, "equity_paid_usd"),
            _("every tranche once it is called, undiscounted"),
        ),
        (
            _(TITLES["provider_npv_usd"]),
            part(result, "provider_npv_usd"),
            _("that margin and the shares sold, less the equity paid, discounted"),
        ),
    )
    return [Line(title, money(mean), scope) for title, mean, scope in found if mean is not None]
