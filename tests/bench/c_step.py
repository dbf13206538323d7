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
from pathlib import Path
from typing import Any

import numpy as np

from costmodel.arrays import FloatArray
from costmodel.blocks import BLOCK_SIZE
from costmodel.inputs.scenario import Scenario
from costmodel.simulate import aftermath, book
from costmodel.simulate.worlds import Stage
from costmodel.terms.compute import promised_by_quarter
from tests.bench.c_numbers import numbers_of
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
    numbers, by_quarter, by_draw = numbers_of(stage), _by_quarter(stage, intercepts), _by_draw(stage)
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
