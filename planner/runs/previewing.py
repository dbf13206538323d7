"""What a draft would come to: one block of futures, computed in this process. Nothing is stored."""

import threading
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from planner.core.canonical_json import JsonValue
from planner.core.errors import InvalidInput, Problem
from planner.runs import engine, limits
from planner.runs.snapshot import streams_of
from planner.scenarios.models import ScenarioVersion
from planner.scenarios.queries import raw_of_version


class Busy(Exception):
    """Another preview is being computed in this process; ask again in a moment."""


@dataclass(frozen=True, slots=True)
class Previewed:
    """One block: the headline's figures by draw, (draw,) each, and the rows of the cost table."""

    figures: dict[str, NDArray[np.float64]]
    cost_table: list[dict[str, Any]]


_slot = threading.BoundedSemaphore(1)
"""One at a time in a process: a preview needs a core and some hundred megabytes, and pages must not wait for both."""

_PATIENCE_SECONDS = 0.25
_MOST_KEPT = 24
_kept: OrderedDict[str, Previewed] = OrderedDict()
"""The newest previews by what their numbers depend on, and those of saved versions by the version's digest, too."""


def preview_of(document: JsonValue) -> Previewed:
    """The first block of a run of this document, in this process.

    Raises InvalidInput for a document that is wrong, cannot be computed or is too large, Busy while another is.
    """
    inputs = engine.inputs_of_json(document)
    if engine.memory_bytes(inputs) > settings.PREVIEW_MEMORY_BYTES:
        raise InvalidInput([Problem("", _("This scenario is too large for a preview. Save and run it."))])
    key = streams_of(inputs, seed=limits.default_seed())
    if (found := _kept.get(key)) is not None:
        with suppress(KeyError):  # another thread may have let it go since
            _kept.move_to_end(key)
        return found
    if not _slot.acquire(timeout=_PATIENCE_SECONDS):
        raise Busy
    try:
        if (found := _kept.get(key)) is None:
            found = _kept[key] = _computed(inputs)
            while len(_kept) > _MOST_KEPT:
                _kept.popitem(last=False)
    finally:
        _slot.release()
    return found


def preview_of_version(version: ScenarioVersion) -> Previewed:
    """The first block of a run of a saved version, which is read and checked once. Raises as `preview_of` does."""
    if (found := _kept.get(version.digest)) is None:
        found = _kept[version.digest] = preview_of(raw_of_version(version))
    return found


def _computed(inputs: engine.Inputs) -> Previewed:
    try:
        return Previewed(*engine.preview(inputs, limits.default_seed()))
    except ValueError as error:  # the engine's sentence for a person: a model that fits no chip, say
        raise InvalidInput([Problem("", str(error))]) from error
    except ArithmeticError as error:
        raise InvalidInput([Problem("", _("These values give no finite result."))]) from error
