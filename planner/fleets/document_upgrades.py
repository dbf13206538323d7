"""Old JSON to new: one pure function per step, keyed by the version it starts from. No step is needed yet."""

from collections.abc import Callable
from typing import Any

STEPS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}


def upgraded(raw: dict[str, Any], schema_version: int) -> dict[str, Any]:
    """The document in today's shape. Stored text is never changed; this is what is read from it."""
    while schema_version in STEPS:
        raw = STEPS[schema_version](raw)
        schema_version += 1
    return raw
