"""The paid price as a mix of tiers (E12)."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from costmodel.evaluate import evaluate
from costmodel.inputs.demand import PriceTier
from costmodel.inputs.quantity import fixed
from costmodel.market import paid_price
from tests.costmodel.scenarios import DEMAND, SEED, calm_scenario
from tests.costmodel.trees import fixed_tree


def tier(key: str, start: float, end: float, price: float, change: float, **discounts: float) -> PriceTier:
    return PriceTier(
        key=key,
        token_share_start=start,
        token_share_end=end,
        shift_quarters=8,
        price_usd_per_1m_tokens=fixed(price),
        price_change_annual=fixed(change),
        discounted_share=fixed(discounts.get("discounted", 0.0)),
        discount_share=fixed(discounts.get("off", 0.0)),
    )


FLAGSHIP, SMALL = tier("flagship", 0.2, 0.6, 10.0, -0.2), tier("small", 0.8, 0.4, 1.0, -0.5)


def price(tiers: tuple[PriceTier, ...], quarters_on: float) -> float:
    demand = fixed_tree(replace(DEMAND, price_tiers=tiers))
    held = replace(demand, price_tiers=tuple(plain(one) for one in tiers))
    return float(paid_price(held, np.array([[quarters_on]]))[0, 0])


def plain(one: PriceTier) -> Any:
    names = ("price_usd_per_1m_tokens", "price_change_annual", "discounted_share", "discount_share")
    return replace(one, **{name: getattr(one, name).value for name in names})


def test_the_price_is_the_mean_of_its_tiers_by_their_part_of_the_tokens() -> None:
    assert price((FLAGSHIP, SMALL), 0.0) == pytest.approx(0.2 * 10.0 + 0.8 * 1.0)


def test_every_tier_falls_and_the_mix_makes_the_price_rise() -> None:
    """After a year half of the shift has happened: 0.4 x 8 + 0.6 x 0.5 = 3.5, above today's 2.8."""
    assert price((FLAGSHIP, SMALL), 4.0) == pytest.approx(0.4 * 8.0 + 0.6 * 0.5)
    assert price((FLAGSHIP, SMALL), 8.0) == pytest.approx(0.6 * 6.4 + 0.4 * 0.25)
    assert price((FLAGSHIP, SMALL), 12.0) == pytest.approx(0.6 * 5.12 + 0.4 * 0.125)


def test_a_discount_takes_its_part_off_its_part_of_the_tokens() -> None:
    cached = tier("flagship", 0.2, 0.6, 10.0, -0.2, discounted=0.5, off=0.9)
    assert price((cached, SMALL), 0.0) == pytest.approx(0.2 * 10.0 * (1.0 - 0.45) + 0.8)


def test_tiers_that_leave_tokens_out_or_shift_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="token_share_end"):
        replace(DEMAND, price_tiers=(FLAGSHIP, replace(SMALL, token_share_end=0.3)))
    with pytest.raises(ValueError, match="shift_quarters"):
        replace(DEMAND, price_tiers=(FLAGSHIP, replace(SMALL, shift_quarters=4)))


@pytest.mark.usefixtures("small_blocks")
def test_revenue_grows_as_volume_times_the_price_of_the_mix() -> None:
    one, two = (
        evaluate(calm_scenario(demand={"price_tiers": tiers}), 4, SEED) for tiers in ((), (FLAGSHIP, SMALL))
    )

    def revenue(told: dict[str, Any]) -> np.ndarray:
        line = next(line for line in told["ledger"]["lines"] if line["kind"] == "revenue")
        return np.array(line["mean_by_quarter_usd"][1:])

    middle = fixed_tree(DEMAND)
    quarters = np.arange(16)[:, None] + 0.5
    before = paid_price(replace(middle, **values(middle)), quarters)[:, 0]
    mix = np.array([price((FLAGSHIP, SMALL), quarter + 0.5) for quarter in range(16)])
    assert revenue(two) / revenue(one) == pytest.approx(mix / before)
    assert two["fans"]["lab_revenue_annual"]["mean"][0] == pytest.approx(
        one["fans"]["lab_revenue_annual"]["mean"][0] * 2.8 / middle.paid_price_usd_per_1m_tokens.value
    )


def values(middle: Any) -> dict[str, Any]:
    names = ("paid_price_usd_per_1m_tokens", "paid_price_change_annual")
    return {name: getattr(middle, name).value for name in names}


@pytest.mark.usefixtures("small_blocks")
def test_one_tier_alone_is_the_single_path() -> None:
    middle = fixed_tree(DEMAND)
    alone = replace(
        tier("all", 1.0, 1.0, 1.0, 0.0),
        price_usd_per_1m_tokens=middle.paid_price_usd_per_1m_tokens,
        price_change_annual=middle.paid_price_change_annual,
    )
    told = [evaluate(calm_scenario(demand={"price_tiers": held}), 4, SEED) for held in ((), (alone,))]
    assert told[0]["outcomes"] == told[1]["outcomes"]
