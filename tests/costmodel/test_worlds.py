"""Worlds share their luck, nothing looks ahead, and the gate changes only futures that file (E32)."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from costmodel.inputs.quantity import fixed
from costmodel.simulate.worlds import Simulated, Told
from tests.costmodel.scenarios import NEW, TERMS, calm_scenario, small_scenario

Simulate = Callable[..., Simulated]
ROOT = Path(__file__).resolve().parents[2]


def lines(told: Told) -> dict[tuple[str, str, str, str, bool], np.ndarray]:
    return {(x.payer, x.payee, x.kind, x.item, x.needs_ipo): x.flows for x in told.accounts.ledger.lines}


def test_a_future_that_never_files_is_the_same_with_the_gate_closed(simulate: Simulate) -> None:
    simulated = simulate(small_scenario())
    for open_world, closed_world in (
        (simulated.base, simulated.closed),
        (simulated.base_without, simulated.closed_without),
    ):
        assert open_world is not None
        assert closed_world is not None
        untouched = ~open_world.run.announced.any(axis=0)
        assert 0.1 < untouched.mean() < 0.9
        closed = lines(closed_world)
        for name, flows in lines(open_world).items():
            assert np.array_equal(flows[:, untouched], closed[name][:, untouched]), name
    assert not np.array_equal(simulated.base.run.cash, simulated.closed.run.cash)


def test_nothing_looks_ahead(simulate: Simulate) -> None:
    """Four more quarters change no flow and no state of the quarters before."""
    short, long = (simulate(small_scenario(quarters=q), intercept=-1.0) for q in (16, 20))
    for before, after in ((short.base, long.base), (short.closed, long.closed)):
        told = lines(after)
        for name, flows in lines(before).items():
            assert np.array_equal(flows, told[name][:17]), name
        for declared in fields(before.run):
            held, longer = getattr(before.run, declared.name), getattr(after.run, declared.name)
            if isinstance(held, np.ndarray):
                assert np.array_equal(held, longer[: held.shape[0]]), declared.name


def test_a_tranche_is_paid_in_full_once_or_never(simulate: Simulate) -> None:
    run = simulate(small_scenario()).base.run
    for tranche in small_scenario().tranches():
        paid = sum(run.tranches[tranche.key])
        assert set(np.unique(paid.sum(axis=0))) <= {0.0, tranche.amount_usd}
        assert (paid > 0).sum(axis=0).max() <= 1


def test_an_earlier_contract_is_the_same_with_and_without_the_equity(simulate: Simulate) -> None:
    simulated = simulate(small_scenario())
    base, other = simulated.base, simulated.base_without
    assert other is not None
    never = ~(base.run.defaulted | other.run.defaulted).any(axis=0)
    assert never.mean() > 0.5
    for kind in ("chips", "residual", "operations"):
        name = next(key for key in lines(base) if key[2:4] == (kind, "old-lot"))
        assert np.array_equal(lines(base)[name][:, never], lines(other)[name][:, never]), kind


def test_a_contract_kept_whole_without_the_equity_leaves_no_gain_but_the_stake(simulate: Simulate) -> None:
    """When everything would have been signed anyway, the increment is nothing and the equity is never back."""
    kept = replace(NEW, kept_without_equity_share=fixed(1.0))
    terms = tuple(kept if term is NEW else term for term in TERMS)
    immortal = {"distress_hazard_short": 0.0, "distress_hazard_long": 0.0}
    simulated = simulate(small_scenario(terms=terms, lab=immortal))
    told, without = lines(simulated.closed), lines(simulated.closed_without)  # type: ignore[arg-type]
    for name, flows in without.items():
        if "provider" in name[:2] and name[2] not in ("equity_tranche", "company_sale"):
            assert np.array_equal(flows, told[name]), name


def test_the_minimum_shrinks_with_the_contract(simulate: Simulate) -> None:
    """Nobody uses anything, so the whole minimum is a shortfall: a quarter of the contract owes a quarter of it."""
    terms = tuple(
        replace(term, kept_without_equity_share=fixed(0.25)) if term is NEW else term for term in TERMS
    )
    scenario = calm_scenario(terms=terms, demand={"tokens_per_day_trillion": fixed(1e-6)})
    simulated = simulate(scenario, intercept=-60.0)
    name = ("lab", "provider", "shortfall", "new", False)
    whole, part = (lines(world)[name].sum(axis=0) for world in (simulated.base, simulated.base_without))  # type: ignore[arg-type]
    assert whole == pytest.approx(40e9 * (0.5 + 0.5 * 0.825), rel=0.02)
    assert part == pytest.approx(0.25 * whole, rel=1e-3)


def test_without_the_deal_earlier_contracts_stand_and_released_capacity_is_sold_after_the_lag(
    simulate: Simulate,
) -> None:
    """The new contract bills nothing; what would have been built all the same is sold at reference x index x use."""
    terms = tuple(
        replace(term, built_without_equity_share=fixed(0.5)) if term is NEW else term for term in TERMS
    )
    simulated = simulate(calm_scenario(terms=terms), intercept=-60.0)
    told, base = lines(simulated.worlds["no_deal"]), lines(simulated.base)
    assert not any(flows.any() for name, flows in told.items() if name[2] == "equity_tranche")
    for kind in ("compute_billed", "shortfall"):
        assert not told["lab", "provider", kind, "new", False].any()
    minimum = ("lab", "provider", "compute_billed", "old", False)
    assert told[minimum].sum() > 0.9 * base[minimum].sum()
    sold = told["outside_world", "provider", "released_capacity", "new", False][1:, 0]
    inputs, index = simulated.luck.inputs, simulated.paths.index[:, 0]
    lag, first = inputs.deal.on_default.relet_lag_quarters, inputs.timeline.index_of(NEW.starts)
    lot = next(lot for lot in inputs.fleet.lots if lot.contract == "new")
    hours = simulated.operations.planned_chips[lot.key] * lot.built_share * inputs.fleet.availability * 2190.0
    contract = next(contract for contract in inputs.contracts() if contract.key == "new")
    price = contract.reference_usd_per_chip_hour * inputs.deal.on_default.relet_utilisation
    expected = np.where(np.arange(16) >= first + lag, 0.5 * hours * price * index, 0.0)
    assert lag > 0
    assert sold == pytest.approx(expected)
    assert sold.any()


def test_a_contract_of_which_nothing_would_be_kept_leaves_one_counterfactual(simulate: Simulate) -> None:
    nothing = tuple(
        replace(term, kept_without_equity_share=fixed(0.0)) if term is NEW else term for term in TERMS
    )
    simulated = simulate(small_scenario(terms=nothing))
    assert simulated.worlds["no_deal"] is simulated.worlds["no_equity"]
    other = simulate(small_scenario()).worlds
    assert not np.array_equal(other["no_deal"].run.cash, other["no_equity"].run.cash)


def test_contracts_signed_earlier_alone_are_no_deal_to_leave_out(simulate: Simulate) -> None:
    earlier = tuple(replace(term, signed_earlier=True) if term is NEW else term for term in TERMS[:5])
    assert set(simulate(small_scenario(terms=earlier)).worlds) == {"base", "no_ipo"}
    without_equity = simulate(small_scenario(terms=TERMS[:5])).worlds
    assert set(without_equity) == {"base", "no_ipo", "no_deal", "no_deal_no_ipo"}


def test_every_world_reads_the_same_market(simulate: Simulate) -> None:
    simulated = simulate(small_scenario())
    both = simulated.base.run.alive & simulated.closed.run.alive
    revenue = ("outside_world", "lab", "revenue", "", False)
    first, second = (lines(world)[revenue][1:][both] for world in (simulated.base, simulated.closed))
    assert np.array_equal(first, second)
    assert not np.array_equal(simulated.base.run.alive, simulated.closed.run.alive)


@pytest.mark.parametrize("seed", ["1", "2"])
def test_another_process_gives_the_same_bytes(seed: str, tmp_path: Path) -> None:
    """Nothing depends on the order of sets or on the hash seed of the process."""
    script = (
        "import json, sys\n"
        "import costmodel.evaluate as engine\n"
        "for name, module in list(sys.modules.items()):\n"
        "    if name.startswith('costmodel.') and hasattr(module, 'BLOCK_SIZE'):\n"
        "        module.BLOCK_SIZE = 64\n"
        "from tests.costmodel.scenarios import small_scenario\n"
        "print(json.dumps(engine.evaluate(small_scenario(), 100, 7), sort_keys=False, allow_nan=False))\n"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": value, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for value in ("0", seed)
    ]
    assert told[0] == told[1]
    assert json.loads(told[0])["draws"] == 100
