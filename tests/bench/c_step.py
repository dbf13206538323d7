"""The same world of the same deal in C, compiled on the spot: the bar for the engine's speed, and a check of its sums.

`step.c` holds the whole base world of `bar_scenario` from its draws to the ledger: market, stack over the load table,
bills, tiers, minimum, lab cash, rounds, IPO, tranches, default, claim, re-letting, fleet, every ledger line's sums,
both cumulative positions and the five fans' rows. Not in it: a sale of the company (its chance is 0 in the scenario),
terms the scenario does not have, the other worlds, quantiles, IRR and further key figures.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from costmodel.arrays import FloatArray
from costmodel.blocks import BLOCK_SIZE
from costmodel.inputs.scenario import Scenario
from costmodel.market import jump_probability
from costmodel.simulate import aftermath, book
from costmodel.simulate.worlds import Stage
from costmodel.terms.compute import promised_by_quarter
from tests.costmodel.scenarios import NEW, OLD, TERMS, small_scenario

QUARTERS = 40
FLAGS = [
    "-O3",
    "-march=native",
    "-ffast-math",
    "-fopenmp-simd",
    "-mprefer-vector-width=512",
    "-fno-math-errno",
]
# C name of a shock -> (stream, whether it is normal).
SHOCKS = {
    "factor": ("market.factor", True),
    "demand_own": ("demand.own", True),
    "jump_uniform": ("demand.jump", False),
    "jump_size": ("demand.jump_size", True),
    "index_own": ("index.own", True),
    "regime": ("valuation.regime", False),
    "value_own": ("valuation.own", True),
    "value_jump": ("valuation.jump", False),
    "value_jump_size": ("valuation.jump_size", True),
    "round": ("lab.round_open", False),
    "default": ("lab.default", False),
    "announcement": ("exit.announcement", False),
    "resolution": ("exit.resolution", False),
    "withdrawal": ("exit.withdrawal", False),
    "retry": ("exit.retry", False),
    "book": ("exit.book_building", True),
    "first_day": ("exit.first_day", True),
    "report": ("exit.report", False),
    "report_size": ("exit.report_size", True),
    "milestone": ("milestone.contingent.milestone", False),
}
# C name of a ledger line -> (kind, item, needs an IPO).
LINES = {
    "paid_without": ("equity_tranche", "paid", False),
    "more_without": ("equity_tranche", "contingent", False),
    "more_because": ("equity_tranche", "contingent", True),
    **{f"billed_{key}": ("compute_billed", key, False) for key in ("old", "new")},
    "shortfall_new": ("shortfall", "new", False),
    **{f"claim_{key}": ("termination_claim", key, False) for key in ("old", "new")},
    **{f"relet_{key}": ("relet_capacity", key, False) for key in ("old", "new")},
    **{f"chips_{key}": ("chips", f"{key}-lot", False) for key in ("old", "new")},
    **{f"site_{key}": ("site_and_power", f"{key}-lot", False) for key in ("old", "new")},
    **{f"energy_{key}": ("energy", f"{key}-lot", False) for key in ("old", "new")},
    **{f"operations_{key}": ("operations", f"{key}-lot", False) for key in ("old", "new")},
    **{f"residual_{key}": ("residual", f"{key}-lot", False) for key in ("old", "new")},
    **{kind: (kind, "", False) for kind in ("on_demand", "burst", "on_demand_cost", "other_clouds")},
    **{kind: (kind, "", False) for kind in ("revenue", "other_cost", "porting")},
    "rounds": ("funding_round", "", False),
    "ipo_proceeds": ("ipo_proceeds", "", True),
    "share_sale": ("share_sale", "", True),
}
ROWS = ("lab_revenue", "lab_cash", "lab_value", "cumulative", "accounting")
FIGURES = ("recovered_cash", "recovered_books", "npv")


def bar_scenario() -> Scenario:
    """Return the small scenario over 40 quarters with contracts that fill most of them; nobody buys the company."""
    longer = {OLD: replace(OLD, quarters=32), NEW: replace(NEW, quarters=36)}
    terms = tuple(longer.get(term, term) for term in TERMS)
    return small_scenario(quarters=QUARTERS, terms=terms, exit={"sale_hazard": 0.0})


class World(ctypes.Structure):
    """`world` of step.c."""

    _fields_ = [
        *((name, ctypes.c_int) for name in ("quarters", "draws", "levels")),
        *((name, ctypes.c_void_p) for name in ("p", "q", "in", "luck", "table", "fleet")),
        *((name, ctypes.c_void_p) for name in ("lines", "rows", "figures")),
    ]


@dataclass(frozen=True, slots=True)
class Step:
    """The kernel with everything it reads and writes; call it as often as you like."""

    library: Any
    world: World
    held: list[Any]
    lines: FloatArray
    rows: FloatArray
    figures: FloatArray

    def __call__(self) -> None:
        """Compute the world once."""
        self.lines[:] = 0.0
        self.library.step(ctypes.byref(self.world))

    def sums_of(self, name: str) -> FloatArray:
        """Return (Q+1,) sums of one ledger line."""
        return self.lines[list(LINES).index(name)]


def compiler() -> str | None:
    """Return the C compiler there is."""
    return shutil.which("gcc") or shutil.which("cc")


def prepare(stage: Stage, intercepts: FloatArray, folder: Path) -> Step:
    """Compile the kernel in `folder` and give it the realised inputs and the shocks of a block."""
    numbers, by_quarter, by_draw = _numbers(stage), _by_quarter(stage, intercepts), _by_draw(stage)
    fleet = _fleet(stage)
    lines, rows = np.zeros((len(LINES), QUARTERS + 1)), np.zeros((len(ROWS), QUARTERS + 1, BLOCK_SIZE))
    names = {"P": numbers, "Q": by_quarter, "I": by_draw, "L": SHOCKS, "F": fleet, "N": LINES, "R": ROWS}
    defines = [
        f"#define {kind}_{name} {place}" for kind, all_ in names.items() for place, name in enumerate(all_)
    ]
    kinds = {"NUMBERS": ("NUMBER", numbers), "BY_QUARTER": ("QUARTER", by_quarter)}
    kinds |= {"BY_DRAW": ("DRAW", by_draw), "SHOCKS": ("SHOCK", SHOCKS)}
    for name, (macro, all_) in kinds.items():
        defines.append(f"#define {name} " + " ".join(f"{macro}({one})" for one in all_))
    source = folder / "step_here.c"
    source.write_text("\n".join(defines) + "\n" + (Path(__file__).parent / "step.c").read_text())
    library = folder / "step.so"
    call = [str(compiler()), *FLAGS, "-shared", "-fPIC", "-o", str(library), str(source), "-lm"]
    subprocess.run(call, check=True, capture_output=True)
    shocks = [_shock(stage, stream, normal) for stream, normal in SHOCKS.values()]
    pointers = (ctypes.c_void_p * len(shocks))(*(shock.ctypes.data for shock in shocks))
    table, figures = stage.load_table, np.zeros((len(FIGURES), BLOCK_SIZE))
    given = [
        np.array(list(numbers.values()), dtype=np.float64),
        np.array(list(by_quarter.values())),
        np.array([np.broadcast_to(values, BLOCK_SIZE) for values in by_draw.values()]),
        np.ascontiguousarray(table.values),
        np.array(list(fleet.values())),
    ]
    p, q, inputs, values, counts = (array.ctypes.data for array in given)
    world = World(
        QUARTERS, BLOCK_SIZE, table.levels, p, q, inputs, ctypes.addressof(pointers), values, counts
    )
    world.lines, world.rows, world.figures = (array.ctypes.data for array in (lines, rows, figures))
    return Step(ctypes.CDLL(str(library)), world, [given, shocks, pointers], lines, rows, figures)


def _shock(stage: Stage, stream: str, normal: bool) -> FloatArray:
    return stage.luck.normals(stream) if normal else stage.luck.uniforms(stream)


def _numbers(stage: Stage) -> dict[str, float]:
    """Return what is the same in every draw and quarter."""
    inputs = stage.luck.inputs
    return {
        **_market_numbers(inputs),
        **_lab_numbers(inputs.lab, inputs.valuation),
        **_exit_numbers(inputs.exit),
        **_deal_numbers(inputs),
        **_fleet_numbers(stage),
    }


def _market_numbers(inputs: Any) -> dict[str, float]:
    demand, market, place = inputs.demand, inputs.market, inputs.placement
    chance = jump_probability(demand.jumps_per_year)
    return {
        "demand_loading": demand.market_loading,
        "demand_rest": np.sqrt(1.0 - demand.market_loading**2),
        "jump_chance": chance,
        "jump_mean": demand.jump_log_mean,
        "jump_sd": demand.jump_log_sd,
        "growth_mature": np.log1p(demand.growth_saturated_annual),
        "compensation": chance * demand.jump_log_mean,
        "index_loading": market.index_market_loading,
        "index_rest": np.sqrt(1.0 - market.index_market_loading**2),
        "index_vol": market.index_volatility_annual,
        "share_end": place.provider_share_end,
        "ported_start": place.ported_share_start,
        "on_demand_limit": market.on_demand_limit_share,
        "burst_limit": market.burst_limit_share,
        "other_spare": market.other_clouds_spare_share,
        "burst_multiple": market.burst_price_multiple,
        "owner_cost": market.owner_cost_usd_per_chip_hour,
        "other_price": market.other_clouds_usd_per_chip_hour,
        "porting_quarters": place.porting_quarters,
        "least_value": 0.02,
    }


def _lab_numbers(lab: Any, value: Any) -> dict[str, float]:
    low, high = (np.log(h / (1.0 - h)) for h in (lab.distress_hazard_short, lab.distress_hazard_long))
    return {
        "regime_now": {"cold": 0, "normal": 1, "hot": 2}[value.regime_now],
        "opening_value": value.opening_equity_value_usd,
        "debt": value.debt_usd,
        "stay": value.regime_persistence,
        "cold": value.regime_share_cold,
        "hot": value.regime_share_hot,
        "regime_log": value.regime_log_multiple,
        "value_loading": value.market_loading,
        "value_rest": np.sqrt(1.0 - value.market_loading**2),
        "value_jump_chance": min(value.jumps_per_year / 4.0, 1.0),
        "value_jump_sd": value.jump_log_sd,
        "pull": 1.0 - 0.5 ** (1.0 / value.half_life_quarters),
        "other_cost_share": lab.other_cost_share_of_revenue,
        "open_cold": lab.round_open_cold,
        "open_normal": lab.round_open_normal,
        "open_hot": lab.round_open_hot,
        "round_size": lab.round_size_quarters,
        "round_limit": lab.round_limit_share,
        "round_below": lab.round_below_runway_quarters,
        "hazard_at": low,
        "hazard_slope": (high - low) / 4.0,
    }


def _exit_numbers(exit_: Any) -> dict[str, float]:
    return {
        "value_pull": exit_.value_sensitivity,
        "value_floor": exit_.value_floor_usd,
        "regime_pull": exit_.regime_sensitivity,
        "retry": exit_.retry_hazard,
        "resolve": 1.0 / exit_.listing_lag_quarters,
        "withdraw": exit_.withdrawal_probability,
        "book_sd": exit_.book_building_sd,
        "first_day_sd": exit_.first_day_sd,
        "offer_share": exit_.offer_share,
        "drift": (1.0 + exit_.drift_annual) ** 0.25,
        "drift_quarters": exit_.drift_quarters,
        "report_mean": exit_.report_jump_mean,
        "report_sd": exit_.report_jump_sd,
        "report_chance": exit_.report_jump_probability,
        **{f"release_{one.quarters_after_listing}": one.share for one in exit_.lock_up},
        "turnover": exit_.turnover_annual,
        "participation": exit_.participation_share,
        "impact": exit_.price_impact_share,
    }


def _deal_numbers(inputs: Any) -> dict[str, float]:
    old, new = inputs.contracts()
    tiers, steps, promise = inputs.tiers_of("new"), inputs.steps_of("new"), inputs.take_or_pay_of("new")
    paid, more = inputs.tranches()
    return {
        "paid_usd": paid.amount_usd,
        "paid_price": paid.valuation_usd,
        "old_quarters": old.quarters,
        "new_quarters": new.quarters,
        "price_old": old.reference_usd_per_chip_hour * (1.0 - old.discount_share),
        "index_gap": steps.index_gap_share,
        "floor": steps.floor_usd_per_chip_hour,
        "tier_1": tiers.tiers[0].discount_share,
        "tier_1_from": tiers.tiers[0].from_usd,
        "tier_2": tiers.tiers[1].discount_share,
        "tier_2_from": tiers.tiers[1].from_usd,
        "make_up": promise.make_up_share,
        "carry": promise.carry_forward_share,
        "more_usd": more.amount_usd,
        "longstop": inputs.timeline.index_of(more.longstop or date.max),
        "notice": more.notice_quarters,
        "contract_rate": inputs.deal.provider_contract_rate,
        "capex_rate": inputs.deal.provider_capex_rate,
        "equity_rate": inputs.deal.provider_equity_rate,
    }


def _fleet_numbers(stage: Stage) -> dict[str, float]:
    inputs = stage.luck.inputs
    terms, fleet = inputs.deal.on_default, inputs.fleet
    lot = fleet.lots[0]
    return {
        "level_step": stage.load_table.level_step,
        "availability": fleet.availability,
        "relet_use": terms.relet_utilisation,
        "relet_lag": terms.relet_lag_quarters,
        "power_share": fleet.mean_power_share,
        "pue": fleet.power_usage_effectiveness,
        "operations": lot.operations_usd_per_chip_hour,
        "site_usd": lot.site_capex_usd_per_kw,
        "kw_gpu": inputs.chip("gpu").provisioned_kw,
        "kw_asic": inputs.chip("asic").provisioned_kw,
        "it_life": lot.it_life_quarters,
        "site_life": lot.site_life_quarters,
        "residual_elasticity": fleet.residual_index_elasticity,
    }


def _by_quarter(stage: Stage, intercepts: FloatArray) -> dict[str, FloatArray]:
    """Return what is the same in every draw, by quarter."""
    inputs, t = stage.luck.inputs, np.arange(QUARTERS)
    demand, place = inputs.demand, inputs.placement
    slowing_for = np.maximum(np.minimum(t + 0.5, demand.saturation_starts_quarter) - demand.now_quarters, 0.0)
    mature_for = np.maximum(t + 0.5 - demand.saturation_starts_quarter, 0.0)
    training = place.training_share_start + (
        place.training_share_end - place.training_share_start
    ) * np.minimum(t / place.training_share_ramp_quarters, 1.0)
    new = inputs.contracts()[1]
    minimum = np.zeros(QUARTERS)
    minimum[: new.quarters] = promised_by_quarter(inputs.take_or_pay_of("new"), new.quarters)
    return {
        "training": training,
        "share": np.minimum(t / place.provider_share_ramp_quarters, 1.0),
        "ported": np.minimum(t / place.porting_quarters, 1.0),
        "slowing": 2.0 ** (-slowing_for / demand.slowing_half_life_quarters),
        "saturating": 2.0 ** (-mature_for / demand.saturation_half_life_quarters),
        "plan_old": stage.ground.planned["old-lot"],
        "plan_new": stage.ground.planned["new-lot"],
        "minimum": minimum,
        "minimum_after": minimum.sum() - np.cumsum(minimum),
        "other_cost_growth": (1.0 + inputs.lab.other_cost_growth_annual) ** (t / 4.0),
        "intercept": intercepts,
    }


def _by_draw(stage: Stage) -> dict[str, Any]:
    """Return the uncertain inputs."""
    inputs, rates = stage.luck.inputs, stage.ground.rates
    demand, place = inputs.demand, inputs.placement
    (old, new), (old_lot, new_lot) = inputs.contracts(), inputs.fleet.lots
    hazard = next(
        trigger for trigger in inputs.tranches()[1].triggers if trigger.event == "milestone"
    ).hazard_annual
    return {
        "opening_cash": inputs.lab.opening_cash_usd,
        "tokens_per_day": demand.tokens_per_day_trillion,
        "paid_price": demand.paid_price_usd_per_1m_tokens,
        "growth_now": np.log1p(demand.growth_now_annual),
        "growth_slow": np.log1p(demand.growth_slowing_annual),
        "demand_vol": demand.volatility_annual,
        "log_price_change": np.log1p(demand.paid_price_change_annual),
        "log_index_change": np.log1p(inputs.market.index_change_annual),
        "log_mature": np.log(inputs.valuation.mature_multiple),
        "value_vol": inputs.valuation.volatility_annual,
        "log_gain": np.log1p(inputs.workload.efficiency_gain_annual),
        "share_start": place.provider_share_start,
        "ported_end": place.ported_share_end,
        "rate_gpu": rates["gpu"],
        "rate_asic": rates["asic"],
        "built_old": old_lot.built_share,
        "built_new": new_lot.built_share,
        "reference_old": old.reference_usd_per_chip_hour,
        "reference_new": new.reference_usd_per_chip_hour,
        "discount_new": new.discount_share,
        "log_step_down": np.log1p(-inputs.steps_of("new").annual_step_down_share),
        "undelivered": inputs.take_or_pay_of("new").undelivered_due_share,
        "on_demand_price": inputs.market.on_demand_usd_per_chip_hour,
        "other_cost": inputs.lab.other_cost_usd_per_quarter,
        "porting_cost": place.porting_cost_usd,
        "first_day": inputs.exit.first_day_mean,
        "milestone_chance": 1.0 - (1.0 - hazard) ** 0.25,
        **_costs_by_draw(inputs),
    }


def _costs_by_draw(inputs: Any) -> dict[str, Any]:
    terms, fleet = inputs.deal.on_default, inputs.fleet
    old_lot, new_lot = fleet.lots
    return {
        "relet_price": terms.relet_price_share,
        "termination": terms.termination_share,
        "recovery": terms.recovery_share,
        "power": fleet.power_usd_per_kwh,
        "chip_usd_old": old_lot.it_capex_usd_per_chip,
        "chip_usd_new": new_lot.it_capex_usd_per_chip,
        "residual": fleet.residual_share,
        "site_residual": fleet.site_residual_share,
    }


def _fleet(stage: Stage) -> dict[str, FloatArray]:
    """Return counts by quarters paid, (Q+1, Q+1): the engine keeps the same tables for all blocks."""
    inputs, found = stage.luck.inputs, {}
    lag, use = inputs.deal.on_default.relet_lag_quarters, inputs.deal.on_default.relet_utilisation
    powered = book.living(QUARTERS) + (aftermath.since_default(QUARTERS) > lag) * use
    for name, lot, contract in zip(("OLD", "NEW"), inputs.fleet.lots, inputs.contracts(), strict=True):
        last = contract.quarters - 1
        told = book.aged(lot, stage.ground.planned[lot.key], last)
        on = np.zeros((QUARTERS + 1, QUARTERS + 1))
        on[1:] = told.online[1:] * powered
        dead = (np.arange(QUARTERS)[:, None] >= np.arange(QUARTERS + 1)) * told.online[1:]
        rows = slice(0, last + 2)
        it_left = told.it_ordered[rows].sum(axis=0) - told.it_in_life[rows].sum(axis=0) / lot.it_life_quarters
        site_left = (
            told.site_ordered[rows].sum(axis=0) - told.site_in_life[rows].sum(axis=0) / lot.site_life_quarters
        )
        found |= {
            f"{name}_online": told.online,
            f"{name}_powered": on,
            f"{name}_it": told.it_ordered,
            f"{name}_site": told.site_ordered,
            f"{name}_it_life": told.it_in_life,
            f"{name}_site_life": told.site_in_life,
            **{
                f"{name}_{what}": np.broadcast_to(row, on.shape)
                for what, row in (
                    ("online_after", dead.sum(axis=0)),
                    ("it_left", it_left),
                    ("site_left", site_left),
                )
            },
        }
    return found
