"""The nine worked deals, through the whole engine with the noise off (engine.md 9.1).

Equity on the opening date, flows at quarter end, ramp min((i+1)/12, 1) (6 for Google), the fleet's operating cost
(1 - m) x price, no capex, no release of capacity; discounted at 10% a year.
"""

from dataclasses import replace

import pytest

from costmodel.evaluate import evaluate
from tests.costmodel.quiet import BILLION, Worked, quiet_scenario

DEALS = [
    Worked("amazon openai 15 at 14%", 138, 8, 12, 15, 0.14, 19.3, 6.75, 12.5, None, 0.056),
    Worked("amazon openai 15 at 25%", 138, 8, 12, 15, 0.25, 34.5, 4.50, 22.3, 5.5, 0.21),
    Worked("amazon openai 15 at 37.8%", 138, 8, 12, 15, 0.378, 52.2, 3.50, 33.8, 4.0, 0.35),
    Worked("amazon openai 50 at 25%", 138, 8, 12, 50, 0.25, 34.5, None, 22.3, None, -0.073),
    Worked("amazon openai 50 at 37.8%", 138, 8, 12, 50, 0.378, 52.2, 7.75, 33.8, None, 0.009),
    Worked("amazon anthropic 25 at 25%", 100, 10, 12, 25, 0.25, 25.0, 10.0, 14.9, None, 0.0),
    Worked("amazon anthropic 25 at 37.8%", 100, 10, 12, 25, 0.378, 37.8, 7.25, 22.5, None, 0.078),
    Worked("google anthropic 40 at 25%", 200, 5, 6, 40, 0.25, 50.0, 4.25, 38.2, None, 0.081),
    Worked("google anthropic 40 at 37.8%", 200, 5, 6, 40, 0.378, 75.6, 3.0, 57.7, 3.5, 0.26),
]


@pytest.mark.parametrize("deal", DEALS, ids=lambda deal: deal.name)
def test_the_engine_reproduces_the_worked_deal(deal: Worked, small_blocks: int) -> None:
    undiscounted = evaluate(quiet_scenario(deal, 0.0), 8, 1)["outcomes"]
    discounted = evaluate(quiet_scenario(deal, 0.10), 8, 1)["outcomes"]

    assert undiscounted["margin_cash_pv_usd"]["mean"] / BILLION == pytest.approx(deal.total_margin, abs=0.06)
    assert undiscounted["margin_accounting_usd"]["mean"] / BILLION == pytest.approx(
        deal.total_margin, abs=0.06
    )
    assert discounted["margin_cash_pv_usd"]["mean"] / BILLION == pytest.approx(deal.present_value, abs=0.06)
    assert _years(undiscounted) == deal.payback_years
    assert _years(discounted) == deal.discounted_payback_years
    assert discounted["provider_irr"]["mean"] == pytest.approx(
        deal.irr, abs=0.0051 if deal.irr > 0.1 else 0.0006
    )


def _years(outcomes: dict[str, dict[str, float]]) -> float | None:
    """Return the payback in years from the opening date; None when the money never comes back."""
    quarter = outcomes["recovery_quarter_cash_no_ipo"]
    if quarter["defined_share"] == 0.0:
        assert outcomes["recovered_do_no_ipo_cash"]["mean"] == 0.0
        return None
    return (quarter["mean"] + 1.0) / 4.0


def test_a_worked_deal_without_its_margin_is_not_reproduced(small_blocks: int) -> None:
    deal = replace(DEALS[1], margin=0.20)

    outcomes = evaluate(quiet_scenario(deal, 0.10), 8, 1)["outcomes"]

    assert outcomes["margin_cash_pv_usd"]["mean"] / BILLION != pytest.approx(DEALS[1].present_value, abs=0.06)
