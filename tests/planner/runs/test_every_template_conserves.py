"""Conservation on every draw of every template: what one party pays another receives (engine.md 9.2)."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from costmodel.evaluate import prepare
from costmodel.ledger import PARTIES
from costmodel.simulate.worlds import simulate_block
from planner.runs import engine
from tests.costmodel.conftest import forget, resize

FILES = sorted((Path(__file__).parents[3] / "planner/scenarios/template_documents").glob("*.json"))
RELATIVE = 1e-9


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    resize(monkeypatch, 128)
    yield
    forget()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_money_is_made_or_lost(file: Path) -> None:
    inputs = engine.inputs_of_json(json.loads(file.read_text()))
    simulated = simulate_block(inputs, prepare(inputs, 7).intercepts, 7, 0)
    for name, world in simulated.worlds.items():
        ledger = world.accounts.ledger
        net = sum(ledger.net(party) for party in PARTIES)
        largest = np.max([np.abs(line.flows).max(axis=0) for line in ledger.lines], axis=0)
        assert (np.abs(net).max(axis=0) <= RELATIVE * np.maximum(largest, 1.0)).all(), name


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_lab_holds_its_opening_cash_and_every_line_since(file: Path) -> None:
    inputs = engine.inputs_of_json(json.loads(file.read_text()))
    simulated = simulate_block(inputs, prepare(inputs, 7).intercepts, 7, 0)
    opening = simulated.luck.inputs.lab.opening_cash_usd
    for name, world in simulated.worlds.items():
        told = opening + np.cumsum(world.accounts.ledger.net("lab"), axis=0)[1:]
        gap = np.abs(np.where(world.run.alive, told - world.run.cash, 0.0)).max(axis=0)
        largest = np.maximum(np.abs(told).max(axis=0), 1.0)
        assert (gap <= RELATIVE * largest).all(), name
