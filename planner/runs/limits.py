"""The numbers runs are held to. An installation changes them by the settings of the same name."""

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from planner.core.errors import InvalidInput, Problem

MOST_ATTEMPTS = 3
HIGHEST_SEED = 2**63 - 1
MOST_DRAWS = 1_048_576
"""Of a web run and of the command line alike."""
MOST_BLOCKS_IN_A_CHUNK = 4
"""A few seconds of work: nobody waits long behind the chunk of another team."""


def lease() -> timedelta:
    """How long a worker may be silent before its chunk is given to another."""
    return timedelta(seconds=settings.RUN_LEASE_SECONDS)


def deadline() -> timedelta:
    """How long a started run may take in all."""
    return timedelta(seconds=settings.RUN_DEADLINE_SECONDS)


def default_seed() -> int:
    """One seed per installation, so that all its runs are paired."""
    return int(settings.RUN_DEFAULT_SEED)


def default_draws() -> int:
    """How many draws a run has when nobody says otherwise."""
    return int(settings.RUN_DEFAULT_DRAWS)


def memory_bytes() -> int:
    """The most memory one block of a run may need."""
    return int(settings.RUN_MEMORY_BYTES)


def check_draws(draws: int, *, whole_blocks_of: int | None = None) -> None:
    """Raises InvalidInput unless 1 <= draws <= the limit, and whole blocks when a block size is given."""
    lowest = whole_blocks_of or 1
    if not lowest <= draws <= MOST_DRAWS:
        said = _("Draws is %(draws)s. It must be between %(lowest)s and %(most)s.")
        values = {"draws": f"{draws:,}", "lowest": f"{lowest:,}", "most": f"{MOST_DRAWS:,}"}
        raise InvalidInput([Problem("draws", said % values)])
    if whole_blocks_of and draws % whole_blocks_of:
        said = _("Draws is %(draws)s. It must be a multiple of %(block)s.")
        raise InvalidInput(
            [Problem("draws", said % {"draws": f"{draws:,}", "block": f"{whole_blocks_of:,}"})]
        )


def check_seed(seed: int) -> None:
    """Raises InvalidInput unless the seed is a whole number from 0 to 2^63 - 1."""
    if not 0 <= seed <= HIGHEST_SEED:
        said = _("Seed is %(seed)s. It must be between 0 and %(most)s.")
        raise InvalidInput([Problem("seed", said % {"seed": str(seed)[:40], "most": f"{HIGHEST_SEED:,}"})])


def chunk_ranges(blocks: int, stored: int = 0) -> list[tuple[int, int]]:
    """(first block, number of blocks) of every chunk after the first `stored` blocks, which are there already.

    Block 0 is alone, since all others wait for it; the rest comes in equal parts.
    """
    size = max(1, min(MOST_BLOCKS_IN_A_CHUNK, -(-blocks // 16)))
    first = [(0, 1)] if stored == 0 else []
    starts = range(max(stored, 1), blocks, size)
    return [*first, *((start, min(size, blocks - start)) for start in starts)]
