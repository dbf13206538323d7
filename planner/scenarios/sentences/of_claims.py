"""What the lab earns and the provider gets a part of; finance and guarantees (M14-M16, M26-M30)."""

from django.utils.translation import gettext as _

from planner.core.formatting import money
from planner.deals.documents import (
    BackstopDocument,
    ChipLeaseDocument,
    CustomerLoanDocument,
    LeaseGuaranteeDocument,
    ProfitShareDocument,
    ResaleShareDocument,
    ResidualGuaranteeDocument,
    RevenueShareDocument,
)
from planner.scenarios.figures import typed
from planner.scenarios.sentences.words import (
    Parties,
    in_quarter,
    named,
    ranged,
    share,
    sides,
    span_of,
    times,
    together,
)


def revenue_share(term: RevenueShareDocument, parties: Parties) -> str:
    """The rate, what it is of, the cap and the end."""
    said = {
        **sides(parties),
        "rate": share(term.rate_share),
        "base": share(term.base_share),
        "cap": money(term.cap_usd),
        "before": money(term.paid_before_usd),
        "from": in_quarter(term.starts),
        "until": in_quarter(term.ends),
    }
    first = (
        _("%(lab)s pays %(provider)s %(rate)s of its revenue from %(from)s to %(until)s.")
        if term.base_share == 1
        else _("%(lab)s pays %(provider)s %(rate)s of %(base)s of its revenue from %(from)s to %(until)s.")
    )
    cap = ""
    if term.cap_usd > 0:
        cap = (
            _("It ends once %(cap)s are paid in all, of which %(before)s before the opening.")
            if term.paid_before_usd > 0
            else _("It ends once %(cap)s are paid in all.")
        )
    return together(first % said, cap % said)


def profit_share(term: ProfitShareDocument, parties: Parties) -> str:
    """Each band with its share and how far it reaches."""
    bands = [
        (_("%(share)s until %(until)s are received") if band.until_usd > 0 else _("%(share)s from then on"))
        % {"share": typed(band.share, "share"), "until": money(band.until_usd)}
        for band in term.bands
    ]
    said = {
        **sides(parties),
        "bands": ", ".join(bands) or _("no band yet"),
        "from": in_quarter(term.starts),
        "before": money(term.received_before_usd),
    }
    first = _("From %(from)s on %(provider)s gets a part of %(lab)s's quarterly profit: %(bands)s.")
    before = _("%(before)s count as received before the opening.")
    return together(first % said, before % said if term.received_before_usd > 0 else "")


def resale_share(term: ResaleShareDocument, parties: Parties) -> str:
    """What is resold, what it costs, and what the provider keeps."""
    said = {
        **sides(parties),
        "resold": share(term.resale_share),
        "cost": share(term.cost_share),
        "kept": share(term.profit_share),
        "from": in_quarter(term.starts),
        "until": in_quarter(term.ends),
    }
    return (
        _(
            "%(provider)s resells %(lab)s's models for %(resold)s of its revenue from %(from)s to %(until)s and keeps "
            "%(kept)s of what is left after inference cost of %(cost)s."
        )
        % said
    )


def chip_lease(term: ChipLeaseDocument, parties: Parties) -> str:
    """The chips, the rate, the debt, and what happens in the end."""
    said = {
        **sides(parties),
        "capex": ranged(term.capex_usd, "USD"),
        "span": span_of(term.starts, term.quarters),
        "rate": ranged(term.lease_rate_annual, "share a year"),
        "residual": share(term.residual_share),
        "debt": share(term.loan_to_value),
        "balloon": share(term.balloon_share),
        "debt_rate": ranged(term.debt_rate_annual, "share a year"),
    }
    leased = _(
        "%(lab)s leases chips worth %(capex)s from a vehicle of %(provider)s's %(span)s, at %(rate)s down to "
        "a residual of %(residual)s."
    )
    debt = (
        _("%(debt)s of their cost is debt at %(debt_rate)s, %(balloon)s of it due at the end.")
        if term.balloon_share > 0
        else _("%(debt)s of their cost is debt at %(debt_rate)s.")
    )
    option = (
        _("In the end %(lab)s may buy them at the residual.")
        if term.purchase_option
        else _("In the end they are sold at market value.")
    )
    return together(leased % said, debt % said if term.loan_to_value > 0 else "", option % said)


def residual_guarantee(term: ResidualGuaranteeDocument, parties: Parties) -> str:
    """What is guaranteed and how resale value falls."""
    said = {
        "lease": named(term.lease, parties),
        "guaranteed": money(term.guaranteed_usd),
        "falls": ranged(term.depreciation_annual, "share a year"),
        "power": times(term.index_elasticity),
    }
    return (
        _(
            "The chip vendor pays what the chips of %(lease)s fetch less than %(guaranteed)s or the debt left, at the "
            "end or on default; their resale value falls by %(falls)s and moves with the rental index to the power "
            "%(power)s."
        )
        % said
    )


def backstop(term: BackstopDocument, parties: Parties) -> str:
    """The price, the cap and the end."""
    said = {
        "contract": named(term.contract, parties),
        "price": ranged(term.price_usd_per_chip_hour, "USD per chip-hour"),
        "cap": money(term.cap_usd),
        "until": in_quarter(term.ends),
    }
    return (
        _(
            "The chip vendor buys the unsold capacity of %(contract)s at %(price)s, up to %(cap)s in all, until "
            "%(until)s."
        )
        % said
    )


def lease_guarantee(term: LeaseGuaranteeDocument, parties: Parties) -> str:
    """What is guaranteed, how it falls, and what is received for it."""
    said = {
        **sides(parties),
        "guaranteed": money(term.guaranteed_usd),
        "span": span_of(term.starts, term.quarters),
        "loss": share(term.loss_share),
        "premium": ranged(term.premium_usd, "USD"),
    }
    first = _(
        "%(provider)s guarantees a landlord's lease to %(lab)s, %(guaranteed)s falling to nothing %(span)s; on default "
        "it pays %(loss)s of what then stands."
    )
    premium = _("It gets warrants worth %(premium)s for that.")
    return together(first % said, premium % said if term.premium_usd != 0 else "")


def customer_loan(term: CustomerLoanDocument, parties: Parties) -> str:
    """How much, at which interest, and how it is repaid."""
    said = {
        **sides(parties),
        "principal": money(term.principal_usd),
        "paid": in_quarter(term.paid_on),
        "rate": ranged(term.rate_annual, "share a year"),
        "count": term.quarters,
        "contract": named(term.contract, parties),
    }
    repaid = {
        "cash": _("repaid in cash in %(count)d equal payments, for %(contract)s."),
        "set_off": _("taken from the bills of %(contract)s in %(count)d equal payments."),
    }
    lent = _("%(lab)s lends %(provider)s %(principal)s in %(paid)s at %(rate)s,")
    return together(lent % said, repaid[term.repaid] % said)
