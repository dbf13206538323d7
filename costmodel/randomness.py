"""Named random streams: the same (seed, name, block) always gives the same luck (engine.md 0).

A name is the path of the input or shock in the document, with list items by their key, never by
position. Adding an input, a term or a quarter therefore leaves every other stream untouched.
"""

import hashlib
from functools import lru_cache

import numpy as np

from costmodel.arrays import FloatArray, read_only
from costmodel.blocks import BLOCK_SIZE


def stream(seed: int, name: str, block: int) -> np.random.Generator:
    """Return the generator of one named stream in one block: SFC64 keyed by seed, sha256(name) and block."""
    words = np.frombuffer(hashlib.sha256(name.encode()).digest(), dtype=np.uint32)
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, *map(int, words), block])))


def normals(seed: int, name: str, block: int, quarters: int) -> FloatArray:
    """Return standard normals (quarter, draw); a longer horizon only adds rows."""
    return stream(seed, name, block).standard_normal((quarters, BLOCK_SIZE))


def uniforms(seed: int, name: str, block: int, quarters: int) -> FloatArray:
    """Return uniforms in [0, 1) (quarter, draw); a longer horizon only adds rows."""
    return stream(seed, name, block).random((quarters, BLOCK_SIZE))


def scores_of(seed: int, name: str, block: int) -> FloatArray:
    """Return one standard normal per draw, (draw,): the score of an uncertain input or a shared factor."""
    return stream(seed, name, block).standard_normal(BLOCK_SIZE)


@lru_cache(maxsize=512)
def kept_scores(seed: int, name: str, block: int) -> FloatArray:
    """Return `scores_of`, read-only and kept: for who asks for the same block again and again."""
    return read_only(scores_of(seed, name, block))


@lru_cache(maxsize=48)
def kept_normals(seed: int, name: str, block: int, quarters: int) -> FloatArray:
    """Return `normals`, read-only and kept."""
    return read_only(normals(seed, name, block, quarters))


@lru_cache(maxsize=48)
def kept_uniforms(seed: int, name: str, block: int, quarters: int) -> FloatArray:
    """Return `uniforms`, read-only and kept."""
    return read_only(uniforms(seed, name, block, quarters))
