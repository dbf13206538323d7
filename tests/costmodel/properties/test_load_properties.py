"""Any falling curve gives a table that rises, bends down and stays below level and one."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from costmodel.inputs.demand import LoadShape
from costmodel.load import LoadTable
from tests.costmodel.steady import STEADY

LEVELS = np.linspace(0.0, 30.0, 901)


@st.composite
def shapes(draw: st.DrawFn) -> LoadShape:
    pieces = draw(st.lists(st.floats(0.05, 1.0), min_size=1, max_size=8))
    falls = draw(st.lists(st.floats(0.0, 2.0), min_size=len(pieces), max_size=len(pieces)))
    base = draw(st.floats(0.01, 2.0))
    shares = np.concatenate([[0.0], np.cumsum(pieces) / sum(pieces)])
    shares[-1] = 1.0
    levels = base + np.concatenate([np.cumsum(falls[::-1])[::-1], [0.0]])
    return LoadShape(exceedance_share=tuple(map(float, shares)), load_over_mean=tuple(map(float, levels)))


@settings(STEADY, max_examples=30)
@given(shapes(), st.floats(-2.5, 2.5))
def test_any_curve_gives_a_rising_concave_share_below_level_and_one(shape, growth) -> None:
    served = LoadTable.of(shape).expected_min(LEVELS, growth)
    assert np.all(np.diff(served) >= -1e-12)
    assert np.all(np.diff(served, 2) <= 1e-9)
    assert np.all(served <= np.minimum(LEVELS, 1.0))
    assert abs(served[-1] - 1.0) < 1e-9


@settings(STEADY, max_examples=30)
@given(shapes(), st.floats(0.1, 3.0))
def test_growth_inside_the_quarter_never_lets_a_capacity_serve_more(shape, level) -> None:
    table = LoadTable.of(shape)
    still = table.expected_min(level, 0.0)
    for growth in (-1.0, -0.2, 0.2, 1.0):
        assert table.expected_min(level, growth) <= still + 1e-4
