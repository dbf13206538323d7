"""Characters that a text of people may hold, and those that only hide or deceive."""

import unicodedata

_JOINERS = "\u200c\u200d"
"""They join or part letters and pictures: Persian words and families of emoji need them."""


def is_plain(text: str) -> bool:
    """Whether every character can be seen or joins two that can: no controls, no overrides of direction."""
    return all(character.isprintable() or character in _JOINERS for character in text)


_STEERING = frozenset({"Cc", "Zl", "Zp"})
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Overrides of direction: what stands after one is shown elsewhere than it is."""
_LINES = "\n\r\t"


def steering_in(text: str, *, lines: bool = False) -> str:
    """The first character that steers a terminal or a line instead of being shown; "" when there is none.

    With `lines`, the ends of lines and tabs do not count.
    """
    return next((sign for sign in text if _steers(sign) and not (lines and sign in _LINES)), "")


def without_steering(text: str) -> str:
    """The text with a mark in the place of each character that steers."""
    return "".join("\ufffd" if _steers(sign) else sign for sign in text)


def _steers(sign: str) -> bool:
    return unicodedata.category(sign) in _STEERING or sign in _TURNS


def is_blank(text: str) -> bool:
    """Whether there is nothing to see in it."""
    return not text.strip(_JOINERS + " ")


def plain_text(text: str) -> str:
    """The text without the characters `is_plain` refuses, and with single spaces."""
    return " ".join("".join(c for c in word if c.isprintable() or c in _JOINERS) for word in text.split())


def searched_words(asked: str | None) -> str:
    """What somebody searches for: at most 200 characters, without those that no stored text holds."""
    return plain_text((asked or "")[:200]).strip()
