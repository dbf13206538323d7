"""One market factor moves demand, the rental index, the multiple and the families, each by its stated loading."""

from typing import Any

import numpy as np
import pytest

from costmodel.inputs.families import Families, Family
from costmodel.inputs.quantity import fixed
from costmodel.simulate.luck import draw_luck
from costmodel.simulate.paths import draw_paths
from tests.costmodel.scenarios import SEED, calm_scenario

LOADINGS = {"demand": 0.5, "index": 0.6, "multiple": -0.4, "family": 0.7}


def families() -> Families:
    stated: dict[str, Any] = {
        "drift_quarterly": fixed(0.0),
        "reversion_share": 0.0,
        "jumps_per_quarter": 0.0,
        "jump_log_mean": 0.0,
        "jump_log_sd": 0.0,
    }
    moving = Family(
        key="gpt",
        start_share=0.5,
        volatility_quarterly=fixed(0.2),
        market_loading=LOADINGS["family"],
        **stated,
    )
    still = Family(key="others", start_share=0.5, volatility_quarterly=fixed(0.0), **stated)
    return Families(lab_family="gpt", members=(moving, still))


def test_each_path_follows_the_market_factor_by_its_loading(middle_blocks: int) -> None:
    scenario = calm_scenario(
        demand={
            "volatility_annual": fixed(0.3),
            "market_loading": LOADINGS["demand"],
            "families": families(),
        },
        market={"index_volatility_annual": fixed(0.3), "index_market_loading": LOADINGS["index"]},
        valuation={"volatility_annual": fixed(0.4), "market_loading": LOADINGS["multiple"]},
    )
    luck = draw_luck(scenario, SEED, 0)
    paths, factor = draw_paths(luck), luck.normals("market.factor")[1:]
    assert paths.family_shares is not None
    steps = {
        "demand": paths.growth[1:],
        "index": np.diff(np.log(paths.index), axis=0),
        "multiple": kept_steps(paths.log_multiple, scenario.valuation.half_life_quarters),
        "family": np.diff(np.log(paths.family_shares[0] / paths.family_shares[1]), axis=0),
    }
    for name, moved in steps.items():
        told = [np.corrcoef(row, shock)[0, 1] for row, shock in zip(moved, factor, strict=True)]
        assert np.mean(told) == pytest.approx(LOADINGS[name], abs=0.03), name


def kept_steps(path: np.ndarray, half_life: float) -> np.ndarray:
    """Return what a quarter's luck adds to a path that reverts: its step less what reversion explains."""
    kept = 0.5 ** (1.0 / half_life)
    return np.asarray(path[1:] - kept * path[:-1])
