"""One fate a draw: back and stays, reversed by a later tranche or by losses, not yet (E32)."""

from collections.abc import Callable

import numpy as np
import pytest

from costmodel.outcomes.fates import fates
from costmodel.outcomes.measures import measure
from costmodel.outcomes.recovery import cash_position
from costmodel.simulate.worlds import Simulated
from tests.costmodel.scenarios import TERMS, small_scenario
from tests.costmodel.test_recovery import money, rates

Simulate = Callable[..., Simulated]


def told(**flows: list[float]) -> tuple[str, float]:
    """Return the fate and the first touch of one draw."""
    held, deal = money(**flows), rates(equity=0.1)
    found = fates(deal, held, cash_position(deal, held, with_exits=False))
    names = [name.removeprefix("fate.") for name, flags in found.shares().items() if flags[0]]
    assert len(names) == 1
    return names[0], float(found.first_touch_quarter[0])


def test_back_at_once_and_for_good() -> None:
    assert told(equity_paid=[10, 0, 0], contract=[0, 12, 1]) == ("stays", 0.0)


def test_back_touched_earlier_than_it_stays() -> None:
    """In at 15 in the first quarter, out again by a tranche of 8, back for good in the fourth."""
    assert told(equity_paid=[10, 0, 8, 0, 0], contract=[0, 15, 0, 1, 6]) == ("stays", 0.0)


def test_a_later_tranche_takes_it_out_again() -> None:
    assert told(equity_paid=[10, 0, 8, 0], contract=[0, 12, 0, 1]) == ("reversed_by_tranche", 0.0)


def test_a_loss_that_the_later_tranche_does_not_explain_is_a_loss() -> None:
    """The tranche of 8 is less than the gap of 2 - 8 - 9 + 0."""
    assert told(equity_paid=[10, 0, 8, 0], contract=[0, 12, 0, -9]) == ("reversed_by_losses", 0.0)
    assert told(equity_paid=[10, 0, 0], contract=[0, 12, -5]) == ("reversed_by_losses", 0.0)


def test_never_back_is_not_yet() -> None:
    name, touch = told(equity_paid=[10, 0, 0], contract=[0, 4, 5])
    assert name == "not_yet"
    assert np.isnan(touch)


def test_nothing_is_touched_before_it_is_paid() -> None:
    assert told(equity_paid=[0, 0, 5], contract=[0, 3, 3]) == ("stays", 1.0)
    assert told(equity_paid=[0, 0, 9], contract=[0, 3, 3]) == ("not_yet", pytest.approx(np.nan, nan_ok=True))


def test_a_draw_without_equity_is_no_touch() -> None:
    name, touch = told(equity_paid=[0, 0], contract=[0, 3])
    assert name == "stays"
    assert np.isnan(touch)


def test_the_four_shares_of_a_scenario_add_up_to_all_draws(simulate: Simulate) -> None:
    measures = measure(simulate(small_scenario()))
    for group, figure in (("fate", "recovered_do_no_ipo_cash"), ("second", "second_recovery")):
        members = np.stack([flags for name, flags in measures.tallies.items() if name.startswith(group)])
        assert (members.sum(axis=0) == 1).all(), group
        first = members[0]
        assert np.array_equal(first, measures.key_figures[figure] == 1.0), group
        assert members.any(axis=1).sum() > 1, group


def test_the_two_by_two_gives_back_its_probabilities(simulate: Simulate) -> None:
    measures = measure(simulate(small_scenario()))
    counts = {name.partition(".")[2]: flags.sum() for name, flags in measures.tallies.items()}
    figures = measures.key_figures
    unlisted = counts["unlisted_back"] + counts["unlisted_not_back"]
    assert unlisted + counts["listed_back"] + counts["listed_not_back"] == 256
    assert counts["unlisted_back"] / unlisted == pytest.approx(
        np.nanmean(figures["recovered_given_no_ipo_cash"])
    )
    assert np.isfinite(figures["recovered_given_no_ipo_cash"]).sum() == unlisted
    both = counts["listed_back"] + counts["unlisted_back"]
    assert both / 256 == figures["recovered_not_needing_ipo_cash"].mean()


def test_the_gap_is_known_where_the_money_is_not_back(simulate: Simulate) -> None:
    figures = measure(simulate(small_scenario())).key_figures
    failed = figures["recovered_do_no_ipo_cash"] == 0.0
    assert 0.0 < failed.mean() < 1.0
    gap = figures["shortfall_given_failure_usd"]
    assert np.array_equal(np.isfinite(gap), failed)
    assert gap[failed] == pytest.approx(-figures["provider_npv_no_ipo_usd"][failed])
    assert (gap[failed] > 0.0).all()


def test_exposure_is_the_cash_out_when_the_lab_fails(simulate: Simulate) -> None:
    simulated = simulate(small_scenario(lab={"distress_hazard_short": 0.2, "distress_hazard_long": 0.1}))
    exposure = measure(simulated).key_figures["exposure_at_default_usd"]
    defaulted = simulated.base.run.defaulted
    cash = np.cumsum(simulated.base.accounts.ledger.net("provider"), axis=0)
    fails = defaulted[:14].any(axis=0)
    assert np.array_equal(np.isfinite(exposure), fails)
    assert fails.sum() > 5
    for draw in np.flatnonzero(fails)[:20]:
        row = int(np.flatnonzero(defaulted[:, draw])[0]) + 1
        assert exposure[draw] == pytest.approx(max(-cash[row, draw], 0.0))


def test_without_equity_nothing_is_tallied_as_a_second_recovery(simulate: Simulate) -> None:
    tallies = measure(simulate(small_scenario(terms=TERMS[:5]))).tallies
    assert not any(flags.any() for name, flags in tallies.items() if name.startswith("second"))


def test_every_draw_says_why_it_has_a_rate_of_return_or_none(simulate: Simulate) -> None:
    measures = measure(simulate(small_scenario()))
    for name in ("provider_irr", "lab_irr"):
        told = {
            key.partition(".")[2]: flags for key, flags in measures.tallies.items() if key.startswith(name)
        }
        assert (np.stack(list(told.values())).sum(axis=0) == 1).all()
        rates = measures.key_figures[name]
        assert np.array_equal(np.isnan(rates), told["no_root"] | told["outside_grid"])
        assert (rates[told["all_lost"]] == -1.0).all()
    assert not any(
        key.startswith("lab_irr") for key in measure(simulate(small_scenario(terms=TERMS[:5]))).tallies
    )
