"""Ways out in one world: listing, sale of the company, sale of listed shares, and what is left (E21, E31)."""

from dataclasses import replace
from typing import Any

import numpy as np

from costmodel import exits
from costmodel.arrays import BoolArray, FloatArray, IntArray, clipped, of_draws
from costmodel.inputs.deal import Preferred
from costmodel.inputs.equity_terms import IpoRatchet
from costmodel.simulate.holdings import Stake
from costmodel.simulate.rounds import issue_shares
from costmodel.simulate.state import Setting, State, WorldRun, added
from costmodel.terms.issuing import Protection, note_at_cap
from costmodel.terms.waterfall import Claim, waterfall

RANKS = {"junior": -1, "pari_passu": 0, "senior": 1}
NOTE_RANK = 2


def list_shares(
    setting: Setting, quarter: int, state: State, events: exits.Events, value: FloatArray
) -> FloatArray:
    """List the shares: offer price, new money to the lab, first-day return, then drift and report jumps (E31)."""
    if not (events.listing.any() or (state.age >= 0).any()):
        return value
    terms, luck = setting.inputs.exit, setting.luck
    _become_common(setting, quarter, state, events.listing, value)
    state.age += state.age >= 0
    listed = np.flatnonzero((state.age >= 1) & (state.age <= max(exits.LAST_REPORT, terms.drift_quarters)))
    if listed.size:
        reports = luck.report[quarter, listed], luck.report_size[quarter, listed]
        moved = exits.drift_after_listing(terms, state.age[listed], *reports, listed)
        state.listed_premium[listed] *= moved
    if events.listing.any():
        _go_public(setting, quarter, state, np.flatnonzero(events.listing), value)
    return value + setting.record.ipo_proceeds[quarter]


def _go_public(setting: Setting, quarter: int, state: State, draws: IntArray, value: FloatArray) -> None:
    """Price and list the shares in these draws."""
    terms, luck, worth = setting.inputs.exit, setting.luck, np.maximum(value[draws], 1.0)
    offer, first_day = exits.offer(
        terms,
        worth / state.all_shares[draws],
        luck.book_building[quarter, draws],
        luck.first_day[quarter, draws],
        draws,
    )
    new_shares = terms.offer_share * state.all_shares[draws]
    proceeds = new_shares * offer
    state.age[draws] = 0
    state.offer_price[draws] = offer
    state.all_shares[draws] += new_shares
    # Over the value of a share with the new money in it, so that the first price is offer x (1 + first day).
    after = (worth + proceeds) / state.all_shares[draws]
    state.listed_premium[draws] = offer / np.maximum(after, 1e-9) * (1.0 + first_day)
    state.others[draws] += new_shares
    state.cash[draws] += proceeds
    setting.record.ipo_proceeds[quarter, draws] = proceeds


def _become_common(
    setting: Setting, quarter: int, state: State, listing: BoolArray, value: FloatArray
) -> None:
    """Turn preferred and notes into common at an IPO: at once when it qualifies, else topped up or held back (E21).

    A top-up lowers the offer price of all shares, so both are found together (M09).
    """
    if not (state.stakes and listing.any() and (state.notes or _watches_an_ipo(setting.inputs, state))):
        return
    terms, luck = setting.inputs.exit, setting.luck
    offered, _ = exits.offer(terms, value, luck.book_building[quarter], luck.first_day[quarter])
    protected: list[tuple[Stake, Protection]] = []
    for stake in state.stakes:
        worth = np.where(listing, _promised_at_ipo(setting.inputs, stake, offered), 0.0)
        if worth.any():
            protected.append((stake, Protection(worth=worth, shares=np.where(listing, stake.shares, 0.0))))
        if stake.preferred and stake.preferred.unqualified == "stays":
            stake.held_back = stake.held_back | (
                listing & ~_qualifies(setting.inputs, stake.preferred, offered)
            )
    turned = [listing & note.outstanding for note in state.notes]
    if protected or turned:
        issue_shares(setting, quarter, state, offered, turned, protected)


def _watches_an_ipo(inputs: Any, state: State) -> bool:
    """Return whether any stake does not simply become common at an IPO."""
    classes = [stake.preferred for stake in state.stakes if stake.preferred]
    least = any(term.qualified_valuation_usd > 0.0 or term.qualified_proceeds_usd > 0.0 for term in classes)
    return least or any(True for _ in inputs.all_of(IpoRatchet))


def _promised_at_ipo(inputs: Any, stake: Stake, offered: FloatArray) -> FloatArray:
    """Return (draw,) USD at the offer price that a stake is promised in an IPO; 0 when nothing (M09, E21)."""
    promised = np.zeros_like(offered)
    for term in inputs.all_of(IpoRatchet):
        if stake.key in term.tranches:
            promised = np.maximum(promised, term.target_multiple * stake.invested)
    preferred = stake.preferred
    if preferred and preferred.unqualified == "ratchet":
        below = ~_qualifies(inputs, preferred, offered)
        promised = np.maximum(promised, np.where(below, stake.invested_before_ipo, 0.0))
    return promised


def _qualifies(inputs: Any, preferred: Preferred, offered: FloatArray) -> BoolArray:
    """Return (draw,) whether an IPO at this value of the old shares is large enough: value and new money (E21)."""
    proceeds = inputs.exit.offer_share * offered
    return np.asarray(
        (offered + proceeds >= preferred.qualified_valuation_usd)
        & (proceeds >= preferred.qualified_proceeds_usd)
    )


def sell_company(
    setting: Setting, quarter: int, state: State, events: exits.Events, value: FloatArray
) -> None:
    """Sell the whole company: the provider's shares take part by preference or by conversion (E21, E31)."""
    if not (events.sale.any() and state.stakes):
        return
    sd = setting.inputs.exit.sale_premium_log_sd
    price = value * np.exp(sd * setting.luck.sale_premium[quarter] - sd**2 / 2.0)
    sold = np.flatnonzero(events.sale)
    setting.record.company_sale[quarter, sold] = provider_part(setting.inputs, state, price, sold)
    state.others = np.where(events.sale, state.all_shares, state.others)
    for stake in state.stakes:
        stake.shares = np.where(events.sale, 0.0, stake.shares)
    for note in state.notes:
        note.outstanding = note.outstanding & ~events.sale
        note.claim = np.where(events.sale, 0.0, note.claim)


def provider_part(inputs: Any, state: State, exit_value: FloatArray, draws: IntArray) -> FloatArray:
    """Return what the provider gets in these draws of the company's equity sold for this: notes, preferred, common.

    A note takes its claim first of all, or its shares at the valuation cap, which are new: they dilute everybody.
    Preferred of others stands beside. Debt is paid before: the value is that of equity (E21).
    """
    other = inputs.valuation.other_preferences_usd
    others = Claim(
        shares=min(other / max(inputs.valuation.opening_equity_value_usd, 1.0), 0.9), preference=other
    )
    claims = [
        replace(
            claim,
            shares=of_draws(claim.shares, draws),
            preference=of_draws(claim.preference, draws),
            cap=of_draws(claim.cap, draws),
        )
        for claim in [*provider_claims(state), others]
    ]
    all_shares = added([state.all_shares[draws], *(claim.shares for claim in claims[: len(state.notes)])])
    return added(waterfall(exit_value[draws], all_shares, claims)[:-1])


def provider_claims(state: State) -> list[Claim]:
    """Return the provider's classes, (draw,) each: notes, one for each preference, and its common."""
    claims = [
        Claim(
            shares=note_at_cap(note.claim, note.term.valuation_cap_usd, state.all_shares),
            preference=note.claim,
            rank=NOTE_RANK,
        )
        for note in state.notes
    ]
    classes: dict[str, list[Stake]] = {}
    for stake in state.stakes:
        classes.setdefault(stake.preferred.key if stake.preferred else "", []).append(stake)
    for stakes in classes.values():
        term, shares = stakes[0].preferred, added([stake.shares for stake in stakes])
        if term is None:
            claims.append(Claim(shares=shares, preference=0.0))
            continue
        invested = added([stake.invested_before_ipo for stake in stakes])
        capped = term.participation_cap_multiple
        claims.append(
            Claim(
                shares=shares,
                preference=added([stake.preference for stake in stakes]),
                rank=RANKS[term.ranks],
                participates=term.participating,
                cap=capped * invested if capped > 0.0 else None,
            )
        )
    return claims


def sell_shares(setting: Setting, quarter: int, state: State, price: FloatArray) -> None:
    """Sell what is out of lock-up, at most a stated part of the market's volume, at a price less impact (E31, M12)."""
    if not state.stakes:
        return
    exit_ = setting.inputs.exit
    held = state.held()
    for stake in state.stakes:
        if stake.held_back.any():
            # The class agrees to convert once its shares are worth its preference on the market.
            stake.held_back = stake.held_back & (price * stake.shares < stake.preference)
            held = held - np.where(stake.held_back, stake.shares, 0.0)
    listed = state.alive & (state.exit_state == exits.LISTED)
    if not listed.any():
        return
    volume = exit_.turnover_annual / 4.0 * state.all_shares
    released = exits.released_share(exit_, state.age, price, state.offer_price, state.released)
    unlocked = released * held - state.sold_shares
    sold = np.where(listed, clipped(unlocked, 0.0, exit_.participation_share * volume), 0.0)
    impact = exit_.price_impact_share * sold / volume
    setting.record.share_sales[quarter] = sold * price * (1.0 - impact)
    state.sold_shares = state.sold_shares + sold
    state.others = state.others + sold


def private_mark(inputs: Any, run: WorldRun) -> FloatArray:
    """Return (draw,) USD the provider would get if a company still private at the horizon were sold at its value.

    A mark, never cash (E21); 0 where it is listed, sold or failed.
    """
    if not (run.last and run.last[0].stakes):
        return np.zeros(run.equity_value.shape[1])
    state, value = run.last[0], run.equity_value[-1]
    private = state.alive & (state.exit_state != exits.LISTED) & (state.exit_state != exits.SOLD)
    part = provider_part(inputs, state, np.maximum(value, 1.0), np.arange(value.size))
    return np.where(private, part, 0.0)
