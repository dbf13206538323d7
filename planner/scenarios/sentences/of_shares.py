"""Terms about shares of the lab or of the provider beside tranches (M02, M05-M11, M13)."""

from django.utils.translation import gettext as _

from planner.core.formatting import money, unit_price
from planner.deals.documents import (
    AntiDilutionDocument,
    ComputeCreditsDocument,
    ConvertibleNoteDocument,
    IpoRatchetDocument,
    OwnershipCapDocument,
    ProRataDocument,
    PutRightDocument,
    StockForContractDocument,
    VestingStepDocument,
    WarrantsDocument,
)
from planner.scenarios.sentences.words import (
    Parties,
    all_named,
    gigawatts_online,
    in_quarter,
    named,
    quarters,
    ranged,
    share,
    sides,
    times,
    together,
)


def compute_credits(term: ComputeCreditsDocument, parties: Parties) -> str:
    """How much of the tranche is credits, how they burn, when they lapse."""
    said = {
        **sides(parties),
        "face": money(term.face_usd),
        "tranche": named(term.tranche, parties),
        "contract": named(term.contract, parties),
        "burn": share(term.burn_share),
        "until": in_quarter(term.expires),
    }
    return (
        _(
            "%(provider)s pays %(face)s of %(tranche)s in credits: they cover up to %(burn)s of each bill of "
            "%(contract)s, and what is left after %(until)s lapses."
        )
        % said
    )


def convertible_note(term: ConvertibleNoteDocument, parties: Parties) -> str:
    """The loan, what it converts at, and what happens if it does not."""
    said = {
        **sides(parties),
        "principal": money(term.principal_usd),
        "paid": in_quarter(term.paid_on),
        "coupon": ranged(term.coupon_annual, "share a year"),
        "discount": share(term.discount_share),
        "cap": money(term.valuation_cap_usd),
        "round": money(term.qualified_round_usd),
        "matures": in_quarter(term.matures) if term.matures else "",
    }
    lent = _("%(provider)s lends %(lab)s %(principal)s in %(paid)s, with a coupon of %(coupon)s.")
    when = (
        _(
            "It becomes shares in the next round of at least %(round)s, at an IPO or in a sale, %(discount)s below the "
            "price"
        )
        if term.qualified_round_usd > 0
        else _("It becomes shares in the next round, at an IPO or in a sale, %(discount)s below the price")
    )
    cap = (
        _(", or at a value of all shares of %(cap)s if that is lower.") if term.valuation_cap_usd > 0 else "."
    )
    ends = (
        _("If none comes by %(matures)s it is repaid, as far as cash reaches.")
        if term.matures
        else _("It is never repaid.")
    )
    return together(lent % said, (when + cap) % said, ends % said)


def warrants(term: WarrantsDocument, parties: Parties) -> str:
    """The strike, each step with what it asks, and when the value is taken."""
    said = {
        **sides(parties),
        "contract": named(term.contract, parties),
        "strike": unit_price(term.strike_usd),
        "until": in_quarter(term.expires),
        "steps": "; ".join(_step(step) for step in term.steps) or _("no step yet"),
        "taken": {
            "at_vesting": _("as they vest"),
            "at_expiry": _("when they expire"),
        }[term.taken],
    }
    return (
        _(
            "%(provider)s grants %(lab)s warrants on its own shares at %(strike)s for buying under %(contract)s, "
            "until %(until)s: %(steps)s. Their value is taken %(taken)s, a rebate paid by dilution."
        )
        % said
    )


def _step(step: VestingStepDocument) -> str:
    """ "80,000,000 once $10.0 B are bought and 1 GW is online"."""
    asked = []
    if step.purchases_usd > 0:
        asked.append(_("%(usd)s are bought") % {"usd": money(step.purchases_usd)})
    if step.gigawatts > 0:
        asked.append(gigawatts_online(step.gigawatts))
    if step.share_price_usd > 0:
        asked.append(_("a share is worth %(usd)s") % {"usd": unit_price(step.share_price_usd)})
    if step.condition_hazard_annual != 0:
        asked.append(
            _("other conditions are met (%(chance)s a year)")
            % {"chance": share(step.condition_hazard_annual)}
        )
    said = {"shares": f"{step.shares:,.0f}", "asked": _(" and ").join(asked)}
    return _("%(shares)s once %(asked)s") % said if asked else _("%(shares)s at once") % said


def stock_for_contract(term: StockForContractDocument, parties: Parties) -> str:
    """How much stock, when, and how long it is held."""
    said = {
        **sides(parties),
        "amount": money(term.amount_usd),
        "contract": named(term.contract, parties),
        "issued": in_quarter(term.issued_on),
        "held": quarters(term.held_quarters),
    }
    return (
        _(
            "%(provider)s gives %(lab)s its own shares worth %(amount)s for %(contract)s in %(issued)s; the lab sells "
            "them %(held)s later, a rebate paid by dilution."
        )
        % said
    )


def anti_dilution(term: AntiDilutionDocument, parties: Parties) -> str:
    """Whose shares grow, and by which formula."""
    said = {**sides(parties), "tranches": all_named(term.tranches, parties)}
    formulas = {
        "weighted_average": _(
            "New shares below its price bring %(provider)s more shares, by the weighted average of old and new "
            "price, for: %(tranches)s."
        ),
        "full_ratchet": _(
            "New shares below its price bring %(provider)s as many shares as if it had paid the new price, for: "
            "%(tranches)s."
        ),
    }
    return formulas[term.formula] % said


def ipo_ratchet(term: IpoRatchetDocument, parties: Parties) -> str:
    """The price target."""
    said = {
        **sides(parties),
        "target": times(term.target_multiple),
        "tranches": all_named(term.tranches, parties),
    }
    return (
        _(
            "At an IPO below %(target)s times its price %(provider)s gets shares until its holding is worth that, "
            "for: %(tranches)s."
        )
        % said
    )


def pro_rata(term: ProRataDocument, parties: Parties) -> str:
    """How much of its part of each round the provider takes."""
    said = {**sides(parties), "uptake": share(term.uptake_share)}
    return _("%(provider)s buys %(uptake)s of its part of every later round, at the round's price.") % said


def ownership_cap(term: OwnershipCapDocument, parties: Parties) -> str:
    """The cap and what happens above it."""
    said = {**sides(parties), "cap": share(term.cap_share)}
    excess = {
        "non_voting": _(
            "%(provider)s holds at most %(cap)s of the votes; what is above is bought without votes."
        ),
        "not_bought": _("%(provider)s holds at most %(cap)s of the shares; what is above is not bought."),
    }
    return excess[term.excess] % said


def put_right(term: PutRightDocument, parties: Parties) -> str:
    """When the shares go back, and for what."""
    said = {
        **sides(parties),
        "by": in_quarter(term.by),
        "return": ranged(term.return_annual, "share a year"),
        "cash": share(term.cash_share),
        "tranches": all_named(term.tranches, parties),
    }
    return (
        _(
            "Without a listing or sale by %(by)s %(provider)s sells its shares back for its money with %(return)s, "
            "from at most %(cash)s of %(lab)s's cash, for: %(tranches)s."
        )
        % said
    )
