"""A load shape on its own: its curve must fall from share 0 to share 1."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.core.documents import read_document
from planner.core.errors import InvalidInput
from planner.loads import documents
from planner.loads.documents import LoadDocument

ARCHETYPES = sorted((Path(documents.__file__).parent / "archetypes").glob("*.json"))


@pytest.mark.parametrize(
    ("shares", "levels", "path"),
    [
        ([0, 1], [1, 2], "load_over_mean"),
        ([0, 1], [2, 1, 0], "load_over_mean"),
        ([0, 0.5], [2, 1], "exceedance_share"),
        ([0, 0.5, 0.5, 1], [3, 2, 1, 0], "exceedance_share"),
        ([], [], "exceedance_share"),
        ([0, 1], [2, -1], "load_over_mean"),
        ([0, 1], [0, 0], "load_over_mean"),
        ([0, 1], [1e308, 1e308], "load_over_mean"),
        ([0, 1e-300, 1], [100, 0, 0], "load_over_mean"),
    ],
)
def test_a_curve_that_is_none_is_refused(shares: list[float], levels: list[float], path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_document(LoadDocument, {"exceedance_share": shares, "load_over_mean": levels})
    assert path in [problem.path for problem in refused.value.problems]


def test_a_replay_is_told_at_shares_that_rise() -> None:
    load = json.loads((ARCHETYPES[0].parent / "hard_to_forecast.json").read_text())
    wrong = {name: load[name] for name in ("exceedance_share", "load_over_mean", "replay")}
    shares = wrong["replay"]["exceedance_share"]
    wrong["replay"]["exceedance_share"] = [shares[1], shares[0], *shares[2:]]
    with pytest.raises(InvalidInput) as refused:
        read_document(LoadDocument, wrong)
    assert [problem.path for problem in refused.value.problems] == ["replay.exceedance_share"]


def test_a_flat_load_is_a_curve() -> None:
    assert read_document(LoadDocument, {"exceedance_share": [0, 1], "load_over_mean": [1, 1]}).label == ""


@pytest.mark.parametrize("file", ARCHETYPES, ids=lambda file: file.stem)
def test_every_archetype_that_comes_with_the_product_is_a_curve(file: Path) -> None:
    held = json.loads(file.read_text())
    curve = {name: held[name] for name in ("exceedance_share", "load_over_mean")}
    read_document(LoadDocument, curve)
