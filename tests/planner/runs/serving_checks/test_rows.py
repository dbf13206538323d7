"""A file of measurements: what is wrong with it is said by line and column, and what was measured stays apart."""

import dataclasses

import pytest

from planner.core.errors import InvalidInput
from planner.runs.serving_checks import rows
from tests.planner.runs.serving_checks.files import HEAD, LINE, file_of


def refused(text: str) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        rows.read(text)
    return [problem.message for problem in caught.value.problems]


def test_a_row_is_read_with_its_numbers() -> None:
    asked, measured = rows.read(file_of())[0]
    assert (asked.row_id, asked.chip, asked.chips, asked.concurrency) == ("a", "H200", 1, 4.0)
    assert (asked.input_tokens, asked.output_tokens) == (1024.0, 1024.0)
    assert measured.tpot_ms == 21.47


def test_blanks_are_none_and_a_blank_name_is_the_line() -> None:
    blank = {"row_id": "", "input_len": "", "output_len": " ", "batch_or_concurrency": "", "n_chips": ""}
    asked, measured = rows.read(file_of({**blank, "tpot_ms": ""}))[0]
    assert asked.row_id == "line 2"
    assert asked.chips == 1
    assert (asked.input_tokens, asked.output_tokens, asked.concurrency) == (None, None, None)
    assert measured.tpot_ms is None


def test_missing_columns_are_named_all_at_once() -> None:
    text = file_of(without=("chip", "precision"))
    assert refused(text) == ["The file lacks the columns chip, precision."]


def test_columns_of_measurements_and_notes_may_be_missing() -> None:
    text = file_of(without=("tpot_ms", "output_tok_s_per_chip", "throughput_basis", "notes", "source_id"))
    (asked, measured), *_rest = rows.read(text)
    assert asked.source == ""
    assert dataclasses.astuple(measured) == (None, None, None)


@pytest.mark.parametrize("text", ["many", "-3", "0", "nan", "inf"])
def test_what_is_no_positive_number_is_named_with_line_and_column(text: str) -> None:
    said = refused(file_of({}, {"batch_or_concurrency": text}))
    assert said == [f"Line 3: batch_or_concurrency is {text}. It must be a number above 0, or blank."]


def test_every_wrong_number_is_told() -> None:
    said = refused(file_of({"input_len": "long"}, {"tpot_ms": "quick"}))
    assert [sentence.partition(" is ")[0] for sentence in said] == ["Line 2: input_len", "Line 3: tpot_ms"]


@pytest.mark.parametrize("text", ["", "\n", "nothing of the kind\n1\n"])
def test_a_file_of_something_else_lacks_the_columns(text: str) -> None:
    assert "The file lacks the columns row_id, chip," in refused(text)[0]


def test_a_head_without_rows_is_refused() -> None:
    assert refused(",".join(HEAD) + "\n") == ["The file holds no rows."]


def test_a_derived_throughput_was_not_measured() -> None:
    (_, derived), (_, measured) = rows.read(
        file_of(
            {"output_tok_s_per_chip": "186", "throughput_basis": "derived"},
            {"output_tok_s_per_chip": "186", "throughput_basis": "measured"},
        )
    )
    assert derived.output_tok_s_per_chip is None
    assert measured.output_tok_s_per_chip == 186.0


def test_lengths_are_drawn_where_a_note_says_so_or_the_source_always_does() -> None:
    note, source = "lengths drawn from [0.8,1.0]x nominal", "inferencex-aic"
    found = rows.read(
        file_of(
            {"notes": note, "source_id": "somebody"},
            {"notes": "", "source_id": source},
            {"notes": "fixed", "source_id": "somebody"},
        )
    )
    assert [asked.lengths_are_drawn for asked, _measured in found] == [True, True, False]


def test_nothing_measured_is_part_of_what_was_asked() -> None:
    names = {field.name for field in dataclasses.fields(rows.Asked)}
    assert names & set(rows.MEASURED) == set()
    assert set(LINE) == set(HEAD)
