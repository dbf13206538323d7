import hashlib
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.core.canonical_json import canonical_text, digest_of, parse_strict
from planner.core.errors import InvalidInput

texts = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=20)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
)
documents = st.recursive(
    scalars | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@given(documents)
def test_what_is_written_reads_back_the_same_and_writes_the_same_bytes(document: object) -> None:
    text = canonical_text(document)  # type: ignore[arg-type]

    assert canonical_text(parse_strict(text)) == text
    assert json.loads(text) == document


def test_the_order_of_keys_changes_nothing() -> None:
    assert canonical_text({"b": 1, "a": {"d": 2, "c": 3}}) == '{"a":{"c":3,"d":2},"b":1}'


def test_minus_zero_is_zero_and_floats_stay_floats() -> None:
    assert canonical_text([-0.0, 1.0, 1e22, 0.1]) == "[0.0,1.0,1e+22,0.1]"


def test_text_is_kept_as_it_is() -> None:
    assert canonical_text("原価 <b>") == '"原価 <b>"'


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "\ud800"])
def test_what_json_cannot_say_is_refused(value: float | str) -> None:
    with pytest.raises(ValueError):
        canonical_text({"x": value})


def test_the_digest_is_sha256_of_the_utf8_bytes() -> None:
    assert digest_of("原価") == hashlib.sha256("原価".encode()).hexdigest()


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b'{"a": 1, "a": 2}', "“a” is given twice"),
        (b'{"a": NaN}', "NaN is not a number"),
        (b"[Infinity]", "Infinity is not a number"),
        (b"[-Infinity]", "-Infinity is not a number"),
        (b"[1e400]", "1e400 is too large"),
        (b"[" + b"9" * 40 + b"]", "40 digits"),
        (b"[" * 40 + b"]" * 40, "nested more than 32"),
        (b"[" * 100_000, "nested more than 32"),
        (b'"\\ud800"', "lone surrogate"),
        (b'{"\\ud800": 1}', "lone surrogate"),
        (b'"a\\u0000b"', "NUL"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b"\xff\xfe", "not UTF-8"),
        (b"{", "not valid JSON"),
        (b"", "not valid JSON"),
        (b"{} {}", "not valid JSON"),
        (b'{"a": 1,}', "not valid JSON"),
        (b'"' + b"x" * 1_000_001 + b'"', "1,000,003 bytes"),
    ],
)
def test_a_document_two_readers_could_understand_differently_is_refused(raw: bytes, said: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_strict(raw)

    assert said in refusal.value.problems[0].message


def test_brackets_inside_a_text_are_not_depth() -> None:
    assert parse_strict('"' + "[" * 50 + '\\""') == "[" * 50 + '"'
