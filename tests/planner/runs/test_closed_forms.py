"""What a document with no noise, or one source of it, must come to: closed forms, through the whole document path."""

import math
from collections.abc import Iterator
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pytest

from tests.costmodel.conftest import forget, resize
from tests.planner.runs.quiet_documents import BILLION, CHIPS, EQUITY, flows, quiet, told

DRAWS = 2048
NORMAL = NormalDist()
NO_BILLS = {"deal.terms[contract].reference_usd_per_chip_hour": 0.0}


@pytest.fixture(autouse=True)
def middle_blocks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Blocks of 2,048 draws."""
    resize(monkeypatch, DRAWS)
    yield
    forget()


def within(found: object, expected: object, spread: object, errors: float = 4.0) -> bool:
    """Return whether means over the draws are so near: `spread` is the standard deviation of one draw."""
    allowed = errors * np.asarray(spread) / math.sqrt(DRAWS) + 1e-9
    return bool(np.all(np.abs(np.asarray(found) - np.asarray(expected)) <= allowed))


def shares(chance: object) -> object:
    return np.sqrt(np.asarray(chance) * (1.0 - np.asarray(chance)))


MINIMUM = {"kind": "take_or_pay", "key": "minimum", "contract": "contract", "ramp_quarters": 1}
WORKED = [
    # commitment, years, ramp, equity, margin, payback years, PV, discounted payback, IRR
    (138, 8, 12, 15, 0.14, 6.75, 12.5, None, 0.056),
    (138, 8, 12, 15, 0.25, 4.5, 22.3, 5.5, 0.21),
    (138, 8, 12, 50, 0.378, 7.75, 33.8, None, 0.009),
    (100, 10, 12, 25, 0.25, 10.0, 14.9, None, 0.0),
    (200, 5, 6, 40, 0.378, 3.0, 57.7, 3.5, 0.26),
]


@pytest.mark.parametrize("deal", WORKED, ids=str)
def test_a_worked_deal_comes_out_of_a_document(deal: tuple, monkeypatch: pytest.MonkeyPatch) -> None:
    resize(monkeypatch, 8)
    commitment, years, ramp, equity, margin, payback, worth, discounted, rate_of_return = deal
    quarters = 4 * years
    full = commitment * BILLION / float(np.minimum((np.arange(quarters) + 1) / ramp, 1.0).sum())
    terms = (
        MINIMUM | {"commitment_usd": commitment * BILLION, "ramp_quarters": ramp},
        EQUITY | {"amount_usd": equity * BILLION, "valuation_usd": 852 * BILLION},
    )
    changes = {
        "timeline.quarters": 40,
        "deal.terms[contract].quarters": quarters,
        "fleet.lots[lot-1].chips": full / 2190.0,
        "fleet.lots[lot-1].ramp_quarters": ramp,
        "fleet.lots[lot-1].operations_usd_per_chip_hour": 1.0 - margin,
    }
    plain, at_ten = (told(quiet(*terms, rate=rate, **changes))["outcomes"] for rate in (0.0, 0.1))
    assert years_back(plain) == payback
    assert years_back(at_ten) == discounted
    assert at_ten["margin_cash_pv_usd"]["mean"] / BILLION == pytest.approx(worth, abs=0.06)
    assert at_ten["provider_irr"]["mean"] == pytest.approx(
        rate_of_return, abs=0.004 if discounted else 0.0006
    )


def years_back(outcomes: dict) -> float | None:
    quarter = outcomes["recovery_quarter_cash_no_ipo"]["mean"]
    return None if quarter is None else (quarter + 1.0) / 4.0


HAZARD = 0.05
NOTHING_BACK = {
    "deal.on_default.termination_share": 0.0,
    "deal.on_default.recovery_share": 0.0,
    "deal.on_default.relet_utilisation": 0.0,
    "lab.distress_hazard_short": HAZARD,
    "lab.distress_hazard_long": HAZARD,
}


def test_a_constant_hazard_thins_the_annuity_and_leaves_the_claim_on_what_is_left_of_the_minimum() -> None:
    terms = (MINIMUM | {"commitment_usd": 20 * BILLION}, EQUITY)
    claims = {"deal.on_default.termination_share": 0.5, "deal.on_default.recovery_share": 0.4}
    result = told(quiet(*terms, rate=0.1, **(NOTHING_BACK | claims)), DRAWS)
    quarter = np.arange(20)
    pays = (1.0 - HAZARD) ** quarter
    assert within(flows(result, "compute_billed")[1:21], pays, shares(pays))
    # Default at the end of quarter t: 19 - t billions of the minimum are left; the cash comes in the next quarter.
    owed, fails = 0.5 * 0.4 * (19 - quarter), HAZARD * pays
    assert within(flows(result, "termination_claim")[2:22], owed * fails, owed * shares(fails))


def test_the_chance_to_recover_is_the_chance_to_live_until_the_bills_add_up() -> None:
    result = told(quiet(EQUITY, rate=0.1, **NOTHING_BACK), DRAWS)["outcomes"]
    back = int(np.argmax(np.cumsum(1.1 ** (-(np.arange(20) + 1) / 4)) >= 10.0))
    lives = (1.0 - HAZARD) ** back
    assert within(result["recovered_do_no_ipo_cash"]["mean"], lives, shares(lives))


def test_the_present_value_of_cash_is_that_of_the_accounts_less_the_charge_on_the_opening_book() -> None:
    lot = {
        "it_capex_usd_per_chip": 20_000.0,
        "site_capex_usd_per_kw": 3_000.0,
        "lead_quarters": 2,
        "ramp_quarters": 4,
        "it_life_quarters": 12,
        "online_from": "2027-04-01",
        "operations_usd_per_chip_hour": 0.1,
    }
    changes = {f"fleet.lots[lot-1].{name}": value for name, value in lot.items()}
    changes |= {
        "fleet.residual_share": 0.5,
        "fleet.site_residual_share": 0.5,
        "fleet.power_usd_per_kwh": 0.05,
    }
    changes |= {"timeline.quarters": 40, "lab.distress_hazard_short": 0.05, "lab.distress_hazard_long": 0.05}
    result = told(quiet(rate=0.1, **changes), DRAWS)
    earned = sum(
        np.asarray(line["mean_by_quarter_usd"]) * (1.0 if line["payee"] == "provider" else -1.0)
        for line in result["ledger"]["lines"]
        if "provider" in (line["payer"], line["payee"]) and line["purse"] == "contract"
    )
    bought = BILLION * (np.asarray(flows(result, "chips")) + np.asarray(flows(result, "site_and_power")))
    sold = BILLION * np.asarray(flows(result, "residual"))
    written_off = sum(np.asarray(result["schedules"][n]) for n in ("depreciation_usd", "book_given_up_usd"))
    book = np.cumsum(bought - written_off)
    opening = np.concatenate([[0.0], book[:-1]])
    worth = 1.1 ** (-np.arange(41) / 4.0)
    profit = earned + sold - written_off
    cash = result["outcomes"]["margin_cash_pv_usd"]["mean"]
    assert bought.sum() > BILLION
    assert abs(book[-1]) < 1.0
    assert cash == pytest.approx(float(worth @ (profit - (1.1**0.25 - 1.0) * opening)), abs=10.0)
    assert result["outcomes"]["margin_accounting_usd"]["mean"] == pytest.approx(float(profit.sum()), abs=10.0)


def preferred(tranche: str, multiple: float, ranks: str, cap: float | None = None) -> dict:
    """Return a preference; with a cap (0: none) the class participates."""
    term = {"kind": "preferred", "key": f"p-{tranche}", "tranches": [tranche], "multiple": multiple}
    return term | {"ranks": ranks, "participating": cap is not None, "participation_cap_multiple": cap or 0.0}


# The provider pays 10 for a fifth (class a) and 20 for a tenth (class b); others hold 30 of preference (pari passu).
SALES = [
    # Both convert? a: 20% of 80 left beats its 10; b keeps 20 over 10% of 100: 20 + 0.2 / 0.9 x 80.
    (
        "b keeps its preference",
        100,
        0,
        preferred("a", 1, "senior"),
        preferred("b", 1, "junior"),
        20 + 16 / 0.9,
    ),
    # a takes its cap of 3 x 10, b its 20; the 30 of others are worth more than 30% of what is left.
    ("a reaches its cap", 100, 30, preferred("a", 2, "senior", 3), preferred("b", 1, "pari_passu"), 30 + 20),
    # Preferences of 60 on 40: each class of one rank gets two thirds.
    ("all of one rank", 40, 30, preferred("a", 1, "pari_passu"), preferred("b", 1, "pari_passu", 0), 20),
    # All convert: 30% of 300.
    ("all convert", 300, 30, preferred("a", 1, "senior", 2), preferred("b", 1, "pari_passu"), 90),
]


@pytest.mark.parametrize(
    ("value", "others", "a", "b", "part"), [s[1:] for s in SALES], ids=[s[0] for s in SALES]
)
def test_a_sale_of_the_company_runs_down_the_classes(
    value: float, others: float, a: dict, b: dict, part: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    resize(monkeypatch, 256)
    tranches = (
        EQUITY | {"key": "a", "valuation_usd": 50 * BILLION},
        EQUITY | {"key": "b", "amount_usd": 20 * BILLION, "valuation_usd": 200 * BILLION},
    )
    changes = {
        "lab.opening_cash_usd": (value - 30) * BILLION,
        "valuation.opening_equity_value_usd": value * BILLION,
        "valuation.other_preferences_usd": others * BILLION,
        "exit.sale_hazard": 0.15,
    }
    result = told(quiet(*tranches, a, b, **changes, **NO_BILLS), 256)
    sold = np.diff(result["curves"]["sold_by_quarter"])
    assert sold[0] > 0.05
    assert np.asarray(flows(result, "company_sale"))[1:] == pytest.approx(part * sold, abs=1e-6)


def test_rounds_of_a_fixed_size_dilute_in_a_chain() -> None:
    """Cash is all there is: each quarter burns 4 and raises 8, at the price before the round."""
    changes = {"lab.opening_cash_usd": 90 * BILLION, "valuation.opening_equity_value_usd": 100 * BILLION}
    changes |= {"lab.other_cost_usd_per_quarter": 4 * BILLION, "lab.round_below_runway_quarters": 40.0}
    changes |= {"lab.round_size_quarters": 2.0, "lab.round_limit_share": 1.0}
    changes |= {f"lab.round_open_{regime}": 1.0 for regime in ("cold", "normal", "hot")}
    found = told(quiet(EQUITY | {"valuation_usd": 50 * BILLION}, **changes, **NO_BILLS))
    cash = 100.0 + 4.0 * np.arange(25)
    expected = 0.2 * np.cumprod(np.concatenate([[1.0], (cash[:-1] - 4.0) / cash[1:]]))
    assert found["fans"]["provider_share"]["mean"] == pytest.approx(list(expected), rel=1e-6)


def test_the_states_of_an_ipo_are_those_of_a_markov_chain() -> None:
    files, announces, withdraws, retries, resolves, sells = 1.0 - 0.5**0.25, 0.3, 0.25, 0.2, 0.5, 0.02
    names = ["private", "filed_confidentially", "filed_publicly", "withdrawn", "retrying", "listed", "sold"]
    moves = np.zeros((7, 7))
    moves[0, 1], moves[1, 2], moves[3, 4] = files, announces, retries
    moves[[2, 4], 3], moves[[2, 4], 5] = resolves * withdraws, resolves * (1.0 - withdraws)
    moves += np.diag(1.0 - moves.sum(axis=1))
    for state in range(5):  # who is not listed that quarter may be sold
        moves[state, :5] *= 1.0 - sells
        moves[state, 6] = sells * (1.0 - moves[state, 5])
    changes = {
        "exit.confidential_filing_annual": 0.5,
        "exit.later_hazard": announces,
        "exit.later_hazard_decay": 1.0,
        "exit.withdrawal_probability": withdraws,
        "exit.retry_hazard": retries,
        "exit.listing_lag_quarters": 1.0 / resolves,
        "exit.sale_hazard": sells,
    }
    curves = told(quiet(EQUITY, **changes, **NO_BILLS), DRAWS)["curves"]
    for quarters in (1, 4, 8, 16, 24):
        chance = np.linalg.matrix_power(moves, quarters)[0]
        found = [curves[f"state_{name}"][quarters] for name in names]
        assert within(found, chance, shares(np.clip(chance, 1e-4, 1.0 - 1e-4))), quarters


SIGMA = 0.5


def served(room: object) -> object:
    """Return E[min(L, x)] of a lognormal L of mean 1."""
    x = np.log(np.asarray(room)) / SIGMA
    below = np.vectorize(NORMAL.cdf)
    return below(x - SIGMA / 2) + room * (1.0 - below(x + SIGMA / 2))


def use_at_one_trillion() -> float:
    """Return the billions of chip-hours a quarter that a trillion tokens a day take."""
    changes = {"fleet.lots[lot-1].chips": 1e3 * CHIPS, "demand.tokens_per_day_trillion": 0.01}
    return 100.0 * flows(told(quiet(**changes)), "compute_billed")[1]


@pytest.mark.parametrize("growth", [0.0, 3.0])
def test_a_lognormal_load_is_cut_where_its_integral_says(
    growth: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Capacity 1, on-demand to 1.2, burst to 1.3; the level starts at 1 and grows inside the quarter too."""
    resize(monkeypatch, 8)
    tail = np.geomspace(1e-5, 0.5, 120)
    exceeded = np.concatenate([tail, 1.0 - tail[-2::-1]])
    levels = [math.exp(-SIGMA * NORMAL.inv_cdf(float(p)) - SIGMA**2 / 2) for p in exceeded]
    rates = dict.fromkeys(
        (f"demand.growth_{phase}_annual" for phase in ("now", "slowing", "saturated")), growth
    )
    result = told(
        quiet(
            **rates,
            **{
                "load.exceedance_share": [0.0, *exceeded.tolist(), 1.0],
                "load.load_over_mean": [levels[0] * 1.05, *levels, levels[-1] * 0.95],
                "demand.tokens_per_day_trillion": 1.0 / use_at_one_trillion(),
                "market.on_demand_limit_share": 0.2,
                "market.burst_limit_share": 0.1,
                "market.on_demand_usd_per_chip_hour": 1.0,
            },
        )
    )
    inside = (np.arange(400) + 0.5) / 400
    for quarter in (0, 3):
        level = (1.0 + growth) ** ((quarter + inside) / 4.0)
        energy = [0.0, *(float(np.mean(level * served(top / level))) for top in (1.0, 1.2, 1.3))]
        found = [flows(result, kind)[quarter + 1] for kind in ("compute_billed", "on_demand", "burst")]
        assert found == pytest.approx([high - low for low, high in pairwise(energy)], abs=2e-4)


def test_a_minimum_on_a_lognormal_volume_pays_the_put_on_it() -> None:
    use = use_at_one_trillion()
    low, high = 0.6, 1.6
    sd = math.log(high / low) / (2.0 * NORMAL.inv_cdf(0.95))
    middle = math.log(low * high) / 2.0
    volume = {"low": low / use, "high": high / use, "coverage": 0.9, "shape": "lognormal"}
    changes = {"fleet.lots[lot-1].chips": 100 * CHIPS, "demand.tokens_per_day_trillion": volume}
    result = told(quiet(MINIMUM | {"commitment_usd": 20 * BILLION}, **changes), DRAWS)["outcomes"][
        "shortfall_usd"
    ]
    d = -middle / sd
    put = NORMAL.cdf(d) - math.exp(middle + sd**2 / 2.0) * NORMAL.cdf(d - sd)
    assert abs(result["mean"] / BILLION - 20.0 * put) < 4.0 * result["standard_error"] / BILLION


@pytest.mark.parametrize(("option", "margin"), [(False, 0.0), (True, 0.0), (True, 0.25)])
def test_an_option_is_taken_up_above_its_strike_and_an_obligation_always(option: bool, margin: float) -> None:
    """A value of 100 billions in the middle, lognormal after eight quarters, against a price of 90."""
    revenue, pull = 1000.0 * 365.0 * 0.01e12 / 1e6, 1.0 - 0.5 ** (1.0 / 200.0)
    sd = 0.6 * 0.5 * math.sqrt(sum((1.0 - pull) ** (2 * n) for n in range(8)))
    changes = {
        "demand.paid_price_usd_per_1m_tokens": 1000.0,
        "demand.tokens_per_day_trillion": 0.01,
        "lab.opening_cash_usd": 1.0,
        "lab.other_cost_share_of_revenue": 1.0,
        "valuation.opening_equity_value_usd": 100 * BILLION,
        "valuation.mature_multiple": 100 * BILLION / revenue,
        "valuation.half_life_quarters": 200.0,
        "valuation.volatility_annual": 0.6,
    }
    tranche = EQUITY | {
        "amount_usd": BILLION,
        "state": "uncalled",
        "triggers": [{"key": "day", "event": "date", "on": "2028-09-30"}],
        "longstop": "2028-09-30",
        "obligation": not option,
        "option": option,
        "option_margin_share": margin,
    }
    found = told(quiet(tranche, **changes, **NO_BILLS), DRAWS)["outcomes"]
    d = math.log(100.0 / (90.0 * (1.0 + margin))) / sd if option else math.inf
    taken, worth = NORMAL.cdf(d), math.exp(sd**2 / 2.0) * NORMAL.cdf(d + sd) * 100.0 / 90.0
    moneyness = found["value_over_price_when_called"]
    assert within(found["equity_paid_usd"]["mean"] / BILLION, taken, shares(taken))
    assert abs(moneyness["mean"] - worth / taken) < 4.0 * moneyness["standard_error"]


def test_twice_the_money_is_twice_every_figure_in_money_and_the_same_shares() -> None:
    def document(scale: float) -> dict:
        changes = {
            "deal.terms[contract].reference_usd_per_chip_hour": scale,
            "fleet.lots[lot-1].it_capex_usd_per_chip": 20_000.0 * scale,
            "demand.paid_price_usd_per_1m_tokens": 5.0 * scale,
            "lab.opening_cash_usd": 10 * BILLION * scale,
            "valuation.opening_equity_value_usd": 90 * BILLION * scale,
            "exit.value_floor_usd": 50 * BILLION * scale,
        }
        noise = {
            "valuation.volatility_annual": 0.6,
            "exit.confidential_filing_annual": 0.5,
            "exit.later_hazard": 0.3,
        }
        noise |= {
            "exit.value_sensitivity": 2.0,
            "lab.distress_hazard_short": 0.06,
            "lab.distress_hazard_long": 0.01,
        }
        stake = EQUITY | {"amount_usd": 5 * BILLION * scale, "valuation_usd": 90 * BILLION * scale}
        return quiet(stake, rate=0.1, **changes, **noise)

    once, twice = (told(document(scale), DRAWS) for scale in (1.0, 2.0))
    for name, outcome in once["outcomes"].items():
        scale = 2.0 if outcome["unit"] == "usd" else 1.0
        if outcome["mean"] is not None:
            assert twice["outcomes"][name]["mean"] == pytest.approx(scale * outcome["mean"], rel=1e-9), name
    assert once["curves"] == twice["curves"]
    assert 0.05 < once["outcomes"]["ipo_by_horizon"]["mean"] < 0.99
