"""Network, rent and salvage of a lot in cash and on the books; the chip-hour charges what the cash costs (E7, E32)."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from costmodel.chip_hour import owned_chip_hour
from costmodel.inputs.quantity import fixed
from costmodel.quantities import realise
from costmodel.simulate.worlds import Simulated
from costmodel.timeline import discount_factors
from tests.costmodel.flows import flows
from tests.costmodel.scenarios import OLD, OLD_LOT, SEED, calm_scenario

Simulate = Callable[..., Simulated]
NOBODY = -60.0

pytestmark = pytest.mark.usefixtures("small_blocks")

WHOLE = {"network_capex_usd_per_chip": fixed(5_000.0), "colocation_usd_per_kw_month": fixed(120.0)}


def test_the_network_is_bought_with_the_chips_and_again_with_their_replacement(simulate: Simulate) -> None:
    lot = replace(OLD_LOT, ramp_quarters=1, it_life_quarters=6, lead_quarters=1, **WHOLE)  # type: ignore[arg-type]
    world = simulate(calm_scenario(terms=(OLD,), fleet={"lots": (lot,)}), intercept=NOBODY).base
    network = flows(world, "network", "old-lot")
    assert network.any(axis=1).nonzero()[0].tolist() == [0, 6]
    assert network[6] == pytest.approx(np.full(256, 190_000.0 * 5_000.0))


def test_rent_is_due_for_every_kilowatt_provisioned_while_chips_are_online(simulate: Simulate) -> None:
    lot = replace(OLD_LOT, **WHOLE)  # type: ignore[arg-type]
    world = simulate(calm_scenario(terms=(OLD,), fleet={"lots": (lot,)}), intercept=NOBODY).base
    rent = flows(world, "colocation", "old-lot")
    assert rent[12] == pytest.approx(np.full(256, 190_000.0 * 2.1 * 120.0 * 3.0))
    assert rent[1] == pytest.approx(rent[12] / 3.0)


def test_chips_at_the_end_of_their_life_are_sold_for_their_salvage_without_a_gain(
    simulate: Simulate,
) -> None:
    lot = replace(
        OLD_LOT,
        ramp_quarters=1,
        it_life_quarters=6,
        site_life_quarters=12,
        it_capex_usd_per_chip=fixed(40_000.0),
        network_capex_usd_per_chip=fixed(10_000.0),
        it_salvage_share=fixed(0.1),
    )
    market = {"index_change_annual": fixed(-0.5)}
    scenario = calm_scenario(terms=(OLD,), fleet={"lots": (lot,)}, market=market)
    world = simulate(scenario, intercept=NOBODY).base
    residual = flows(world, "residual", "old-lot")
    # The first chips after six quarters, those that followed them when the contract ends: the market does not move it.
    assert residual.any(axis=1).nonzero()[0].tolist() == [6, 12]
    assert residual[[6, 12]] == pytest.approx(np.full((2, 256), 190_000.0 * 5_000.0))
    assert world.accounts.book_lost == pytest.approx(residual, abs=1.0)


def test_chips_that_run_on_keep_their_salvage_until_the_contract_ends(simulate: Simulate) -> None:
    lot = replace(
        OLD_LOT,
        ramp_quarters=1,
        it_life_quarters=10,
        last_replacement_quarters=4,
        site_capex_usd_per_kw=fixed(0.0),
        it_capex_usd_per_chip=fixed(40_000.0),
        it_salvage_share=fixed(0.25),
    )
    world = simulate(calm_scenario(terms=(OLD,), fleet={"lots": (lot,)}), intercept=NOBODY).base
    residual = flows(world, "residual", "old-lot")
    assert residual.any(axis=1).nonzero()[0].tolist() == [12]
    assert residual[12] == pytest.approx(np.full(256, 190_000.0 * 10_000.0))
    assert world.accounts.depreciation.sum(axis=0) == pytest.approx(np.full(256, 190_000.0 * 30_000.0))


def test_before_the_end_of_a_life_the_market_moves_only_what_is_above_salvage(simulate: Simulate) -> None:
    lot = replace(
        OLD_LOT,
        ramp_quarters=1,
        it_life_quarters=24,
        site_life_quarters=24,
        it_salvage_share=fixed(0.2),
        site_salvage_share=fixed(0.5),
    )
    fleet = {
        "lots": (lot,),
        "residual_share": fixed(0.5),
        "site_residual_share": fixed(0.9),
        "residual_index_elasticity": 1.0,
    }
    market = {"index_change_annual": fixed(-0.2), "index_volatility_annual": fixed(0.0)}
    world = simulate(calm_scenario(terms=(OLD,), fleet=fleet, market=market), intercept=NOBODY).base
    chips = flows(world, "chips", "old-lot").sum(axis=0)
    site = flows(world, "site_and_power", "old-lot").sum(axis=0)
    index = 0.8 ** ((11 + 0.5) / 4)
    expected = chips * (0.2 + 0.4 * 0.5 * index) + site * (0.5 + 0.25 * 0.9)
    assert flows(world, "residual", "old-lot")[12] == pytest.approx(expected)
    assert world.accounts.book_lost[12] == pytest.approx(chips * 0.6 + site * 0.75)


def test_the_chip_hour_charges_what_the_cash_costs(simulate: Simulate) -> None:
    """PV of all cash paid for a lot over whole lives = PV of its available hours at the owner's chip-hour, one rate."""
    lot = replace(
        OLD_LOT,
        ramp_quarters=1,
        lead_quarters=1,
        it_life_quarters=6,
        site_life_quarters=12,
        it_salvage_share=fixed(0.15),
        site_salvage_share=fixed(0.3),
        **WHOLE,  # type: ignore[arg-type]
    )
    scenario = calm_scenario(terms=(OLD,), fleet={"lots": (lot,)})
    told = simulate(scenario, intercept=NOBODY)
    inputs = realise(scenario, SEED, 0).tree
    rate = inputs.deal.provider_capex_rate
    hour = owned_chip_hour(inputs.fleet.lots[0], inputs.fleet, inputs.chip("gpu"), rate)
    factors = discount_factors(rate, scenario.timeline.quarters)[:, None]
    kinds = {"chips", "network", "site_and_power", "colocation", "energy", "operations", "residual"}
    cash = told.base.accounts.ledger.net("provider", kinds=frozenset(kinds))
    sold_hours = 190_000.0 * 2190.0 * inputs.fleet.availability
    assert -(cash * factors).sum(axis=0) == pytest.approx(hour.total_usd * sold_hours * factors[1:13].sum())
