"""Calendar quarters as whole numbers that can be counted: year * 4 + quarter of the year from 0."""

from datetime import date


def quarter_number(day: date) -> int:
    """The number of the quarter that holds the day."""
    return day.year * 4 + (day.month - 1) // 3


def quarter_words(number: int) -> str:
    """ "2030 Q2"."""
    return f"{number // 4} Q{number % 4 + 1}"
