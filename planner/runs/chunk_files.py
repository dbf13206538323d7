"""What chunks leave behind: one file of plain arrays each, in Django's storage, with the digest of its bytes.

The default storage is a local folder; several machines need a shared one. Array names carry their block:
`3.histogram.counts` is block 3's.
"""

import hashlib
import io
from collections.abc import Mapping
from uuid import UUID

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from numpy.typing import NDArray

Arrays = dict[str, "NDArray[np.generic]"]


class LostFile(Exception):
    """A stored file is gone or its bytes are not those that were written."""


def store(run_uuid: UUID, token: UUID, blocks: Mapping[int, Arrays]) -> tuple[str, str]:
    """Writes the arrays of a chunk's blocks. Returns the name and the digest; each attempt has a file of its own."""
    buffer = io.BytesIO()
    named = {f"{block}.{name}": array for block, arrays in blocks.items() for name, array in arrays.items()}
    np.savez(buffer, allow_pickle=False, **named)
    held = buffer.getvalue()
    name = default_storage.save(f"runs/{run_uuid}/{token}.npz", ContentFile(held))
    return name, hashlib.sha256(held).hexdigest()


def load(name: str, digest: str) -> dict[int, Arrays]:
    """Block number -> its arrays. Raises LostFile when the bytes are not those that were stored."""
    try:
        with default_storage.open(name) as stored:
            held = stored.read()
    except OSError as error:
        raise LostFile(name) from error
    if hashlib.sha256(held).hexdigest() != digest:
        raise LostFile(name)
    blocks: dict[int, Arrays] = {}
    with np.load(io.BytesIO(held), allow_pickle=False) as arrays:
        for key in arrays.files:
            block, _dot, array_name = key.partition(".")
            blocks.setdefault(int(block), {})[array_name] = arrays[key]
    return blocks


def discard(name: str) -> None:
    """Removes a file nobody will read; one that is gone already is no error."""
    default_storage.delete(name)
