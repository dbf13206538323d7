"""How the engine's properties are tried: the same examples every time, and no clock on a busy machine."""

from hypothesis import settings

STEADY = settings(deadline=None, derandomize=True)
