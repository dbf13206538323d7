"""A chip-hour at a price has one kind, in USD; what is wrong is said in a sentence that names the price."""

import numpy as np
import pytest

from costmodel.inputs.quantity import Quantity, fixed
from costmodel.inputs.rented import PRICE_KINDS, RentedHour, only_kind


def price(**changes: object) -> RentedHour:
    held: dict[str, object] = {"chip": "h100", "usd_per_chip_hour": 2.5, "kind": "list", "name": "AWS p5"}
    return RentedHour(**{**held, **changes})  # type: ignore[arg-type]


def test_a_price_in_another_currency_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"^Price AWS p5 is in EUR. A chip-hour must be in USD.$"):
        price(currency="EUR")


@pytest.mark.parametrize(
    "usd",
    [
        -0.5,
        np.array([2.0, -0.5]),
        fixed(-0.5),
        Quantity(shape="uniform", low=-0.5, high=2.0),
    ],
)
def test_a_negative_price_is_refused_by_name(usd: object) -> None:
    with pytest.raises(ValueError, match=r"^Price AWS p5 is -0.5. It must be 0 or more, USD per chip-hour.$"):
        price(usd_per_chip_hour=usd)


def test_a_price_that_is_not_a_number_is_refused() -> None:
    for usd in (float("nan"), float("inf"), np.array([1.0, np.nan])):
        with pytest.raises(ValueError, match="Price h100 is not a finite number"):
            price(usd_per_chip_hour=usd, name="")


def test_an_unknown_kind_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"^Price AWS p5 is of kind 'guess'. It must be one of list, spot,"):
        price(kind="guess")


def test_a_free_hour_is_a_price() -> None:
    assert price(usd_per_chip_hour=0.0).usd_per_chip_hour == 0.0


def test_prices_of_one_kind_make_a_row() -> None:
    for kind in PRICE_KINDS:
        assert only_kind([price(kind=kind), price(kind=kind, name="Azure")]) == kind


def test_kinds_are_never_mixed_in_a_row() -> None:
    told = r"^Prices of several kinds stand in one row: AWS p5 is list, Azure is spot. A row holds one kind.$"
    with pytest.raises(ValueError, match=told):
        only_kind([price(), price(name="AWS too"), price(name="Azure", kind="spot")])


def test_a_row_without_a_price_is_refused() -> None:
    with pytest.raises(ValueError, match="A row of prices holds no price"):
        only_kind([])
