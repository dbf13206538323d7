"""Every compute, claim and finance term at once, all noise on: what must hold on each draw (engine.md 0, 9, E32)."""

import tracemalloc
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date

import numpy as np
import pytest

from costmodel import evaluate as engine
from costmodel.evaluate import evaluate, evaluate_block, memory_bytes, prepare
from costmodel.inputs.claim_terms import ProfitBand, ProfitShare, ResaleShare, RevenueShare
from costmodel.inputs.compute_terms import (
    Delivery,
    DemandGovernor,
    FirstRefusal,
    MostFavoured,
    PerformanceGuarantee,
    Prepayment,
    Reservation,
    ServiceTier,
    ServiceTiers,
    TerminationFee,
)
from costmodel.inputs.finance_terms import (
    Backstop,
    ChipLease,
    CustomerLoan,
    LeaseGuarantee,
    ResidualGuarantee,
)
from costmodel.inputs.quantity import fixed
from costmodel.inputs.scenario import Scenario
from costmodel.ledger import PARTIES
from costmodel.outcomes.measures import measure
from costmodel.outcomes.preview import recovery_without_ipo
from costmodel.outcomes.recovery import provider_money
from costmodel.quantities import central
from costmodel.simulate.worlds import Simulated, Told, set_stage
from costmodel.terms.finance import debt_service_cover
from costmodel.timeline import discount_factors
from tests.costmodel.scenarios import SEED, TERMS, between, small_scenario
from tests.costmodel.trees import scaled

Simulate = Callable[..., Simulated]
FIRST, LAST = date(2026, 4, 1), date(2030, 3, 31)
CLAIMS_OF_THE_ESTATE = {"termination_claim", "shortfall_claim"}
MORE = (
    MostFavoured(
        key="favoured",
        contract="old",
        peer_discount_share=between(0.01, 0.2),
        starts=date(2026, 10, 1),
        look_back_share=0.5,
    ),
    PerformanceGuarantee(key="speed", contract="new", guaranteed_ratio=0.9, measured_ratio=between(0.6, 1.1)),
    Prepayment(key="prepaid", contract="new", share=0.2, discount_share=0.1, draw_share=0.4),
    Reservation(
        key="reserved",
        contract="old",
        fee_usd_per_chip_hour=between(0.05, 0.2),
        ramp_quarters=2,
        ramp_fee_share=0.5,
        notice_quarters=1,
        notice_from=date(2027, 1, 1),
        exit_below_index=0.7,
        provider_exit_above_index=1.4,
    ),
    ServiceTiers(
        key="tiers",
        contract="new",
        tiers=(
            ServiceTier(key="first", use_share=0.3, price_multiple=fixed(1.5), cap_share=0.2),
            ServiceTier(key="rest", use_share=0.7, price_multiple=between(0.7, 0.9), cap_share=1.0),
        ),
    ),
    Delivery(
        key="late",
        contract="new",
        delay_quarters=between(0.5, 3.0),
        damages_share=0.5,
        grace_quarters=1,
        exit_missing_share=0.9,
    ),
    TerminationFee(
        key="leaving",
        contract="new",
        fee_shares=(0.8, 0.6, 0.4),
        mitigation_share=between(0.1, 0.3),
        exit_from=date(2027, 1, 1),
        exit_below_index=0.6,
    ),
    FirstRefusal(
        key="right", exclusive_share=0.25, refusal_share=0.3, match_gap_share=0.4, starts=FIRST, ends=LAST
    ),
    DemandGovernor(
        key="governor", growth_limit_quarterly=0.15, flexible_share=between(0.2, 0.6), starts=FIRST
    ),
    RevenueShare(
        key="revenue",
        rate_share=between(0.01, 0.05),
        base_share=fixed(0.5),
        cap_usd=2e9,
        paid_before_usd=0.0,
        starts=FIRST,
        ends=LAST,
    ),
    ProfitShare(
        key="profit",
        bands=(ProfitBand(share=0.2, until_usd=1e9), ProfitBand(share=0.1, until_usd=0.0)),
        received_before_usd=0.0,
        starts=FIRST,
    ),
    ResaleShare(
        key="resale",
        resale_share=fixed(0.1),
        cost_share=between(0.3, 0.8),
        profit_share=fixed(0.5),
        starts=FIRST,
        ends=LAST,
    ),
    ChipLease(
        key="lease",
        starts=date(2026, 10, 1),
        quarters=10,
        capex_usd=between(4e9, 8e9),
        lease_rate_annual=0.1,
        residual_share=0.2,
        loan_to_value=0.7,
        debt_rate_annual=0.07,
        purchase_option=True,
        balloon_share=0.3,
    ),
    ResidualGuarantee(
        key="residual",
        lease="lease",
        guaranteed_usd=2e9,
        depreciation_annual=between(0.3, 0.6),
        index_elasticity=0.5,
    ),
    Backstop(
        key="backstop", contract="new", cap_usd=5e9, price_usd_per_chip_hour=between(0.3, 0.6), ends=LAST
    ),
    LeaseGuarantee(
        key="guarantee",
        starts=FIRST,
        quarters=12,
        guaranteed_usd=3e9,
        loss_share=between(0.3, 0.7),
        premium_usd=between(1e8, 3e8),
    ),
    CustomerLoan(
        key="loan",
        contract="new",
        principal_usd=1e9,
        paid_on=date(2026, 8, 1),
        rate_annual=0.06,
        quarters=6,
        repaid="set_off",
    ),
)


def everything(quarters: int = 16) -> Scenario:
    scenario = small_scenario(
        quarters=quarters,
        terms=(*TERMS, *MORE),
        lab={"distress_hazard_short": 0.25, "distress_hazard_long": 0.05},
    )
    terms = replace(scenario.deal.on_default, true_up_recovery_share=between(0.1, 0.4))
    return replace(scenario, deal=replace(scenario.deal, on_default=terms))


def kinds(told: Told) -> set[str]:
    return {line.kind for line in told.accounts.ledger.lines if line.flows.any()}


def test_every_term_moves_money(simulate: Simulate) -> None:
    simulated = simulate(everything())
    assert simulated.base.run.defaulted.any()
    assert kinds(simulated.base) >= {
        "look_back_credit",
        "performance_credit",
        "prepayment",
        "prepayment_drawn",
        "reservation_fee",
        "late_delivery_damages",
        "termination_fee",
        "revenue_share",
        "profit_share",
        "resale_share",
        "lease_payment",
        "lease_debt",
        "lease_debt_repaid",
        "lease_interest",
        "residual_guarantee",
        "backstop",
        "lease_guarantee",
        "guarantee_warrants",
        "customer_loan",
        "loan_set_off",
        "shortfall_claim",
    }


def test_what_one_party_pays_another_receives(simulate: Simulate) -> None:
    for told in simulate(everything()).worlds.values():
        ledger = told.accounts.ledger
        net = np.stack([ledger.net(party) for party in PARTIES])
        assert np.abs(net.sum(axis=0)).max() < 1e-12 * np.abs(net).max()
        names = [(x.payer, x.payee, x.kind, x.item, x.needs_ipo) for x in ledger.lines]
        assert len(names) == len(set(names))


def test_the_labs_cash_is_its_opening_cash_and_every_line_since(simulate: Simulate) -> None:
    simulated = simulate(everything())
    for told in simulated.worlds.values():
        opening = simulated.luck.inputs.lab.opening_cash_usd
        cash = opening + np.cumsum(told.accounts.ledger.net("lab"), axis=0)[1:]
        assert np.abs(np.where(told.run.alive, cash - told.run.cash, 0.0)).max() < 1.0


def test_the_dead_neither_pay_nor_earn(simulate: Simulate) -> None:
    told = simulate(everything()).base
    dead = np.vstack([np.zeros((1, told.run.alive.shape[1]), dtype=bool), ~told.run.alive])
    assert dead.any()
    for line in told.accounts.ledger.lines:
        if "lab" in (line.payer, line.payee) and line.kind not in CLAIMS_OF_THE_ESTATE:
            assert not line.flows[dead].any(), line.kind


def test_cash_and_books_differ_by_the_return_on_the_net_book(simulate: Simulate) -> None:
    """PV(cash) = PV(accounting) - PV(r x opening book), the book net of debt and of what is owed to the lab."""
    capital = {
        "chips": 1.0,
        "network": 1.0,
        "site_and_power": 1.0,
        "lease_debt": -1.0,
        "lease_debt_repaid": 1.0,
    }
    for told in simulate(everything()).worlds.values():
        money, accounts = provider_money(told.accounts), told.accounts
        paid = sum(capital[line.kind] * line.flows for line in accounts.ledger.lines if line.kind in capital)
        owed = 0.0 if accounts.not_earned is None else accounts.not_earned
        closing = np.cumsum(paid - accounts.depreciation - accounts.book_lost - owed, axis=0)
        assert np.abs(closing[-1]).max() < 1.0
        opening = np.vstack([np.zeros((1, closing.shape[1])), closing[:-1]])
        factors = discount_factors(0.1, closing.shape[0] - 1)[:, None]
        charge = (1.1**0.25 - 1.0) * opening
        cash = ((money.contract + money.capex) * factors).sum(axis=0)
        books = ((money.accounting_margin - charge) * factors).sum(axis=0)
        assert cash == pytest.approx(books, rel=1e-9, abs=1.0)


def test_nothing_looks_ahead(simulate: Simulate) -> None:
    """Four more quarters change no flow and no state of the quarters before."""
    short, long = (simulate(everything(quarters), intercept=-1.0) for quarters in (16, 20))
    for name in ("base", "no_ipo", "no_equity"):
        before, after = short.worlds[name], long.worlds[name]  # type: ignore[index]
        later = {
            (x.payer, x.payee, x.kind, x.item, x.needs_ipo): x.flows for x in after.accounts.ledger.lines
        }
        for x in before.accounts.ledger.lines:
            assert np.array_equal(x.flows, later[x.payer, x.payee, x.kind, x.item, x.needs_ipo][:17]), x.kind
        for declared in fields(before.run):
            held, longer = getattr(before.run, declared.name), getattr(after.run, declared.name)
            if isinstance(held, np.ndarray):
                assert np.array_equal(held, longer[: held.shape[0]]), declared.name


def test_the_preview_says_what_the_run_says(small_blocks: int, simulate: Simulate) -> None:
    scenario = everything()
    figures = measure(simulate(scenario)).key_figures
    for name, told in recovery_without_ipo(set_stage(scenario, SEED, 0, keeps=True)).items():
        assert np.array_equal(told, figures[name]), name


@pytest.mark.usefixtures("small_blocks")
def test_the_result_tells_the_cover_of_a_lease() -> None:
    lease = next(term for term in MORE if isinstance(term, ChipLease))
    result = evaluate(small_scenario(terms=(*TERMS, lease)), 50, SEED)
    assert result["lease_cover"]["lease"] == pytest.approx(debt_service_cover(central(lease)))
    assert "lease_cover" not in evaluate(small_scenario(), 50, SEED)


def test_memory_counts_what_terms_add(middle_blocks: int) -> None:
    scenario = everything()
    preparation = prepare(scenario, SEED)
    engine._simulated.cache_clear()
    tracemalloc.start()
    evaluate_block(scenario, preparation, SEED, 1, 10 * middle_blocks)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= memory_bytes(scenario) <= 1.5 * peak


@pytest.mark.usefixtures("small_blocks")
def test_the_statements_margin_on_the_books_holds_what_is_not_earned_yet(simulate: Simulate) -> None:
    scenario = everything()
    rows = {
        row["name"]: row["by_quarter_usd"] for row in evaluate(scenario, 256, SEED)["statements"]["provider"]
    }
    books = provider_money(simulate(scenario).base.accounts).accounting_margin.mean(axis=1)
    assert rows["margin_on_books"] == pytest.approx(books.tolist(), abs=1.0)
    assert max(map(abs, rows["not_earned"])) > 1e6


@pytest.mark.usefixtures("small_blocks")
def test_money_scales_with_money_and_ratios_stay() -> None:
    plain, sixteenfold = (evaluate(held, 256, SEED) for held in (everything(), scaled(everything(), 16.0)))
    for name, outcome in plain["outcomes"].items():
        factor = 16.0 if outcome["unit"] == "usd" else 1.0
        for figure in ("mean", "p05", "p50", "p95"):
            told, expected = sixteenfold["outcomes"][name][figure], outcome[figure]
            expected = expected if expected is None else expected * factor
            assert told == pytest.approx(expected, rel=1e-6, abs=1e-6 * factor), (name, figure)
