"""A recorded load from a file: what is read of it, and which rows are refused, by number."""

from __future__ import annotations

import pytest

from planner.core.documents import read_document
from planner.core.errors import InvalidInput
from planner.loads.documents import LoadDocument
from planner.loads.recorded import recorded_load
from planner.loads.shipped import archetype_named, archetypes


def csv_of(rows: list[str], head: str = "time,load") -> bytes:
    return "\n".join([head, *rows]).encode()


def steady(count: int = 144) -> list[str]:
    return [f"{step * 600},{1 + step % 3}" for step in range(count)]


def refused(held: bytes) -> list[str]:
    with pytest.raises(InvalidInput) as found:
        recorded_load(held)
    return [problem.message for problem in found.value.problems]


def test_seconds_and_moments_mean_the_same() -> None:
    told = recorded_load(csv_of(steady()))
    assert (told.step_hours, told.loads[:4], told.skipped) == (1 / 6, [1.0, 2.0, 3.0, 1.0], 0)
    moments = [f"2026-03-{1 + step // 144:02d} {step % 144 // 6:02d}:{step % 6}0:00,2" for step in range(150)]
    assert recorded_load(csv_of(moments)).step_hours == pytest.approx(1 / 6)


def test_tokens_are_weighed_and_suspect_steps_left_out_and_counted() -> None:
    rows = [f"{step * 600},10,2,{int(step == 5)}" for step in range(150)]
    told = recorded_load(csv_of(rows, "t_start_s,input_tokens_per_s,output_tokens_per_s,gap_suspect"))
    assert (told.loads[0], len(told.loads), told.skipped) == (20.0, 149, 1)


def test_a_missing_step_a_step_back_and_a_load_below_0_are_named_by_row() -> None:
    rows = steady()
    del rows[10]
    rows[20] = "13200,-4"
    said = refused(csv_of(rows))
    assert "Row 22: its load must be a number of 0 or more." in said
    assert "Row 12 comes 1200 seconds after the one before. Every step must be 600 seconds." in said
    assert refused(csv_of(["600,1", "0,1"])) == ["Row 3: time must rise from row to row."]


def test_reading_ends_once_no_more_problems_are_told() -> None:
    wrong = ["soon,1"] * 20
    assert len(refused(csv_of(wrong + steady(20_001)))) == 20
    assert refused(csv_of(wrong[1:] + steady(20_001))) == ["The file has more than 20000 rows. Send fewer."]


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (b"", "must name a time column"),
        (b"when,load\n1,2", "must name a time column"),
        (csv_of(steady(20)), "At least 144 are needed"),
        (csv_of([f"{n * 600},0" for n in range(200)]), "not all of them 0"),
        (csv_of(["soon,1"]), "Row 2: its time"),
        (csv_of(["0,nan", "600,inf"]), "Row 2: its load"),
    ],
)
def test_what_is_no_recorded_load_says_so(held: bytes, said: str) -> None:
    assert said in " ".join(refused(held))


def test_archetypes_say_where_they_come_from_and_carry_their_replay() -> None:
    assert archetypes()[0].name == "hard_to_forecast"
    for one in archetypes():
        assert one.load["source"]
        document = read_document(LoadDocument, one.load)
        assert document.replay is not None
    assert archetype_named("nothing") is None
