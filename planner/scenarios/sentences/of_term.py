"""Which words say which kind of term."""

from collections.abc import Callable, Mapping
from typing import Any

from planner.deals.documents import TermDocument
from planner.scenarios.sentences import of_capacity, of_claims, of_contracts, of_shares, of_tranches
from planner.scenarios.sentences.words import Parties

SENTENCES: Mapping[str, Callable[[Any, Parties], str]] = {
    "compute_contract": of_contracts.compute_contract,
    "take_or_pay": of_contracts.take_or_pay,
    "volume_tiers": of_contracts.volume_tiers,
    "price_steps": of_contracts.price_steps,
    "most_favoured": of_contracts.most_favoured,
    "performance_guarantee": of_contracts.performance_guarantee,
    "prepayment": of_contracts.prepayment,
    "reservation": of_capacity.reservation,
    "service_tiers": of_capacity.service_tiers,
    "delivery": of_capacity.delivery,
    "termination_fee": of_capacity.termination_fee,
    "first_refusal": of_capacity.first_refusal,
    "demand_governor": of_capacity.demand_governor,
    "equity_tranche": of_tranches.equity_tranche,
    "preferred": of_tranches.preferred,
    "compute_credits": of_shares.compute_credits,
    "convertible_note": of_shares.convertible_note,
    "warrants": of_shares.warrants,
    "stock_for_contract": of_shares.stock_for_contract,
    "anti_dilution": of_shares.anti_dilution,
    "ipo_ratchet": of_shares.ipo_ratchet,
    "pro_rata": of_shares.pro_rata,
    "ownership_cap": of_shares.ownership_cap,
    "put_right": of_shares.put_right,
    "revenue_share": of_claims.revenue_share,
    "profit_share": of_claims.profit_share,
    "resale_share": of_claims.resale_share,
    "chip_lease": of_claims.chip_lease,
    "residual_guarantee": of_claims.residual_guarantee,
    "backstop": of_claims.backstop,
    "lease_guarantee": of_claims.lease_guarantee,
    "customer_loan": of_claims.customer_loan,
}
"""One for every kind in the union of terms."""


def sentence_of(term: TermDocument, parties: Parties) -> str:
    """What the term does, with its parameters."""
    return SENTENCES[term.kind](term, parties)
