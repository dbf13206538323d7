"""A block of draws is the unit of work, of randomness and of merging (runs.md 5, performance.md 7.2)."""

BLOCK_SIZE = 8192


def block_count(draws: int) -> int:
    """How many whole blocks hold `draws` draws."""
    if draws < 1:
        raise ValueError(f"Draws is {draws}. It must be at least 1.")
    return -(-draws // BLOCK_SIZE)


def draws_in_block(block: int, draws: int) -> int:
    """How many of the draws asked for lie in this block; the last block is computed whole and cut."""
    return max(0, min(BLOCK_SIZE, draws - block * BLOCK_SIZE))
