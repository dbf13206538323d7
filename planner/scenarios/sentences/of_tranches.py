"""Money for shares and the class of the shares (M01, M03, M04)."""

from django.utils.translation import gettext as _

from planner.core.documents import extra_of
from planner.core.formatting import money
from planner.deals.documents import EquityTrancheDocument, PreferredDocument, TriggerDocument, name_of
from planner.scenarios.sentences.words import (
    Parties,
    all_named,
    gigawatts_online,
    quarters,
    share,
    sides,
    times,
    together,
)


def equity_tranche(term: EquityTrancheDocument, parties: Parties) -> str:
    """How much, at which price, and what makes it due."""
    said = {
        **sides(parties),
        "amount": money(term.amount_usd),
        "price": _price(term),
        "when": _when(term),
        "notice": quarters(term.notice_quarters),
        "margin": share(term.option_margin_share),
    }
    if term.state == "paid":
        return _("%(provider)s pays %(amount)s for shares at %(price)s, on the opening date.") % said
    if term.state == "called":
        return (
            _(
                "%(provider)s has been called for %(amount)s, for shares at %(price)s, and pays %(notice)s after the "
                "first."
            )
            % said
        )
    notice = _("It pays %(notice)s after that.") % said if term.notice_quarters else ""
    margin = (
        _("It chooses to once a share is worth %(margin)s more than its price.") % said
        if term.option and term.option_margin_share > 0
        else ""
    )
    if term.obligation and term.triggers:
        first = _("%(provider)s must pay %(amount)s for shares at %(price)s %(when)s.") % said
        earlier = _("It may also choose to pay earlier.") if term.option else ""
        return together(first, notice, earlier, margin)
    if term.option:
        first = (
            _("%(provider)s may pay %(amount)s for shares at %(price)s, when it chooses, %(when)s.")
            if term.triggers
            else _("%(provider)s may pay %(amount)s for shares at %(price)s, when it chooses.")
        )
        return together(first % said, notice, margin)
    return _("%(amount)s for shares that nothing makes due: it is never paid.") % said


def preferred(term: PreferredDocument, parties: Parties) -> str:
    """What comes first in a sale, whether it participates, and when it converts."""
    said = {
        **sides(parties),
        "multiple": f"{term.multiple:g}",
        "tranches": all_named(term.tranches, parties),
        "rank": {
            "senior": _("before the other preferences"),
            "pari_passu": _("alike with the other preferences"),
            "junior": _("after the other preferences"),
        }[term.ranks],
        "cap": times(term.participation_cap_multiple),
    }
    rest = ""
    if term.participating:
        rest = _("It then takes its part of the rest too.")
        if term.participation_cap_multiple > 0:
            rest = _("It then takes its part of the rest too, up to %(cap)s times its money in all.") % said
    first = _("In a sale %(provider)s gets %(multiple)s times its money first, %(rank)s, for: %(tranches)s.")
    return together(first % said, rest, _conversion(term))


def _conversion(term: PreferredDocument) -> str:
    """When the shares become common; "" when any IPO does that."""
    asked = []
    if term.qualified_valuation_usd > 0:
        asked.append(_("values the lab at %(usd)s") % {"usd": money(term.qualified_valuation_usd)})
    if term.qualified_proceeds_usd > 0:
        asked.append(_("raises %(usd)s") % {"usd": money(term.qualified_proceeds_usd)})
    if not asked:
        return ""
    otherwise = {
        "stays": _("otherwise they stay preferred until the class agrees"),
        "ratchet": _("otherwise they become common topped up to what was paid"),
    }
    said = {"asked": _(" and ").join(asked), "otherwise": otherwise[term.unqualified]}
    return _("The shares become common at an IPO that %(asked)s; %(otherwise)s.") % said


def _price(term: EquityTrancheDocument) -> str:
    if term.price_rule == "fixed_valuation":
        return _("a valuation of %(value)s") % {"value": money(term.valuation_usd)}
    said = extra_of(EquityTrancheDocument.model_fields["price_rule"])["choices"][term.price_rule]
    return _(said)


def _when(term: EquityTrancheDocument) -> str:
    events = [_event(trigger) for trigger in term.triggers]
    joined = (_(" or ") if term.triggers_needed == "any" else _(" and ")).join(events)
    when = _("once %(events)s") % {"events": joined}
    if term.longstop:
        when += _(", by %(day)s") % {"day": term.longstop.isoformat()}
    return when


def _event(trigger: TriggerDocument) -> str:
    """What must happen, as the end of "once ..."."""
    words = {
        "date": _("%(day)s is reached") % {"day": trigger.on.isoformat() if trigger.on else "?"},
        "confidential_filing": _("the lab files confidentially"),
        "public_filing": _("the lab files publicly"),
        "pricing": _("the IPO is priced"),
        "listing": _("the lab is listed"),
        "annual_revenue": _("annual revenue reaches %(usd)s") % {"usd": money(trigger.threshold)},
        "gigawatts_online": gigawatts_online(trigger.threshold),
        "spend": _("%(usd)s are spent with the provider") % {"usd": money(trigger.threshold)},
        "milestone": _("“%(name)s” happens (%(chance)s a year)")
        % {"name": name_of(trigger), "chance": share(trigger.hazard_annual)},
    }
    return words[trigger.event]
