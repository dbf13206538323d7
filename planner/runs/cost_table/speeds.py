"""Chip-seconds of every chip and model of a release, computed once for each operating point and kept."""

import hashlib
import threading
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache

from planner.core.canonical_json import canonical_text, parse_stored
from planner.core.documents import text_of
from planner.runs import engine
from planner.runs.cost_table.documents import PointDocument
from planner.runs.cost_table.facts import Facts
from planner.runs.cost_table.points import POINTS
from planner.runs.engine import catalog_table
from planner.runs.engine.calibration import constants_digest
from planner.runs.previewing import Busy

_KEPT_SECONDS = 7 * 24 * 3600
_MOST_OF_ONES_OWN = 16
_FIELDS = (
    "chip",
    "model",
    "precision",
    "status",
    "reason",
    "layout",
    "batch",
    "tokens_per_s_per_user",
    "seconds_to_first_token",
    "output_tokens_per_chip_second",
    "low_factor",
    "high_factor",
    "chip_seconds_per_1m",
    "bound_by",
)
"""Of a cell; its trace is computed again for the one cell that is opened."""
UNSUPPORTED = "unsupported"
SECONDS_PER_HOUR = 3600.0
MILLION = 1e6


@dataclass(frozen=True, slots=True)
class Speed:
    """One cell of `costmodel.catalog_table`, without its trace."""

    chip: str
    model: str
    precision: str
    status: str
    reason: str
    layout: str
    batch: float
    tokens_per_s_per_user: float
    seconds_to_first_token: float
    output_tokens_per_chip_second: float
    low_factor: float
    high_factor: float
    chip_seconds_per_1m: Mapping[str, float]
    bound_by: str

    @property
    def is_served(self) -> bool:
        return self.status != UNSUPPORTED


def speeds_of(facts: Facts, point: PointDocument) -> dict[tuple[str, str], Speed]:
    """(chip, model) -> its speed at the operating point, for every chip and model that the release describes.

    Raises Busy while this process computes another table.
    """
    asked = hashlib.sha256(text_of(point).encode()).hexdigest()
    computed_by = f"{engine.engine_version()}:{constants_digest()[:16]}"
    key = f"cost-table:{facts.digest[:32]}:{computed_by}:{asked[:32]}"
    kept = _kept(key, point)
    if kept is None:
        kept = _computed_alone(key, facts, point)
    rows: Any = parse_stored(zlib.decompress(kept).decode())
    return {(row[0], row[1]): Speed(*row) for row in rows}


_own: dict[str, bytes] = {}
"""The newest of other points in this process."""
_slot = threading.BoundedSemaphore(1)
"""One at a time in a process: a table needs a core for a second, and lengths of one's own are without number."""
_PATIENCE_SECONDS = 0.25
_PATIENCE_FOR_ALL_SECONDS = 10.0
"""For the points that everybody asks for: each is computed once, and then all who wait have it."""


def _computed_alone(key: str, facts: Facts, point: PointDocument) -> bytes:
    patience = _PATIENCE_FOR_ALL_SECONDS if point in POINTS.values() else _PATIENCE_SECONDS
    if not _slot.acquire(timeout=patience):
        raise Busy
    try:
        kept = _kept(key, point)  # whoever had the slot may have computed the same
        if kept is None:
            kept = zlib.compress(canonical_text(_computed(facts, point)).encode())
            _keep(key, kept, point)
        return kept
    finally:
        _slot.release()


def _kept(key: str, point: PointDocument) -> bytes | None:
    # Only the points that everybody asks for go into the shared cache: lengths of one's own are without number, and
    # would drive out what limits sign-ins.
    found: bytes | None = cache.get(key) if point in POINTS.values() else _own.get(key)
    return found


def _keep(key: str, kept: bytes, point: PointDocument) -> None:
    if point in POINTS.values():
        cache.set(key, kept, _KEPT_SECONDS)
        return
    if len(_own) >= _MOST_OF_ONES_OWN:
        _own.clear()
    _own[key] = kept


def _computed(facts: Facts, point: PointDocument) -> Any:
    chips = [chip.document for chip in facts.chips if chip.document]
    models = [model.document for model in facts.models if model.document]
    return [
        [cell[name] for name in _FIELDS] for cell in catalog_table.cells(chips, models, [point], traced=False)
    ]


@dataclass(frozen=True, slots=True)
class Bill:
    """What one request costs and what its tokens cost, at a price of a chip-hour (E8)."""

    usd_per_1m: Mapping[str, float]
    """By kind of token: input, cached_input, output, and blended: the request over all its tokens."""
    tokens: Mapping[str, float]
    """Of a request, by kind: input (not cached), cached_input, output."""
    usd: Mapping[str, float]
    """Of a request, by kind."""
    request_usd: float
    """The sum of `usd`."""


def bill_of(
    seconds: Mapping[str, float], point: PointDocument, chip_hour_usd: float, utilisation: float
) -> Bill:
    """USD per 1M tokens: chip-seconds x USD per chip-hour / 3,600 / share of paid hours that serve (E8)."""
    usd_per_second = chip_hour_usd / SECONDS_PER_HOUR / utilisation
    prices = {name: value * usd_per_second for name, value in seconds.items()}
    cached = point.input_tokens * point.cached_share
    tokens = {"input": point.input_tokens - cached, "cached_input": cached, "output": point.output_tokens}
    usd = {name: prices[name] * count / MILLION for name, count in tokens.items()}
    total = usd["input"] + usd["cached_input"] + usd["output"]
    prices["blended"] = total / (point.input_tokens + point.output_tokens) * MILLION
    return Bill(prices, tokens, usd, total)
