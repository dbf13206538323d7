"""No label steers a terminal: control characters are refused where texts are given, and quoted as a mark."""

import pytest

from planner.core.documents import Document, read_document, read_kept, words
from planner.core.errors import InvalidInput


class Named(Document):
    label: str = words("Name", "What people call it.", default="", longest=70)
    note: str = words("Note", "Why.", default="", lines=True)


def sentence_of(value: dict[str, str]) -> str:
    with pytest.raises(InvalidInput) as refused:
        read_document(Named, value)
    (problem,) = refused.value.problems
    return problem.message


@pytest.mark.parametrize(
    ("sign", "code"),
    [
        ("\x1b", "001B"),
        ("\x00", "0000"),
        ("\n", "000A"),
        ("\x7f", "007F"),
        ("\x9b", "009B"),
        ("\u202e", "202E"),
    ],
)
def test_a_control_character_is_refused_and_named(sign: str, code: str) -> None:
    expected = f"Name: It holds the control character U+{code}. Remove it."
    assert sentence_of({"label": f"a{sign}[31mb"}) == expected


def test_a_note_may_have_lines_but_no_escape() -> None:
    assert read_document(Named, {"note": "one\n\ttwo\r\n"}).note == "one\n\ttwo\r\n"
    assert sentence_of({"note": "one\n\x1b[2J"}) == "Note: It holds the control character U+001B. Remove it."


@pytest.mark.parametrize(
    "label", ["GB200 NVL72", "Ümlaut 芯片 ₂", "non\u00a0breaking", "می\u200cخواهم", "👩\u200d🔬"]
)
def test_what_can_be_read_is_allowed(label: str) -> None:
    assert read_document(Named, {"label": label}).label == label


def test_what_was_kept_before_can_be_read() -> None:
    assert read_kept(Named, {"label": "a\x1bb"}).label == "a\x1bb"


def test_a_refusal_does_not_repeat_the_escape() -> None:
    for value in ({"label": "\x1b" * 80}, {"la\x1bbel": ""}):
        assert "\x1b" not in sentence_of(value)
