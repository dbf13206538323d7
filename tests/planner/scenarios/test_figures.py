"""Numbers, ranges and pasted cells as people type them."""

from __future__ import annotations

from typing import Any

import pytest

from planner.scenarios.figures import in_words, read, read_ends, read_list, typed


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234", 1234),
        ("1,234,567.5", 1234567.5),
        ("12 500", 12500),
        ("15 B", 15_000_000_000),
        ("0,5", "0,5"),
        ("1,23", "1,23"),
        ("1 5", "1 5"),
        ("1.234,56", "1.234,56"),
        ("(5)", -5),
        ("1e400", "1e400"),
        ("", None),
    ],
)
def test_a_number_is_read_exactly_or_left_for_validation_to_name(text: str, value: Any) -> None:
    assert read(text, "USD") == value


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("20% to 30%", (0.2, 0.3)),
        ("20-30%", (0.2, 0.3)),
        ("20 – 30", (0.2, 0.3)),
        ("-5% to 5%", (-0.05, 0.05)),
        ("25%", None),
        ("1e-5", None),
        ("from low to high", None),
        ("10 to 20 to 30", None),
    ],
)
def test_two_ends_in_one_text_are_a_range(text: str, ends: tuple[float, float] | None) -> None:
    assert read_ends(text, "share") == ends


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("1\t2\r\n3\t4\r\n", [1, 2, 3, 4]),
        ("1,234\n5,678", [1234, 5678]),
        ("50%\n25%", [0.5, 0.25]),
        ("0,5;0,7", ["0,5", "0,7"]),
        ("1\n\n3", [1, None, 3]),
        ("1, 2, 3", [1, 2, 3]),
        ("1.5 1", [1.5, 1]),
        ("1,2,3", [1, 2, 3]),
        ("1,234", ["1,234"]),
        ("0,5", ["0,5"]),
        ("=1+1\n2", ["=1+1", 2]),
        ("  ", None),
    ],
)
def test_cells_of_a_sheet_are_read_or_left_for_validation_to_name(text: str, cells: Any) -> None:
    assert read_list(text, "") == cells


def test_a_list_with_a_wrong_cell_comes_back_as_it_was_pasted() -> None:
    pasted = "1.5\n0,5\n0"
    assert typed(read_list(pasted, ""), "") == pasted


def test_one_quarter_is_not_quarters() -> None:
    assert [in_words(number, "quarters") for number in (1, 2)] == ["1 quarter", "2 quarters"]
