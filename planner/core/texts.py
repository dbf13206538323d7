"""Characters that a text of people may hold, and those that only hide or deceive."""

_JOINERS = "\u200c\u200d"
"""They join or part letters and pictures: Persian words and families of emoji need them."""


def is_plain(text: str) -> bool:
    """Whether every character can be seen or joins two that can: no controls, no overrides of direction."""
    return all(character.isprintable() or character in _JOINERS for character in text)


def is_blank(text: str) -> bool:
    """Whether there is nothing to see in it."""
    return not text.strip(_JOINERS + " ")


def plain_text(text: str) -> str:
    """The text without the characters `is_plain` refuses, and with single spaces."""
    return " ".join("".join(c for c in word if c.isprintable() or c in _JOINERS) for word in text.split())


def searched_words(asked: str | None) -> str:
    """What somebody searches for: at most 200 characters, without those that no stored text holds."""
    return plain_text((asked or "")[:200]).strip()
