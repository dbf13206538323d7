"""E8: prices follow chip-seconds, add up to the request, and the table has a row for each price of an hour."""

import json
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from costmodel.chip_hour import owned_chip_hour
from costmodel.cost_table import price_tokens, rows
from costmodel.inputs.deal import ComputeContract
from costmodel.roofline import Layout
from costmodel.serving import ServingPoint, choose_serving_point, serve, tune
from tests.costmodel.machines import CHIP, DENSE, FLEET, LOT, WORKLOAD, changed

POINT = ServingPoint(Layout(4), 32.0, "")
CONTRACT = ComputeContract(
    key="contract",
    starts=date(2026, 4, 1),
    quarters=20,
    reference_usd_per_chip_hour=4.0,
    discount_share=0.25,
    signed_earlier=False,
    kept_without_equity_share=0.5,
    built_without_equity_share=0.5,
)


def scenario(**changes: Any) -> Any:
    """What the table reads of a scenario: two lots on two chips for one contract."""
    parts: dict[str, Any] = {
        "chips": {"chip": CHIP, "fast": changed(CHIP, key="fast", dense_tflops=2000.0)},
        "model": DENSE,
        "workload": WORKLOAD,
        "fleet": changed(FLEET, lots=(LOT, changed(LOT, key="second", chip="fast"))),
        "deal": SimpleNamespace(provider_capex_rate=0.1),
        "market": SimpleNamespace(outside_chip="fast", on_demand_usd_per_chip_hour=6.0),
        "contracts": lambda: (CONTRACT,),
    }
    parts |= changes
    parts["chip"] = parts["chips"].__getitem__
    return SimpleNamespace(**parts)


def test_a_token_costs_its_chip_seconds_at_the_price_of_a_used_second() -> None:
    told = serve(CHIP, DENSE, WORKLOAD, POINT)
    prices = price_tokens(told, 3.6, 0.5)
    assert prices.usd_per_1m_output == pytest.approx(told.chip_seconds_per_1m_output * 0.002)
    request = (
        prices.usd_per_1m_input + prices.usd_per_1m_cached_input
    ) * 2000 + prices.usd_per_1m_output * 500
    assert request / 1e6 == pytest.approx(0.002 / told.requests_per_chip_second)


def test_the_table_has_owner_cost_contract_price_and_on_demand() -> None:
    told = rows(scenario(), scenario())
    assert [(row["price_basis"], row["item"], row["chip"]) for row in told] == [
        ("owner_cost", "lot", "chip"),
        ("owner_cost", "second", "fast"),
        ("contract_price", "contract", "chip"),
        ("contract_price", "contract", "fast"),
        ("on_demand", "", "fast"),
    ]
    assert [row["chip_hour_usd"] for row in told[2:]] == pytest.approx([3.0, 3.0, 6.0])
    assert told[0]["chip_hour_usd"] == pytest.approx(owned_chip_hour(LOT, FLEET, CHIP, 0.1).total_usd)
    assert sum(told[0]["chip_hour_parts"].values()) == pytest.approx(told[0]["chip_hour_usd"])
    assert told[2]["chip_hour_parts"] == {}


def test_without_uncertainty_the_band_is_one() -> None:
    assert all((row["low_factor"], row["high_factor"]) == (1.0, 1.0) for row in rows(scenario(), scenario()))


def test_the_band_is_that_of_the_draws_each_at_the_point_its_speed_allows() -> None:
    def requests(speed: float) -> float:
        chip = changed(CHIP, speed_error=speed)
        point = choose_serving_point(chip, DENSE, WORKLOAD)
        return float(serve(chip, DENSE, WORKLOAD, point).requests_per_chip_second)

    speeds = np.linspace(0.5, 2.0, 8001)
    drawn = scenario(chips={"chip": changed(CHIP, speed_error=speeds), "fast": CHIP})
    row = rows(scenario(), drawn)[0]
    # Batches are tried a fifth of an octave apart, speeds of the curve 9%.
    assert row["low_factor"] == pytest.approx(requests(1.0) / requests(1.925), rel=0.1)
    assert row["high_factor"] == pytest.approx(requests(1.0) / requests(0.575), rel=0.1)
    assert row["high_factor"] > 1.0 / 0.575, "near its limit a chip loses more than its speed"


def test_uncertain_prices_widen_the_rows_they_are_in_and_no_others() -> None:
    """The share of a discount and a list price move a contract's row, an on-demand price its own, one for one."""
    share = np.linspace(0.0, 1.0, 8001)
    contract = changed(CONTRACT, discount_share=0.5 * share, reference_usd_per_chip_hour=4.0 * (0.5 + share))
    market = SimpleNamespace(outside_chip="fast", on_demand_usd_per_chip_hour=6.0 * (0.8 + 0.4 * share))
    drawn = scenario(contracts=lambda: (contract,), market=market)
    told = {(row["price_basis"], row["chip"]): row for row in rows(scenario(), drawn)}

    paid = (0.5 + share) * (1.0 - 0.5 * share) / 0.75
    expected = {
        ("owner_cost", "chip"): (1.0, 1.0),
        ("contract_price", "chip"): tuple(np.quantile(paid, (0.05, 0.95))),
        ("on_demand", "fast"): (0.82, 1.18),
    }
    for row, band in expected.items():
        assert (told[row]["low_factor"], told[row]["high_factor"]) == pytest.approx(band, rel=1e-6)


def test_given_serving_points_are_used_and_said() -> None:
    fast = ServingPoint(Layout(2, 4, True), 8.0, "")
    tuned = tune(CHIP, DENSE, WORKLOAD)
    told = rows(
        scenario(), scenario(), {"chip": replace(tuned, point=POINT), "fast": replace(tuned, point=fast)}
    )
    said = [(row["chips_per_replica"], row["layout"], row["batch"]) for row in told[:2]]
    assert said == [(4, "TP4", 32.0), (8, "EP8 x TP2 x DP4", 8.0)]


def test_a_row_says_how_well_its_own_chip_is_known() -> None:
    chips = {
        "chip": changed(CHIP, calibration="transferred"),
        "fast": changed(CHIP, key="fast", calibration="own"),
    }
    told = rows(scenario(chips=chips), scenario(chips=chips))
    assert [(row["chip"], row["calibration"]) for row in told[:2]] == [
        ("chip", "transferred"),
        ("fast", "own"),
    ]


def test_a_row_is_plain_json() -> None:
    assert json.loads(json.dumps(rows(scenario(), scenario()))) == rows(scenario(), scenario())


def test_a_free_hour_makes_free_tokens() -> None:
    free = scenario(market=SimpleNamespace(outside_chip="fast", on_demand_usd_per_chip_hour=0.0))
    row = rows(free, free)[-1]
    assert (row["usd_per_1m_output"], row["low_factor"], row["high_factor"]) == (0.0, 1.0, 1.0)
