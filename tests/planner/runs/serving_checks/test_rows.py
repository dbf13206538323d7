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
    assert dataclasses.astuple(measured) == (None, None, None, ())


BAD_NUMBERS = ("many", "-3", "0", "nan", "inf", "1e999", "1_000", "٣", "1,000", "0x10", "1e7.5", "²")


@pytest.mark.parametrize("text", BAD_NUMBERS)
def test_a_wrong_value_that_is_asked_spoils_its_own_row_alone(text: str) -> None:
    (good, _), (bad, _) = rows.read(file_of({}, {"batch_or_concurrency": text}))
    assert good.problem == ""
    assert bad.problem == (
        f"batch_or_concurrency is “{text}”. It must be a number between 1 and 1,000,000, or blank."
    )


@pytest.mark.parametrize("text", BAD_NUMBERS)
def test_a_wrong_value_that_was_measured_reads_as_blank_and_is_told(text: str) -> None:
    ((asked, measured),) = rows.read(file_of({"tpot_ms": text}))
    assert (asked.problem, measured.tpot_ms) == ("", None)
    assert len(measured.ignored) == 1
    assert measured.ignored[0].startswith(f"tpot_ms is “{text}”.")


@pytest.mark.parametrize(
    ("column", "inside", "outside"),
    [
        ("n_chips", ("1", "8.0", "100000"), ("0", "1.5", "100001", "1e300")),
        ("input_len", ("1", "1e7"), ("0.5", "10000001")),
        ("output_len", ("1", "1e7"), ("0.5", "10000001")),
        ("batch_or_concurrency", ("1", "1e6"), ("0.5", "1000001")),
    ],
)
def test_what_is_asked_has_a_range(column: str, inside: tuple[str, ...], outside: tuple[str, ...]) -> None:
    found = rows.read(file_of(*({column: text} for text in (*inside, *outside))))
    assert [asked.problem for asked, _measured in found[: len(inside)]] == [""] * len(inside)
    for text, (asked, _measured) in zip(outside, found[len(inside) :], strict=True):
        assert asked.problem.startswith(f"{column} is “{text}”. It must be a ")


@pytest.mark.parametrize(
    "label", ["tp0", "dep0", "1 prefill x tp0, 1 decode x tp1", "tp100000", "tp٣", "tp" + "9" * 5000]
)
def test_a_layout_of_no_chips_or_without_end_is_named(label: str) -> None:
    ((asked, _measured),) = rows.read(file_of({"parallelism": label}))
    assert asked.problem.startswith(f"parallelism is “{label[:40]}”.")


def test_every_wrong_number_of_a_row_is_told() -> None:
    ((asked, measured),) = rows.read(file_of({"input_len": "long", "n_chips": "few", "tpot_ms": "quick"}))
    assert "input_len is “long”" in asked.problem
    assert "n_chips is “few”. It must be a whole number between 1 and 100,000." in asked.problem
    assert "tpot_ms" not in asked.problem
    assert len(measured.ignored) == 1


def test_a_fit_refuses_what_a_prediction_passes_over() -> None:
    with pytest.raises(InvalidInput) as caught:
        rows.read_for_a_fit(
            file_of({}, {"row_id": "b", "input_len": "long"}, {"row_id": "c", "tpot_ms": "quick"})
        )
    said = [problem.message.partition(" is ")[0] for problem in caught.value.problems]
    assert said == ["b: input_len", "c: tpot_ms"]
    assert rows.read_for_a_fit(file_of()) == rows.read(file_of())


def test_rows_too_short_or_too_long_are_told_apart_from_good_ones() -> None:
    whole = file_of({"row_id": "x"}, {"row_id": "y"}).splitlines()
    text = "\n".join([*whole, "z,H200,1", whole[1] + ",left over", whole[1] + ",,"])
    found = [asked for asked, _measured in rows.read(text)]
    assert [asked.problem for asked in found] == [
        "",
        "",
        "The row has 3 cells; the file has 17 columns.",
        "The row has 18 cells; the file has 17 columns.",
        "",
    ]
    assert (found[2].row_id, found[2].chip) == ("z", "H200")


@pytest.mark.parametrize("ending", ["\r", "\r\n"])
def test_lines_may_end_as_on_any_machine(ending: str) -> None:
    text = file_of({"row_id": "x"}, {"row_id": "y"})
    assert rows.read(text.replace("\n", ending)) == rows.read(text)


def test_headings_may_be_written_in_capitals_with_blanks_around() -> None:
    head, line = file_of().splitlines()
    loud = ",".join(f" {name.upper()} " for name in head.split(","))
    assert rows.read(f"{loud}\n{line}") == rows.read(file_of())


def test_two_columns_of_one_name_are_refused() -> None:
    head, line = file_of().splitlines()
    assert refused(f"{head},Chip\n{line},H100") == [
        "The file has more than one column chip. Keep one of each."
    ]


def test_columns_without_a_name_are_not_read() -> None:
    head, line = file_of().splitlines()
    assert rows.read(f"{head},,\n{line},3,4") == rows.read(file_of())


def test_a_cell_without_end_is_refused_in_words() -> None:
    (said,) = refused(file_of({}, {"notes": "x" * 200_000}))
    assert said.startswith("Line 3 cannot be read as CSV: a cell may hold at most 131,072 characters")


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
