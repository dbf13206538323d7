"""What one party pays another receives; nothing that is not a number gets in; money scales (engine.md 0, 9.2, 9.8)."""

from collections.abc import Callable

import numpy as np
import pytest

from costmodel.evaluate import evaluate
from costmodel.ledger import PARTIES, Ledger
from costmodel.simulate.worlds import Simulated, Told
from tests.costmodel.scenarios import SEED, small_scenario
from tests.costmodel.trees import scaled

Simulate = Callable[..., Simulated]


def worlds(simulated: Simulated) -> list[Told]:
    return list(simulated.worlds.values())


def test_a_line_is_an_inflow_of_the_payee_and_an_outflow_of_the_payer() -> None:
    ledger = Ledger()
    ledger.add("lab", "provider", "compute_billed", np.array([[0.0], [5.0]]))
    assert np.array_equal(ledger.net("provider"), [[0.0], [5.0]])
    assert np.array_equal(ledger.net("lab"), [[0.0], [-5.0]])
    assert ledger.net("chip_vendor") == 0.0


def test_lines_are_picked_by_purse_by_tag_and_by_kind() -> None:
    ledger = Ledger()
    ledger.add("lab", "provider", "compute_billed", np.array([[1.0]]))
    ledger.add("outside_world", "provider", "share_sale", np.array([[10.0]]), needs_ipo=True, purse="equity")
    ledger.add("provider", "chip_vendor", "chips", np.array([[100.0]]), purse="capex")
    assert ledger.net("provider") == -89.0
    assert ledger.net("provider", needs_ipo=False) == -99.0
    assert ledger.net("provider", purse="equity") == 10.0
    assert ledger.net("provider", kinds=frozenset({"compute_billed", "chips"})) == -99.0


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_none_is_refused_by_the_name_of_its_line(wrong: float) -> None:
    with pytest.raises(ArithmeticError, match="shortfall aws-2025 from lab to provider"):
        Ledger().add("lab", "provider", "shortfall", np.array([[1.0, wrong]]), item="aws-2025")


def test_every_quarter_of_every_draw_sums_to_zero_over_the_parties(simulate: Simulate) -> None:
    for world in worlds(simulate(small_scenario())):
        ledger = world.accounts.ledger
        net = np.stack([ledger.net(party) for party in PARTIES])
        largest = np.abs(net).max()
        assert largest > 1e9
        assert np.abs(net.sum(axis=0)).max() < 1e-13 * largest


def test_the_labs_cash_is_its_opening_cash_and_every_line_since(simulate: Simulate) -> None:
    simulated = simulate(small_scenario())
    for world in worlds(simulated):
        alive = world.run.alive
        opening = simulated.luck.inputs.lab.opening_cash_usd
        told = opening + np.cumsum(world.accounts.ledger.net("lab"), axis=0)[1:]
        assert alive.any(axis=0).all()
        assert np.abs(np.where(alive, told - world.run.cash, 0.0)).max() < 1.0


def test_the_dead_neither_pay_nor_earn(simulate: Simulate) -> None:
    world = simulate(small_scenario(lab={"distress_hazard_short": 0.5, "distress_hazard_long": 0.1})).base
    dead = np.vstack([np.zeros((1, world.run.alive.shape[1]), dtype=bool), ~world.run.alive])
    assert dead.any()
    for line in world.accounts.ledger.lines:
        if "lab" in (line.payer, line.payee) and line.kind != "termination_claim":
            assert not line.flows[dead].any(), line.kind


@pytest.mark.usefixtures("small_blocks")
def test_money_scales_with_money_and_ratios_stay() -> None:
    plain = evaluate(small_scenario(), 256, SEED)
    sixteenfold = evaluate(scaled(small_scenario(), 16.0), 256, SEED)
    for name, outcome in plain["outcomes"].items():
        factor = 16.0 if outcome["unit"] == "usd" else 1.0
        for figure in ("mean", "p05", "p50", "p95", "defined_share"):
            told, expected = sixteenfold["outcomes"][name][figure], outcome[figure]
            expected = expected if figure == "defined_share" or expected is None else expected * factor
            assert told == pytest.approx(expected, rel=1e-6, abs=1e-6 * factor), (name, figure)
    assert sixteenfold["curves"] == plain["curves"]
    assert sixteenfold["tie_out"]["usd_per_gw_year"] == pytest.approx(
        16 * plain["tie_out"]["usd_per_gw_year"]
    )
    for row, big in zip(plain["cost_table"], sixteenfold["cost_table"], strict=True):
        assert big["usd_per_1m_output"] == pytest.approx(16.0 * row["usd_per_1m_output"])
