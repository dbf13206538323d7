"""Funding rounds in one world, with what they bring about: notes convert, prices are protected, holders follow
(E29, E30, M05, M08, M10)."""

from typing import Any

import numpy as np

from costmodel import exits, lab
from costmodel.arrays import BoolArray, FloatArray
from costmodel.inputs.equity_terms import AntiDilution, OwnershipCap, ProRata
from costmodel.simulate.holdings import Stake
from costmodel.simulate.notes import convert_note
from costmodel.simulate.state import Setting, State, WorldRun, open_leg, share_price
from costmodel.terms.issuing import (
    Protection,
    full_ratchet,
    joint_price,
    note_at_cap,
    note_protection,
    weighted_average,
)


def open_followers(inputs: Any, state: State, record: WorldRun) -> None:
    """Put a stake without shares into the state for every pro-rata right."""
    for term in inputs.all_of(ProRata):
        state.followed[term.key] = open_leg(record, "provider", "lab", "pro_rata", term.key)
        state.stakes.append(Stake.none_yet(term.key, inputs.preferred_of(term.key)))


def raise_round(setting: Setting, quarter: int, state: State, value: FloatArray) -> FloatArray:
    """Raise a round when runway is short; a fair round leaves the price per share where it was (E29, E30)."""
    regime, uniform = setting.paths.regime[quarter], setting.luck.round_open[quarter]
    raised = lab.round_raised(setting.inputs.lab, state.cash, -setting.net[quarter], value, regime, uniform)
    raised *= state.alive & (state.exit_state != exits.SOLD)
    plain = not (state.notes or state.followed or _protects(setting.inputs))
    if plain and not raised.any():
        return value
    owned = state.owned_share() if state.followed else 0.0
    price = _round_price(setting, quarter, state, value, raised)
    state.all_shares = state.all_shares + raised / price
    state.cash = state.cash + raised
    state.last_round_price = state.last_round_price.copy()
    at_round = np.flatnonzero(raised > 0.0)
    state.last_round_price[at_round] = price[at_round]
    others = raised - _follow(setting, quarter, state, raised, price, owned)
    state.others = state.others + others / price
    setting.record.rounds[quarter] = others
    return value + raised


def _protects(inputs: Any) -> bool:
    """Return whether a round may make the lab issue shares for nothing."""
    return any(True for _ in inputs.all_of(AntiDilution))


def _round_price(
    setting: Setting, quarter: int, state: State, value: FloatArray, raised: FloatArray
) -> FloatArray:
    """Return (draw,) USD per share of the round, with the shares it makes the lab issue for nothing issued."""
    private = (raised > 0.0) & (state.exit_state != exits.LISTED)
    turned = [private & note.outstanding & (raised >= note.term.qualified_round_usd) for note in state.notes]
    protected = _anti_dilution(setting, state, raised, private)
    if not (turned or protected):
        return share_price(state, value)
    return issue_shares(setting, quarter, state, value * state.listed_premium, turned, protected)


def _anti_dilution(
    setting: Setting, state: State, raised: FloatArray, private: BoolArray
) -> list[tuple[Stake, Protection]]:
    """Return what protects the prices of the provider's stakes in a round (M08)."""
    found = []
    for term in setting.inputs.all_of(AntiDilution):
        for stake in state.stakes:
            if stake.key not in term.tranches:
                continue
            invested, shares = (np.where(private, held, 0.0) for held in (stake.invested, stake.shares))
            if term.formula == "full_ratchet":
                found.append((stake, full_ratchet(invested, shares)))
            else:
                found.append((stake, weighted_average(invested, shares, raised, state.all_shares)))
    return found


def issue_shares(
    setting: Setting,
    quarter: int,
    state: State,
    value: FloatArray,
    turned: list[BoolArray],
    protected: list[tuple[Stake, Protection]],
) -> FloatArray:
    """Convert notes where `turned`, top up protected stakes, and return the price (draw,) all shares then have."""
    shares, protections, caps = state.all_shares, [one for _, one in protected], []
    for note, when in zip(state.notes, turned, strict=True):
        claim = np.where(when, note.claim, 0.0)
        at_cap = note_at_cap(claim, note.term.valuation_cap_usd, state.all_shares)
        caps.append((at_cap, note_protection(claim, note.term.discount_share, at_cap)))
        value = value - np.where(when, 0.0, note.claim)
    for at_cap, protection in caps:
        shares = shares + at_cap
        protections.append(protection)
    price = joint_price(np.maximum(value, 1.0), shares, protections)
    for note, when, (at_cap, protection) in zip(state.notes, turned, caps, strict=True):
        given = at_cap + protection.issued(price)
        state.all_shares = state.all_shares + given
        convert_note(setting, quarter, note, given, price, when)
    for stake, protection in protected:
        more = protection.issued(price)
        stake.shares = stake.shares + more
        state.all_shares = state.all_shares + more
        setting.record.shares_given[quarter + 1] += more * price
    return price


def _follow(
    setting: Setting,
    quarter: int,
    state: State,
    raised: FloatArray,
    price: FloatArray,
    owned: FloatArray | float,
) -> FloatArray | float:
    """Return (draw,) USD of the round that the provider pays: uptake x its share x the round, while private (M10)."""
    taken: FloatArray | float = 0.0
    for term in setting.inputs.all_of(ProRata) if state.followed else ():
        stake = state.stake(term.key)
        private = state.exit_state != exits.LISTED
        bought = np.where(private, term.uptake_share * owned * raised / price, 0.0)
        for cap in setting.inputs.all_of(OwnershipCap):
            if cap.excess == "not_bought":
                room = cap.cap_share * state.all_shares - state.held() + state.sold_shares
                bought = np.minimum(bought, np.maximum(room, 0.0))
        amount = bought * price
        stake.add(bought, amount, private, quarter)
        setting.record.shares_given[quarter + 1] += amount
        state.followed[term.key].flows[quarter + 1] = amount
        taken = taken + amount
    return taken
