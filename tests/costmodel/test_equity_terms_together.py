"""All equity terms in one noisy deal: shares add up, nothing looks ahead, money is conserved, the gate holds."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date

import numpy as np
import pytest

from costmodel import evaluate
from costmodel.inputs.equity_terms import (
    AntiDilution,
    ComputeCredits,
    ConvertibleNote,
    IpoRatchet,
    OwnershipCap,
    ProRata,
    ProviderStock,
    PutRight,
    StockForContract,
    VestingStep,
    Warrants,
)
from costmodel.inputs.lab import LockUpRelease
from costmodel.inputs.quantity import fixed
from costmodel.inputs.scenario import Scenario
from costmodel.ledger import PARTIES
from costmodel.simulate.leaving import private_mark, provider_claims
from costmodel.simulate.worlds import Simulated
from tests.costmodel.scenarios import BILLION, CONTINGENT, PREFERRED, SEED, TERMS, between, small_scenario

Simulate = Callable[..., Simulated]

CHEAP = replace(CONTINGENT, key="cheap", option=True, price_rule="last_round", option_margin_share=0.1)
SENIOR = replace(
    PREFERRED,
    key="senior",
    tranches=("cheap", "note"),
    ranks="senior",
    participating=True,
    participation_cap_multiple=2.0,
    qualified_valuation_usd=1500 * BILLION,
    unqualified="stays",
)
MORE = (
    CHEAP,
    SENIOR,
    ComputeCredits(
        key="credits",
        tranche="contingent",
        contract="new",
        face_usd=5 * BILLION,
        burn_share=between(0.2, 0.6, "beta"),
        expires=date(2029, 6, 30),
    ),
    ConvertibleNote(
        key="note",
        principal_usd=10 * BILLION,
        paid_on=date(2026, 8, 1),
        coupon_annual=fixed(0.06),
        discount_share=0.2,
        valuation_cap_usd=600 * BILLION,
        qualified_round_usd=20 * BILLION,
        matures=date(2029, 3, 31),
    ),
    AntiDilution(key="average", tranches=("paid",), formula="weighted_average"),
    AntiDilution(key="ratchet", tranches=("contingent",), formula="full_ratchet"),
    IpoRatchet(key="promise", tranches=("paid", "contingent"), target_multiple=1.2),
    ProRata(key="follow", uptake_share=between(0.3, 0.9, "beta")),
    OwnershipCap(key="cap", cap_share=0.07, excess="not_bought"),
    PutRight(key="put", tranches=("paid",), by=date(2028, 12, 31), return_annual=0.05, cash_share=fixed(0.5)),
    Warrants(
        key="warrants",
        contract="new",
        strike_usd=150.0,
        expires=date(2029, 12, 31),
        taken="at_vesting",
        steps=(
            VestingStep(
                key="first", shares=1e7, purchases_usd=5e9, condition_hazard_annual=between(0.2, 0.6, "beta")
            ),
            VestingStep(key="last", shares=1e7, share_price_usd=250.0, condition_hazard_annual=fixed(0.0)),
        ),
    ),
    StockForContract(
        key="stock", contract="new", amount_usd=1e9, issued_on=date(2026, 10, 1), held_quarters=3
    ),
)
STOCK = ProviderStock(
    price_usd=200.0,
    drift_annual=between(0.02, 0.12, "normal"),
    volatility_annual=fixed(0.35),
    market_loading=0.5,
)


def everything(quarters: int = 16) -> Scenario:
    scenario = small_scenario(
        quarters=quarters,
        terms=(*TERMS, *MORE),
        exit={
            "sale_hazard": 0.03,
            "lock_up": (
                LockUpRelease(quarters_after_listing=2, share=0.6),
                LockUpRelease(quarters_after_listing=3, share=0.4, price_over_offer=0.9),
            ),
        },
    )
    return replace(scenario, deal=replace(scenario.deal, provider_stock=STOCK))


@pytest.fixture
def simulated(simulate: Simulate) -> Simulated:
    return simulate(everything(), intercept=-1.5)


def test_every_term_moves_in_some_future(simulated: Simulated) -> None:
    moved = {(one.kind, one.item) for one in simulated.base.accounts.ledger.lines if one.flows.any()}
    expected = {
        ("equity_tranche", "cheap"),
        ("credits_burned", "credits"),
        ("convertible_note", "note"),
        ("note_repaid", "note"),
        ("pro_rata", "follow"),
        ("put", "put"),
        ("warrant_value", "warrants"),
        ("stock_issued", "stock"),
        ("stock_sold", "stock"),
    }
    assert expected <= moved
    note = next(stake for stake in simulated.base.run.last[0].stakes if stake.key == "note")
    assert note.invested.any()


def test_the_provider_and_all_others_own_the_whole_company_in_every_draw(simulated: Simulated) -> None:
    for told in simulated.worlds.values():
        state = told.run.last[0]
        owned = state.owned_share() * np.ones_like(state.cash)
        assert owned + state.others / state.all_shares == pytest.approx(np.ones_like(owned), rel=1e-12)
        assert owned == pytest.approx(told.run.holding_share[-1])
        assert told.run.holding_share.min() >= 0.0
        assert told.run.holding_share.max() <= 1.0
        assert all(stake.shares.min() >= 0.0 for stake in state.stakes)


def test_money_is_conserved_and_finite(simulated: Simulated) -> None:
    for told in simulated.worlds.values():
        ledger = told.accounts.ledger
        total = sum(ledger.net(party) for party in PARTIES)
        largest = max(np.abs(one.flows).max() for one in ledger.lines)
        assert np.abs(total).max() <= 1e-9 * largest
        assert np.isfinite(private_mark(simulated.luck.inputs, told.run)).all()


def test_with_the_gate_closed_nothing_needs_an_ipo(simulated: Simulated) -> None:
    for line in simulated.closed.accounts.ledger.lines:
        assert not (line.needs_ipo and line.flows.any()), line.kind


def test_nothing_looks_ahead(simulate: Simulate) -> None:
    short, long = (simulate(everything(quarters), intercept=-1.5) for quarters in (16, 20))
    after = {
        (x.payer, x.payee, x.kind, x.item, x.needs_ipo): x.flows for x in long.base.accounts.ledger.lines
    }
    for line in short.base.accounts.ledger.lines:
        name = (line.payer, line.payee, line.kind, line.item, line.needs_ipo)
        assert np.array_equal(line.flows, after[name][:17]), name
    for declared in fields(short.base.run):
        held, longer = getattr(short.base.run, declared.name), getattr(long.base.run, declared.name)
        if isinstance(held, np.ndarray):
            assert np.array_equal(held, longer[: held.shape[0]]), declared.name


def test_without_the_equity_none_of_its_lines_is_there(simulated: Simulated) -> None:
    assert simulated.base_without is not None
    kinds = {line.kind for line in simulated.base_without.accounts.ledger.lines if line.flows.any()}
    assert not kinds & {
        "credits_burned",
        "convertible_note",
        "pro_rata",
        "put",
        "warrant_value",
        "stock_issued",
    }
    assert not simulated.base_without.run.holding_share.any()


def test_a_new_term_moves_no_other_draw(simulate: Simulate) -> None:
    """The same luck with and without the terms: revenue, index and the odds of the exit are those of before."""
    plain = simulate(small_scenario(exit={"sale_hazard": 0.03}), intercept=-1.5)
    more = simulate(everything(), intercept=-1.5)
    assert np.array_equal(plain.paths.index, more.paths.index)
    assert np.array_equal(plain.operations.revenue, more.operations.revenue)
    assert np.array_equal(plain.paths.regime, more.paths.regime)


def test_a_preview_is_the_first_block_of_a_run(small_blocks: int) -> None:
    scenario = everything()
    whole = evaluate.evaluate_block(
        scenario, evaluate.prepare(scenario, SEED), SEED, 0, small_blocks
    ).key_figures
    for name, draws in evaluate.preview(scenario, SEED).figures.items():
        assert np.array_equal(draws, whole[name]), name


def test_every_class_of_the_provider_has_its_own_claim(simulated: Simulated) -> None:
    claims = provider_claims(simulated.base.run.last[0])
    assert [(claim.rank, claim.participates) for claim in claims] == [
        (2, False),
        (0, False),
        (1, True),
        (0, False),
    ]
