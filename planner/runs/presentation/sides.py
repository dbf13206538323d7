"""From whose side a result is read: signs, sentence and tiles follow it."""

from typing import Literal, TypeAlias

Side: TypeAlias = Literal["provider", "lab"]
PROVIDER: Side = "provider"
LAB: Side = "lab"


def side_named(name: str | None) -> Side:
    """The side asked for in an address; the provider's unless it says "lab"."""
    return LAB if name == LAB else PROVIDER
