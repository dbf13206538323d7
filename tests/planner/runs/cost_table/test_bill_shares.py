"""The shares in the bill of a request add up to 100%, whatever they round to alone."""

import pytest

from planner.runs.cost_table.cell import _bill_lines
from planner.runs.cost_table.speeds import Bill


def shares_of(*usd: float) -> list[str]:
    kinds = ("input", "cached_input", "output")
    parts = dict(zip(kinds, usd, strict=True))
    bill = Bill({**parts, "blended": 1.0}, dict.fromkeys(kinds, 1.0), parts, sum(usd))
    return [line.share for line in _bill_lines(bill)]


@pytest.mark.parametrize(
    ("usd", "written"),
    [
        ((0.007, 0.496, 0.497), ["1%", "49%", "50%"]),  # alone 1%, 50% and 50%
        ((1.0, 1.0, 1.0), ["34%", "33%", "33%"]),  # alone three times 33%
        ((0.25, 0.0, 0.75), ["25%", "0%", "75%"]),
    ],
)
def test_they_add_up(usd: tuple[float, ...], written: list[str]) -> None:
    assert shares_of(*usd) == written
    assert sum(int(share.strip("%")) for share in written) == 100


def test_a_request_that_costs_nothing_has_none() -> None:
    assert shares_of(0.0, 0.0, 0.0) == ["", "", ""]
