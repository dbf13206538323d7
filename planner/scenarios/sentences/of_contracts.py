"""Contract, minimum, and everything that moves the price of an hour (M17-M21)."""

from django.utils.translation import gettext as _

from planner.core.formatting import money, unit_price
from planner.deals.cash import contract_of
from planner.deals.documents import (
    ComputeContractDocument,
    MostFavouredDocument,
    PerformanceGuaranteeDocument,
    PrepaymentDocument,
    PriceStepsDocument,
    TakeOrPayDocument,
    VolumeTiersDocument,
)
from planner.scenarios.figures import typed
from planner.scenarios.sentences.words import (
    Parties,
    in_quarter,
    named,
    ranged,
    share,
    sides,
    span,
    times,
    together,
)


def compute_contract(term: ComputeContractDocument, parties: Parties) -> str:
    """What is sold, at which price, how long, and how much of it without the equity."""
    said = {
        **sides(parties),
        "price": ranged(term.reference_usd_per_chip_hour, "USD per chip-hour"),
        "span": span(term),
        "discount": share(term.discount_share),
        "kept": share(term.kept_without_equity_share),
        "built": share(term.built_without_equity_share),
    }
    sold = (
        _("%(lab)s buys compute from %(provider)s at %(price)s, for the hours it uses, %(span)s.")
        if term.discount_share == 0
        else _(
            "%(lab)s buys compute from %(provider)s at %(price)s less %(discount)s, for the hours it uses, %(span)s."
        )
    )
    alone = (
        _("It was signed earlier and stands without the equity.")
        if term.signed_earlier
        else _("Without the equity %(kept)s of it would have been signed, and %(built)s of the rest built.")
    )
    return together(sold % said, alone % said)


def take_or_pay(term: TakeOrPayDocument, parties: Parties) -> str:
    """The minimum, its ramp, and what happens to what is used or paid beside it."""
    said = {
        **sides(parties),
        "least": money(term.commitment_usd),
        "span": span(contract_of(term, parties.terms)),
        "ramp": term.ramp_quarters,
        "years": ", ".join(typed(one, "share") for one in term.year_shares),
        "undelivered": share(term.undelivered_due_share),
        "carried": share(term.carry_forward_share),
        "made_up": share(term.make_up_share),
    }
    clauses = [
        (True, _("%(lab)s pays at least %(least)s %(span)s, whether it uses it or not.")),
        (bool(term.year_shares), _("By contract year the minimum is: %(years)s of it.")),
        (
            term.ramp_quarters > 1 and not term.year_shares,
            _("The minimum rises over the first %(ramp)d quarters."),
        ),
        (
            term.undelivered_due_share != 0,
            _("%(undelivered)s of it is due for capacity that is not delivered."),
        ),
        (term.carry_forward_share > 0, _("%(carried)s of spend above it counts towards the next year's.")),
        (
            term.make_up_share > 0,
            _("%(made_up)s of a shortfall is credited against the next year's spend above it."),
        ),
    ]
    return together(*(words % said for counts, words in clauses if counts))


def volume_tiers(term: VolumeTiersDocument, parties: Parties) -> str:
    """Each tier with its discount, and what the discount is of."""
    basis = {
        "marginal": _("only what lies above a tier gets its discount"),
        "all_units": _("all of the year's spend gets the discount of the tier reached"),
    }
    listed = ", ".join(
        _("%(share)s from %(from)s")
        % {"share": typed(tier.discount_share, "share"), "from": money(tier.from_usd)}
        for tier in term.tiers
    )
    said = {
        **sides(parties),
        "contract": named(term.contract, parties),
        "tiers": listed or _("no tier yet"),
        "basis": basis[term.basis],
    }
    return _("Spending more in a year of %(contract)s lowers %(lab)s's price: %(tiers)s; %(basis)s.") % said


def price_steps(term: PriceStepsDocument, parties: Parties) -> str:
    """Step-down, cap at the market, and floor."""
    falls = (
        _("The price of %(contract)s falls by %(share)s each contract year")
        if term.annual_step_down_share != 0
        else _("The price of %(contract)s does not step down")
    )
    said = {"contract": named(term.contract, parties), "share": share(term.annual_step_down_share)}
    parts = [falls % said]
    gap = term.index_gap_share
    if not isinstance(gap, float) or gap < 10:
        parts.append(_("is at most the market price plus %(share)s") % {"share": share(gap)})
    if term.floor_usd_per_chip_hour:
        parts.append(
            _("never falls below %(floor)s per chip-hour")
            % {"floor": unit_price(term.floor_usd_per_chip_hour)}
        )
    return _("%(parts)s.") % {"parts": ", ".join(parts)}


def most_favoured(term: MostFavouredDocument, parties: Parties) -> str:
    """What the lowest peer pays, from when, and what comes back."""
    said = {
        **sides(parties),
        "contract": named(term.contract, parties),
        "discount": share(term.peer_discount_share),
        "from": in_quarter(term.starts),
        "back": share(term.look_back_share),
    }
    first = _(
        "From %(from)s on %(lab)s pays for %(contract)s at most what the lowest other customer pays: the market price "
        "less %(discount)s."
    )
    back = _("%(back)s of what was paid above that before comes back at each year end.")
    return together(first % said, back % said if term.look_back_share > 0 else "")


def performance_guarantee(term: PerformanceGuaranteeDocument, parties: Parties) -> str:
    """Guaranteed and measured speed."""
    said = {
        **sides(parties),
        "contract": named(term.contract, parties),
        "guaranteed": times(term.guaranteed_ratio),
        "measured": times(term.measured_ratio),
    }
    return (
        _(
            "%(provider)s guarantees for %(contract)s chips %(guaranteed)s times as fast as the reference chip; they "
            "are %(measured)s times as fast, and the bill is credited with the part that is missing."
        )
        % said
    )


def prepayment(term: PrepaymentDocument, parties: Parties) -> str:
    """How much is prepaid, for which discount, and how it is used up."""
    said = {
        **sides(parties),
        "share": share(term.share),
        "contract": named(term.contract, parties),
        "discount": share(term.discount_share),
        "drawn": share(term.draw_share),
    }
    paid = (
        _("%(lab)s prepays %(share)s of the commitment of %(contract)s at its start.")
        if term.discount_share == 0
        else _("%(lab)s prepays %(share)s of the commitment of %(contract)s at its start, less %(discount)s.")
    )
    drawn = _("%(drawn)s of each bill is taken from it until it is used up; a default loses what is left.")
    return together(paid % said, drawn % said)
