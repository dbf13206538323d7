"""A small engine in the place of the real one: the same calls, a few numbers, so that the queue is tested alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

BLOCK = 8192


@dataclass
class Inputs:
    name: str


class Prepared:
    def __init__(self, found: dict[str, Any]) -> None:
        self.found = found

    def to_json(self) -> dict[str, Any]:
        return self.found


class Summary:
    def __init__(self, figure: np.ndarray) -> None:
        self.key_figures = {"gain_usd": figure}

    def to_arrays(self) -> dict[str, np.ndarray]:
        return dict(self.key_figures)


@dataclass
class StandIn:
    """What the engine did, and what it should do wrong."""

    evaluated: list[int] = field(default_factory=list)
    trouble: Callable[[int], object] | None = None
    """Called with the block before it is computed; may raise or change the world."""

    def evaluate_block(
        self, inputs: Inputs, prepared: Prepared, seed: int, block: int, draws: int
    ) -> Summary:
        if self.trouble:
            self.trouble(block)
        self.evaluated.append(block)
        luck = np.random.default_rng([seed, block]).normal(prepared.found["mean"], 1.0, BLOCK)
        return Summary(luck[: max(0, min(BLOCK, draws - block * BLOCK))])

    def combine(
        self, inputs: Inputs, prepared: Prepared, blocks: list[Summary], draws: int, seed: int
    ) -> dict[str, Any]:
        total = 0.0
        for block in blocks:
            total += float(block.key_figures["gain_usd"].sum())
        mean = {"mean": total / draws}
        lines = [
            {"payer": "lab", "payee": "provider", "kind": "compute", "item": "trainium", "needs_ipo": False}
        ]
        return {
            "draws": draws,
            "seed": seed,
            "opening": "2026-03-31",
            "quarters": ["2026 Q2"],
            "outcomes": {"provider_npv_usd": mean, "compute_billed_usd": mean},
            "ledger": {"lines": [{**lines[0], "mean_total_usd": 3.0, "mean_by_quarter_usd": [1.0, 2.0]}]},
            "fans": {},
        }

    def ledger_of_draw(
        self, inputs: Inputs, prepared: Prepared, seed: int, draw: int
    ) -> list[dict[str, Any]]:
        line = {
            "payer": "lab",
            "payee": "provider",
            "kind": "compute",
            "item": "=SUM(A1)",
            "needs_ipo": False,
        }
        return [{**line, "by_quarter_usd": [0.0, 1_500_000.0 + draw]}]

    def install(self, setattr_: Callable[[Any, str, Any], None]) -> StandIn:
        """Puts itself behind the bridge, with `setattr` or a monkeypatch's."""
        from planner.runs import engine

        setattr_(engine, "engine_version", lambda: "stand-in")
        setattr_(engine, "inputs_of_version", lambda version: Inputs(version.document_text))
        setattr_(engine, "memory_bytes", lambda inputs: 1000)
        setattr_(engine, "prepare", lambda inputs, seed: Prepared({"mean": 3.5}))
        setattr_(engine, "preparation_from", Prepared)
        setattr_(engine, "summary_from", lambda arrays: Summary(arrays["gain_usd"]))
        for name in ("evaluate_block", "combine", "ledger_of_draw"):
            setattr_(engine, name, getattr(self, name))
        return self
