"""Reservation, priority, delivery, and how capacity is left, kept or bounded (M22-M25, M31, M32)."""

from django.utils.translation import gettext as _

from planner.deals.documents import (
    DeliveryDocument,
    DemandGovernorDocument,
    FirstRefusalDocument,
    ReservationDocument,
    ServiceTiersDocument,
    TerminationFeeDocument,
    name_of,
)
from planner.scenarios.figures import typed
from planner.scenarios.sentences.words import (
    Parties,
    in_quarter,
    named,
    quarters,
    ranged,
    share,
    sides,
    times,
    together,
)


def reservation(term: ReservationDocument, parties: Parties) -> str:
    """The fee, its ramp, and who may leave when."""
    said = {
        **sides(parties),
        "contract": named(term.contract, parties),
        "fee": ranged(term.fee_usd_per_chip_hour, "USD per chip-hour"),
        "ramp": quarters(term.ramp_quarters),
        "reduced": share(term.ramp_fee_share),
        "notice": quarters(term.notice_quarters),
        "below": times(term.exit_below_index),
        "above": times(term.provider_exit_above_index),
        "from": in_quarter(term.notice_from) if term.notice_from else "",
    }
    clauses = [
        (
            True,
            _(
                "%(lab)s pays %(fee)s for the capacity of %(contract)s held ready, used or not, on top of the price "
                "for use."
            ),
        ),
        (term.ramp_quarters > 0, _("During the first %(ramp)s it pays %(reduced)s of that.")),
        (
            term.notice_from is not None and term.exit_below_index > 0,
            _(
                "From %(from)s on %(lab)s gives notice of %(notice)s once the rental index is below %(below)s, "
                "and the contract ends."
            ),
        ),
        (
            term.notice_from is not None and term.provider_exit_above_index > 0,
            _(
                "From %(from)s on %(provider)s gives notice of %(notice)s once the rental index is above %(above)s, "
                "and the contract ends."
            ),
        ),
    ]
    return together(*(words % said for counts, words in clauses if counts))


def service_tiers(term: ServiceTiersDocument, parties: Parties) -> str:
    """Each tier with its part of use, price and cap."""
    listed = ", ".join(
        _("%(name)s %(use)s at %(price)s times the price, up to %(cap)s of the capacity")
        % {
            "name": name_of(tier),
            "use": typed(tier.use_share, "share"),
            "price": times(tier.price_multiple),
            "cap": typed(tier.cap_share, "share"),
        }
        for tier in term.tiers
    )
    said = {
        **sides(parties),
        "contract": named(term.contract, parties),
        "tiers": listed or _("no tier yet"),
    }
    return _("%(lab)s's use of %(contract)s is served in tiers, the last one shed first: %(tiers)s.") % said


def delivery(term: DeliveryDocument, parties: Parties) -> str:
    """The delay, its damages, and when the lab leaves."""
    said = {
        **sides(parties),
        "contract": named(term.contract, parties),
        "delay": times(term.delay_quarters),
        "damages": share(term.damages_share),
        "grace": quarters(term.grace_quarters),
        "missing": share(term.exit_missing_share),
    }
    damages = (
        _("After %(grace)s %(provider)s pays %(damages)s of the price of each missing chip-hour.")
        if term.damages_share > 0
        else _("No damages are paid after the %(grace)s of grace.")
    )
    leaves = _("%(lab)s leaves, with nothing owed, once more than %(missing)s of what is due is missing.")
    return together(
        _("The capacity of %(contract)s comes %(delay)s quarters late.") % said,
        damages % said,
        leaves % said if term.exit_missing_share < 1 else "",
    )


def termination_fee(term: TerminationFeeDocument, parties: Parties) -> str:
    """The fee by year, what is taken off, and when the lab may leave of its own will."""
    said = {
        **sides(parties),
        "contract": named(term.contract, parties),
        "fees": ", ".join(typed(one, "share") for one in term.fee_shares) or _("no share yet"),
        "mitigation": share(term.mitigation_share),
        "from": in_quarter(term.exit_from) if term.exit_from else "",
        "below": times(term.exit_below_index),
    }
    fee = (
        _(
            "Leaving %(contract)s early costs %(lab)s a share of the remaining minimum by contract year: %(fees)s."
        )
        if term.mitigation_share == 0
        else _(
            "Leaving %(contract)s early costs %(lab)s a share of the remaining minimum by contract year, "
            "%(fees)s, less %(mitigation)s for what is let again."
        )
    )
    leaves = _("From %(from)s on it leaves once the rental index is below %(below)s.")
    may_leave = term.exit_from is not None and term.exit_below_index > 0
    return together(fee % said, leaves % said if may_leave else "")


def first_refusal(term: FirstRefusalDocument, parties: Parties) -> str:
    """What is exclusive, what is offered first, and at which price."""
    said = {
        **sides(parties),
        "exclusive": share(term.exclusive_share),
        "offered": share(term.refusal_share),
        "gap": share(term.match_gap_share),
        "from": in_quarter(term.starts),
        "until": in_quarter(term.ends),
    }
    clauses = [
        (
            True,
            _(
                "From %(from)s to %(until)s %(lab)s places at least %(exclusive)s of its need with %(provider)s."
            ),
        ),
        (
            term.refusal_share > 0,
            _(
                "Of what would go elsewhere %(offered)s comes here while the on-demand price is at most "
                "%(gap)s above that of other clouds."
            ),
        ),
    ]
    return together(*(words % said for counts, words in clauses if counts))


def demand_governor(term: DemandGovernorDocument, parties: Parties) -> str:
    """The growth allowed and what is shed."""
    said = {
        **sides(parties),
        "limit": share(term.growth_limit_quarterly),
        "flexible": share(term.flexible_share),
        "from": in_quarter(term.starts),
    }
    return (
        _(
            "From %(from)s on %(lab)s holds the growth of its demand to %(limit)s a quarter and sheds %(flexible)s "
            "of what is above."
        )
        % said
    )
