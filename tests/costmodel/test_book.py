"""The provider's fleet: cash for chips, straight-line books, and what is left after a default (E7, E29, E32)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from costmodel.counted import Counted
from costmodel.inputs.deal import DefaultTerms
from costmodel.inputs.quantity import Quantity, fixed
from costmodel.outcomes.recovery import provider_money
from costmodel.simulate.aftermath import AfterDefault, settle_default, since_default
from costmodel.simulate.book import Counts, Terms, age_chips, aged, living, write_off
from costmodel.simulate.worlds import Simulated
from costmodel.timeline import discount_factors
from tests.costmodel.flows import flows
from tests.costmodel.scenarios import (
    NEW,
    NEW_LOT,
    NEW_MINIMUM,
    OLD,
    OLD_LOT,
    PAID,
    calm_scenario,
    small_scenario,
)

Simulate = Callable[..., Simulated]
NOBODY = -60.0


def cohorts(planned: list[float], last: int, alive: int | None = None, **lot: Any) -> Any:
    """Age the chips of one lot; `alive` is the last quarter in which the lab pays."""
    quarters = len(planned)
    living = np.ones((quarters, 256), dtype=bool)
    if alive is not None:
        living[alive + 1 :] = False
    return age_chips(replace(OLD_LOT, **lot), np.array(planned), living, last)


# --- counts -----------------------------------------------------------------------------------------------------------

pytestmark = pytest.mark.usefixtures("small_blocks")


def test_chips_are_ordered_before_service_but_never_before_the_opening_date() -> None:
    told = cohorts([10.0, 20.0, 20.0, 30.0, 30.0, 30.0], last=5, lead_quarters=2)
    assert told.it_ordered[:, 0].tolist() == [20.0, 0.0, 10.0, 0.0, 0.0, 0.0, 0.0]
    assert told.online[:, 0].tolist() == [0.0, 10.0, 20.0, 20.0, 30.0, 30.0, 30.0]
    assert np.array_equal(told.it_ordered, told.site_ordered)


def test_chips_are_replaced_at_the_end_of_their_life_and_sites_are_not() -> None:
    told = cohorts([10.0] * 12, last=11, it_life_quarters=4, lead_quarters=1, site_life_quarters=40)
    assert told.it_ordered[:, 0].nonzero()[0].tolist() == [0, 4]
    assert told.site_ordered[:, 0].nonzero()[0].tolist() == [0]
    # Those that reach their end within a year of the contract's run on, written off.
    assert told.online[1:, 0].tolist() == [10.0] * 12
    assert told.it_in_life[1:, 0].tolist() == [10.0] * 8 + [0.0] * 4


def test_nothing_is_ordered_after_default() -> None:
    planned = [10.0 * n for n in range(1, 9)] + [80.0] * 4
    told = cohorts(planned, last=11, alive=3, it_life_quarters=4, lead_quarters=1)
    whole = cohorts(planned, last=11, it_life_quarters=4, lead_quarters=1)
    assert not told.it_ordered[5:].any()
    assert np.array_equal(told.it_ordered[:5], whole.it_ordered[:5])
    assert whole.it_ordered[5:].any()
    # What was in service is not replaced: only the last order, within a year of the end, still runs.
    assert told.online[1:, 0].tolist() == [10.0, 20.0, 30.0, 40.0, 50.0, 40.0, 30.0] + [20.0] * 5


def test_nothing_stands_after_the_contract() -> None:
    told = cohorts([10.0] * 8 + [0.0] * 4, last=7, it_life_quarters=20)
    assert told.online[9:].max() == 0.0
    assert told.it_in_life[9:].max() == 0.0


# --- money ------------------------------------------------------------------------------------------------------------


def test_capex_is_chips_times_their_price(simulate: Simulate) -> None:
    lot = replace(OLD_LOT, it_capex_usd_per_chip=fixed(50_000.0), it_life_quarters=40, built_share=fixed(0.9))
    scenario = calm_scenario(terms=(OLD,), fleet={"lots": (lot,)})
    world = simulate(scenario, intercept=NOBODY).base
    chips = 190_000.0 * 0.9
    assert flows(world, "chips", "old-lot").sum(axis=0) == pytest.approx(np.full(256, chips * 50_000.0))
    site = flows(world, "site_and_power", "old-lot").sum(axis=0)
    assert site == pytest.approx(np.full(256, chips * 2.1 * 16_000.0))


def test_energy_and_operations_follow_the_hours_online(simulate: Simulate) -> None:
    fleet = {"lots": (OLD_LOT,), "power_usd_per_kwh": fixed(0.08), "mean_power_share": fixed(0.6)}
    world = simulate(calm_scenario(terms=(OLD,), fleet=fleet), intercept=NOBODY).base
    chip_hours = 190_000.0 * (1 / 3 + 2 / 3 + 10) * 2190.0
    energy = flows(world, "energy", "old-lot").sum(axis=0)
    assert energy == pytest.approx(np.full(256, chip_hours * 2.1 * 0.6 * 1.15 * 0.08))
    assert flows(world, "operations", "old-lot").sum(axis=0) == pytest.approx(np.full(256, chip_hours * 0.1))


def test_what_lives_its_whole_life_is_written_off_in_full(simulate: Simulate) -> None:
    lot = replace(OLD_LOT, ramp_quarters=1, it_life_quarters=12, site_life_quarters=12)
    world = simulate(calm_scenario(terms=(OLD,), fleet={"lots": (lot,)}), intercept=NOBODY).base
    capex = flows(world, "chips", "old-lot") + flows(world, "site_and_power", "old-lot")
    assert world.accounts.depreciation.sum(axis=0) == pytest.approx(capex.sum(axis=0))
    assert np.abs(world.accounts.book_lost).max() < 1.0
    assert np.abs(flows(world, "residual", "old-lot")).max() < 1.0


def test_the_residual_is_book_value_times_its_share_and_the_market(simulate: Simulate) -> None:
    lot = replace(OLD_LOT, ramp_quarters=1, it_life_quarters=24, site_life_quarters=24)
    fleet = {
        "lots": (lot,),
        "residual_share": fixed(0.5),
        "site_residual_share": fixed(0.9),
        "residual_index_elasticity": 0.5,
    }
    market = {"index_change_annual": fixed(-0.2), "index_volatility_annual": fixed(0.0)}
    world = simulate(calm_scenario(terms=(OLD,), fleet=fleet, market=market), intercept=NOBODY).base
    chips = flows(world, "chips", "old-lot").sum(axis=0)
    site = flows(world, "site_and_power", "old-lot").sum(axis=0)
    residual = flows(world, "residual", "old-lot")
    assert residual.any(axis=1).nonzero()[0].tolist() == [12]
    index = 0.8 ** ((11 + 0.5) / 4)
    assert residual[12] == pytest.approx(chips / 2.0 * 0.5 * np.sqrt(index) + site / 2.0 * 0.9)
    assert world.accounts.book_lost[12] == pytest.approx((chips + site) / 2.0)


def test_book_never_goes_below_zero() -> None:
    bought, in_life = np.array([[1.0], [0.0], [0.0]]), np.array([[0.0], [1.0], [1.0]])
    draws, nothing = np.zeros(1, dtype=np.int64), np.zeros((3, 1))

    def book_given_up(life: int) -> float:
        told = write_off(draws, Counts(bought, in_life, nothing), 100.0, Terms(life, 0.0, 0.5, 1.0), 1)
        return float(told.book_sold.expanded()[2, 0])

    assert book_given_up(4) == pytest.approx(50.0)
    assert book_given_up(1) == 0.0


def test_a_table_by_quarters_paid_says_the_same_as_draw_by_draw() -> None:
    planned = np.array([10.0, 20.0, 20.0, 30.0, 30.0, 30.0, 30.0, 30.0])
    lot = replace(OLD_LOT, it_life_quarters=3, lead_quarters=1, last_replacement_quarters=2)
    paid = np.array([8, 1, 5, 5, 2])
    table = aged(lot, planned, 6)
    alone = age_chips(lot, planned, living(8)[:, paid], 6)
    for name in ("it_ordered", "it_in_life", "it_sold", "site_ordered", "site_in_life", "online"):
        assert np.array_equal(getattr(table, name)[:, paid], getattr(alone, name)), name
        told = Counted(paid, ((getattr(table, name), 2.0), (getattr(table, name), np.arange(5.0))))
        assert np.array_equal(told.expanded(), getattr(alone, name) * (2.0 + np.arange(5.0)))
        assert told.sums(3) == pytest.approx(told.expanded()[:, :3].sum(axis=1))


SALVAGED = {
    "network_capex_usd_per_chip": fixed(5_000.0),
    "colocation_usd_per_kw_month": fixed(120.0),
    "it_salvage_share": Quantity(shape="beta", low=0.05, high=0.3),
    "site_salvage_share": fixed(0.2),
}


@pytest.mark.parametrize(
    "lots",
    [(OLD_LOT, NEW_LOT), tuple(replace(lot, **SALVAGED) for lot in (OLD_LOT, NEW_LOT))],  # type: ignore[arg-type]
    ids=["plain", "with network, rent and salvage"],
)
def test_cash_and_books_differ_by_the_return_on_the_opening_book(simulate: Simulate, lots: Any) -> None:
    """PV(cash) = PV(accounting) - PV(r x opening book) on every draw of every world, contract and capex at one rate."""
    simulated = simulate(small_scenario(lab={"distress_hazard_short": 0.2}, fleet={"lots": lots}))
    assert simulated.base.run.defaulted.any()
    for world in (simulated.base, simulated.closed, simulated.base_without):
        assert world is not None
        money = provider_money(world.accounts)
        factors = discount_factors(0.1, 16)[:, None]
        paid = sum(
            line.flows
            for line in world.accounts.ledger.lines
            if line.kind in ("chips", "network", "site_and_power")
        )
        assert world.accounts.not_earned is not None
        owed = world.accounts.not_earned  # a shortfall that can still be made up
        closing = np.cumsum(paid - world.accounts.depreciation - world.accounts.book_lost - owed, axis=0)
        opening = np.vstack([np.zeros((1, 256)), closing[:-1]])
        charge = (1.1**0.25 - 1.0) * opening
        cash = ((money.contract + money.capex) * factors).sum(axis=0)
        books = (money.accounting_margin * factors).sum(axis=0)
        assert np.abs(closing[-1]).max() < 1.0
        assert cash == pytest.approx(books - (charge * factors).sum(axis=0), rel=1e-9, abs=1.0)
        assert np.abs(charge).max() > 1e6


# --- default ----------------------------------------------------------------------------------------------------------


def test_quarters_since_default_count_from_the_quarter_after() -> None:
    since = since_default(5)
    assert since[:, 2].tolist() == [0.0, 0.0, 1.0, 2.0, 3.0]
    assert not since[:, 5].any()


def settled(defaulted_in: int | None, hours: float = 100.0, **terms: Any) -> Any:
    """Settle a contract of 8 quarters with a minimum of 100 each and hours at USD 1, after one quarter's default."""
    on_default: dict[str, Any] = {
        "termination_share": 0.5,
        "recovery_share": 0.4,
        "relet_lag_quarters": 1,
        "relet_price_share": 0.5,
        "relet_utilisation": 1.0,
        **terms,
    }
    contract = replace(OLD, reference_usd_per_chip_hour=fixed(1.0))
    inputs = type("Inputs", (), {"deal": type("Deal", (), {"on_default": DefaultTerms(**on_default)})})
    contract = type("Contract", (), {"reference_usd_per_chip_hour": 1.0, "key": contract.key})
    paid_quarters = np.array([8 if defaulted_in is None else defaulted_in + 1])
    ones = np.ones((8, 1))
    online = Counted(paid_quarters, ((np.ones((8, 9)), hours),))
    claim, relet = settle_default(inputs, contract, 100.0 * ones, online, paid_quarters, ones)
    return AfterDefault(claim, relet, relet > 0.0)


def test_without_default_there_is_neither_claim_nor_re_letting() -> None:
    told = settled(None)
    assert not told.claim.expanded().any()
    assert not told.relet.any()


def test_the_claim_is_the_fee_less_what_re_letting_should_bring_times_its_recovery() -> None:
    told = settled(3, hours=40.0)
    expected_relet = 4 * 40.0 * 0.5
    assert told.claim.expanded()[4, 0] == pytest.approx(0.4 * (0.5 * 400.0 - expected_relet))
    assert told.claim.sum() == told.claim.expanded()[4].sum()
    assert settled(3, hours=200.0).claim.sum() == 0.0


def test_re_letting_starts_after_its_lag_at_its_price() -> None:
    assert settled(3, hours=40.0).relet[:, 0].tolist() == pytest.approx([0.0] * 5 + [20.0] * 3)
    assert settled(3, hours=40.0, relet_lag_quarters=3).relet[:, 0].tolist() == pytest.approx(
        [0.0] * 7 + [20.0]
    )


def test_claim_and_re_letting_stay_within_what_remained() -> None:
    told = settled(3, hours=1000.0, relet_price_share=2.0)
    assert told.claim.sum() + told.relet.sum() == pytest.approx(400.0)
    last = settled(7)
    assert last.claim.sum() + last.relet.sum() == 0.0


def test_claim_and_re_letting_never_exceed_the_contract_on_any_draw(simulate: Simulate) -> None:
    generous = {
        "termination_share": fixed(1.0),
        "recovery_share": fixed(1.0),
        "relet_price_share": fixed(3.0),
        "relet_lag_quarters": 0,
    }
    base = small_scenario(lab={"distress_hazard_short": 0.3, "distress_hazard_long": 0.1})
    scenario = replace(
        base,
        deal=replace(base.deal, on_default=replace(base.deal.on_default, **generous)),  # type: ignore[arg-type]
    )
    simulated = simulate(scenario)
    minimum = simulated.operations.contracts["new"].minimum
    for world in (simulated.base, simulated.closed):
        remained = (minimum * ~world.run.alive).sum(axis=0)
        got = (flows(world, "termination_claim", "new") + flows(world, "relet_capacity", "new")).sum(axis=0)
        assert np.all(got <= remained + 1.0)
        assert (got > 0.99 * remained)[remained > 0].any()
        assert not got[~world.run.defaulted.any(axis=0)].any()


def test_re_letting_follows_the_market_that_sank_the_lab(simulate: Simulate) -> None:
    """Wrong-way risk: what is re-let earns the market index of its own quarter, not the contract price."""
    scenario = small_scenario(
        terms=(OLD, NEW, PAID),
        lab={"distress_hazard_short": 0.5, "distress_hazard_long": 0.2},
        market={"index_change_annual": fixed(-0.5), "index_volatility_annual": fixed(0.0)},
        fleet={"lots": (replace(OLD_LOT, it_life_quarters=24), NEW_LOT)},
    )
    world = simulate(scenario).base
    relet = flows(world, "relet_capacity", "old")[1:]
    early = world.run.defaulted[2]
    assert early.any()
    prices = relet[5:9, early]
    assert np.all(prices > 0)
    assert prices[3] / prices[0] == pytest.approx(np.full(prices.shape[1], 0.5 ** (3 / 4)))


def test_idle_chips_draw_no_power_and_re_let_ones_their_share(simulate: Simulate) -> None:
    scenario = small_scenario(
        terms=(OLD, PAID),
        lab={"distress_hazard_short": 0.5, "distress_hazard_long": 0.2},
        fleet={"lots": (replace(OLD_LOT, it_life_quarters=24),)},
    )
    world = simulate(scenario).base
    energy = flows(world, "energy", "old-lot")[1:, world.run.defaulted[2]]
    assert energy[2].all()
    assert not energy[3].any()
    assert energy[4] == pytest.approx(0.7 * energy[2])


def test_released_capacity_is_sold_after_its_lag(simulate: Simulate) -> None:
    base = calm_scenario(
        terms=(replace(NEW, built_without_equity_share=fixed(0.5)), PAID), fleet={"lots": (NEW_LOT,)}
    )
    scenario = replace(
        base, deal=replace(base.deal, on_default=replace(base.deal.on_default, relet_lag_quarters=3))
    )
    other = simulate(scenario, intercept=NOBODY).base_without
    assert other is not None
    assert flows(other, "released_capacity", "new").any(axis=1).nonzero()[0].tolist() == list(range(4, 15))


def test_the_no_equity_world_sells_released_capacity_and_keeps_earlier_contracts(simulate: Simulate) -> None:
    terms = (
        OLD,
        replace(NEW, kept_without_equity_share=fixed(0.25), built_without_equity_share=fixed(0.4)),
        NEW_MINIMUM,
        PAID,
    )
    simulated = simulate(calm_scenario(terms=terms), intercept=NOBODY)
    base, other = simulated.base, simulated.base_without
    assert other is not None
    assert np.array_equal(flows(base, "chips", "old-lot"), flows(other, "chips", "old-lot"))
    built = 0.25 + 0.75 * 0.4
    assert flows(other, "chips", "new-lot") == pytest.approx(built * flows(base, "chips", "new-lot"))
    assert not flows(base, "released_capacity", "new").any()
    released = flows(other, "released_capacity", "new")
    assert released.any()
    # Nothing is sold before the lag, nor after the contract's last quarter.
    assert not released[: 1 + 1].any()
    assert not released[15:].any()


def test_a_lot_that_starts_later_is_ordered_later(simulate: Simulate) -> None:
    lot = replace(NEW_LOT, online_from=date(2027, 4, 1), ramp_quarters=1, lead_quarters=3)
    world = simulate(calm_scenario(fleet={"lots": (OLD_LOT, lot)}), intercept=NOBODY).base
    first = 4 - 3 + 1
    assert flows(world, "chips", "new-lot").any(axis=1).nonzero()[0].tolist()[0] == first


def test_a_contract_without_chips_of_its_own_costs_and_bills_nothing(simulate: Simulate) -> None:
    lab = {"distress_hazard_short": 0.5, "distress_hazard_long": 0.2}
    terms = (OLD, NEW, replace(OLD, key="bare"), PAID)
    world = simulate(small_scenario(terms=terms, lab=lab)).base
    assert world.run.defaulted.any()
    for line in world.accounts.ledger.lines:
        assert line.item != "bare" or not line.flows.any(), line.kind
