"""Two people's changes to one document put together: what only one of them touched is kept from both."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from planner.core.canonical_json import JsonValue


def merged(base: JsonValue, theirs: JsonValue, mine: JsonValue) -> Any:
    """`theirs` with my changes since `base` in it. What both changed is mine.

    A range counts as one value, and so does a list whose items have no key.
    """
    if mine in (base, theirs):
        return deepcopy(theirs)
    if theirs == base:
        return deepcopy(mine)
    if isinstance(mine, dict) and isinstance(theirs, dict) and not ("shape" in mine or "shape" in theirs):
        held = base if isinstance(base, dict) else {}
        names = [*theirs, *(name for name in mine if name not in theirs)]
        both = {name: _kept(held, theirs, mine, name) for name in names}
        return {name: value for name, value in both.items() if value is not _GONE}
    if _is_keyed(mine) and _is_keyed(theirs):
        return _merged_items(base, theirs, mine)
    return deepcopy(mine)


_GONE: Any = object()


def _kept(base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any], name: str) -> Any:
    was, his, my = (side.get(name, _GONE) for side in (base, theirs, mine))
    if my is _GONE or his is _GONE:
        if my is _GONE:
            return _GONE if was is not _GONE else deepcopy(his)
        return _GONE if was is not _GONE and my == was else deepcopy(my)
    return merged(None if was is _GONE else was, his, my)


def _is_keyed(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) and "key" in item for item in value)


def _merged_items(base: JsonValue, theirs: Any, mine: Any) -> list[Any]:
    held: Any = base if _is_keyed(base) else []
    before = {item["key"]: item for item in held}
    his, my = ({item["key"]: item for item in side} for side in (theirs, mine))
    keys = [*his, *(key for key in my if key not in his)]
    both = (_kept(before, his, my, key) for key in keys)
    return [item for item in both if item is not _GONE]
