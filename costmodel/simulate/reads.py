"""Which inputs a step has read: what has read nothing that changed need not be computed again.

A step is given a shadow of the realised inputs that looks and behaves like them and notes every figure it hands out.
Its result is that of other inputs too when all of those figures are the same there: it would do the very same.
"""

from dataclasses import dataclass, field, is_dataclass
from functools import lru_cache
from types import FunctionType, MethodType
from typing import Any, TypeAlias

import numpy as np

Path: TypeAlias = tuple[str | int, ...]
_MISSING = object()


@dataclass(slots=True)
class Reads:
    """The figures read from one tree of inputs, by their place in it.

    What a step hands on may hold shadows. Once its reads are closed, reading another figure of them makes them `late`:
    whoever relied on the reads must do without.
    """

    figures: dict[Path, Any] = field(default_factory=dict)
    closed: bool = False
    late: bool = False

    def note(self, path: Path, value: Any) -> None:
        """Note a figure."""
        self.late = self.late or self.closed
        self.figures[path] = value

    def shadow(self, inputs: Any) -> Any:
        """Return a shadow of the inputs that notes here what is read of them."""
        return _shadow_of(inputs, (), self)

    def are_same_in(self, inputs: Any) -> bool:
        """Return whether other inputs hold the same in every place that was read."""
        return all(_same(held, _at(inputs, path)) for path, held in self.figures.items())


def _at(node: Any, path: Path) -> Any:
    for step in path:
        if isinstance(step, str):
            node = getattr(node, step, _MISSING)
        else:
            node = node[step] if isinstance(node, tuple) and step < len(node) else _MISSING
        if node is _MISSING:
            return _MISSING
    return node


def _same(held: Any, other: Any) -> bool:
    if held is other:
        return True
    if isinstance(held, _Kind):
        return held == _kind_of(other)
    if isinstance(held, np.ndarray) or isinstance(other, np.ndarray):
        return type(held) is type(other) and np.array_equal(held, other, equal_nan=True)
    return type(held) is type(other) and bool(held == other)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is known of a branch by having been handed it: its class, and how long and of what a list is."""

    classes: tuple[type, ...]
    is_list: bool


def _kind_of(node: Any) -> _Kind:
    if isinstance(node, tuple):
        return _Kind(tuple(type(item) for item in node), is_list=True)
    return _Kind((type(node),), is_list=False)


class _Shadow:
    """Stands in for one value object. Methods run on the shadow, so what they read is noted too."""

    __slots__ = ("_children", "_held", "_path", "_reads")

    def __init__(self, held: Any, path: Path, reads: Reads) -> None:
        self._held, self._path, self._reads = held, path, reads
        self._children: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name in self._children:
            return self._children[name]
        declared = getattr(type(self._held), name, None)
        if isinstance(declared, FunctionType):
            return MethodType(declared, self)
        if isinstance(declared, property) and declared.fget is not None:
            return declared.fget(self)
        child = _noted(getattr(self._held, name), (*self._path, name), self._reads)
        self._children[name] = child
        return child

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


def _noted(value: Any, path: Path, reads: Reads) -> Any:
    """Return a figure, noted, or the shadow of a branch."""
    if isinstance(value, tuple) and any(is_dataclass(item) for item in value):
        reads.note(path, _kind_of(value))
        return tuple(_noted(item, (*path, place), reads) for place, item in enumerate(value))
    if is_dataclass(value) and not isinstance(value, type):
        reads.note(path, _kind_of(value))
        return _shadow_of(value, path, reads)
    reads.note(path, value)
    return value


def _shadow_of(value: Any, path: Path, reads: Reads) -> Any:
    kind: Any = type(value)
    return _shadow_class(kind)(value, path, reads)


@lru_cache(maxsize=256)
def _shadow_class(kind: Any) -> type[_Shadow]:
    """Return the shadows of one class: `isinstance` and `dataclasses.replace` take them for the real thing."""
    members: dict[str, Any] = {"__slots__": (), "__class__": property(lambda _self: kind)}
    members["__dataclass_fields__"] = kind.__dataclass_fields__
    return type(f"Shadow{kind.__name__}", (_Shadow,), members)
