"""`validate_load`: predictions beside replay for a file, and one sentence for each file that cannot be judged."""

import json
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command

from costmodel.randomness import stream

HEAD = "t_start_s,input_tokens_per_s,output_tokens_per_s,gap_suspect"
FIGURES = ("burst_percent", "unserved_percent", "time_above_c1_percent", "time_above_c2_percent")


def rows_of(loads: Iterable[float], step: int = 600) -> list[str]:
    return [f"{place * step},{load / 2},{load / 10},0" for place, load in enumerate(loads)]


def file_of(folder: Path, rows: Iterable[str], head: str = HEAD) -> str:
    file = folder / "load.csv"
    file.write_text("\n".join([head, *rows]) + "\n")
    return str(file)


def found(file: str, *words: str) -> dict[str, Any]:
    out = StringIO()
    call_command("validate_load", file, "--json", *words, stdout=out)
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


def two_weeks(seed: int = 1) -> np.ndarray:
    """A load whose hours repeat, with days of unlike size."""
    luck = stream(seed, "validate load", 0)
    clock = 0.35 * np.sin(np.arange(2016) / 144 * 2 * np.pi)
    noise = 0.12 * np.repeat(luck.standard_normal(14), 144) + 0.1 * luck.standard_normal(2016)
    return np.asarray(1000 * np.exp(clock + noise))


def test_a_load_counts_input_and_five_times_output(tmp_path: Path) -> None:
    rows = ["0,1,0,0", "600,0,0.2,0", "1200,2,0,0", "1800,4,0,0"]
    told = found(file_of(tmp_path, rows))
    plan = next(one for one in told["plans"] if (one["c1"], one["c2"]) == (1.0, 1.5))
    # Loads 1, 1, 2, 4 over their mean 2: a quarter of the time above both; burst 0.5 and unserved 0.5 of 4.
    wanted = dict(zip(FIGURES, (12.5, 12.5, 25.0, 25.0), strict=True))
    assert plan["replayed"] == wanted
    assert plan["predicted"] == pytest.approx(wanted, abs=1e-3)


def test_its_own_curve_tells_the_fourteen_plans_within_a_tenth_of_a_point(tmp_path: Path) -> None:
    told = found(file_of(tmp_path, rows_of(two_weeks())))
    assert len(told["plans"]) == 14
    assert all(plan["c2"] > plan["c1"] for plan in told["plans"])
    assert max(told["summary"]["mean_absolute_error"].values()) <= 0.1
    assert told["capacity_when_deferred"]["predicted"] == told["capacity_when_deferred"]["replayed"]


def test_gaps_are_skipped_and_counted_and_leave_the_mean_alone(tmp_path: Path) -> None:
    whole = rows_of([1, 3] * 10)
    gaps = [*whole[:5], "3000,0,,1", *rows_of([1, 3] * 10 + [1])[6:]]
    told = found(file_of(tmp_path, gaps))
    assert (told["summary"]["rows"], told["summary"]["skipped"], told["summary"]["scored"]) == (21, 1, 20)


def test_an_archetype_is_judged_at_the_mean_of_the_file(tmp_path: Path) -> None:
    load = two_weeks()
    one, other = (
        found(file_of(tmp_path, rows_of(scale * load)), "--shape", "ordinary_api") for scale in (1, 1000)
    )
    assert one["plans"] == other["plans"]
    assert one["summary"]["shape"] == "ordinary_api"
    assert one["plans"][0]["predicted"] != one["plans"][0]["replayed"]


def test_days_are_learned_from_and_the_rest_is_judged(tmp_path: Path) -> None:
    load = two_weeks()
    told = found(file_of(tmp_path, rows_of(load)), "--learn-days", "4")
    assert (told["summary"]["learned_from"], told["summary"]["scored"]) == (576, 1440)
    alone = found(file_of(tmp_path, rows_of(load[576:])))
    assert [one["replayed"] for one in told["plans"]] == [one["replayed"] for one in alone["plans"]]
    learned = told["summary"]["learned"]
    assert 0.5 < learned["own_weight"] < 1.0
    assert sum(learned["of_archetypes"].values()) == pytest.approx(1 - learned["own_weight"], abs=1e-3)


def test_with_a_shape_the_days_are_shrunk_towards_it_alone(tmp_path: Path) -> None:
    told = found(file_of(tmp_path, rows_of(two_weeks())), "--learn-days", "4", "--shape", "reasoning")
    assert list(told["summary"]["learned"]["of_archetypes"]) == ["reasoning"]


def test_a_learned_mean_is_that_of_the_days(tmp_path: Path) -> None:
    load = np.concatenate((np.full(144, 1.0), np.full(288, 2.0)))
    told = found(file_of(tmp_path, rows_of(load)), "--learn-days", "1", "--mean", "learned")
    assert told["summary"]["expected_mean_over_scored_mean"] == 0.5
    given = found(file_of(tmp_path, rows_of(load)), "--learn-days", "1")
    at = [(one["c1"], one["c2"]) for one in told["plans"]].index((1.0, 2.0))
    assert (
        told["plans"][at]["predicted"]["time_above_c1_percent"]
        < (given["plans"][at]["predicted"]["time_above_c1_percent"])
    )


def test_without_json_it_prints_a_table(tmp_path: Path) -> None:
    out = StringIO()
    call_command("validate_load", file_of(tmp_path, rows_of([1, 2, 3])), stdout=out)
    assert "3 rows, 0 skipped" in out.getvalue()
    assert len(out.getvalue().splitlines()) == 4 + 14 + 2


@pytest.mark.parametrize(
    ("rows", "words", "said"),
    [
        (["0,1,1,0", "600,1,1,0", "1800,1,1,0"], (), "Every step must be 600 seconds"),
        (["0,1,1,0", "600,1,1,0", "600,1,1,0"], (), "Every step must be 600 seconds"),
        (["600,1,1,0", "0,1,1,0"], (), "time must rise"),
        (["0,-1,9,0", "600,1,1,0"], (), "0 or more"),
        (["0,1,-1,0", "600,1,1,0"], (), "0 or more"),
        (["0,1,x,0", "600,1,1,0"], (), "0 or more"),
        (["0,nan,1,0", "600,1,1,0"], (), "0 or more"),
        (["0,,1,0", "600,1,1,0"], (), "0 or more"),
        (["soon,1,1,0", "600,1,1,0"], (), "time is not a number"),
        (["0,0,0,0", "600,0,0,0"], (), "not all of them 0"),
        (["0,1,1,1", "600,1,1,1"], (), "0 steps with a load"),
        ([], (), "0 steps with a load"),
        (rows_of([1] * 144), ("--learn-days", "1"), "leave none to judge by"),
        (rows_of([0] * 144 + [1] * 144), ("--learn-days", "1"), "hold no load"),
        (rows_of([1] * 144 + [0] * 144), ("--learn-days", "1"), "above 0"),
        (rows_of([1, 2]), ("--learn-days", "0"), "whole number"),
        (rows_of([1, 2]), ("--learn-days", "two"), "whole number"),
        (rows_of([1, 2]), ("--shape", "heavy"), "There is no shape"),
        (rows_of([1, 2]), ("--mean", "median"), "given or learned"),
        (rows_of([1, 2]), ("--mean", "learned"), "--learn-days"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_a_sentence(
    tmp_path: Path, rows: list[str], words: tuple[str, ...], said: str
) -> None:
    with pytest.raises(SystemExit) as refused:
        found(file_of(tmp_path, rows), *words)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (b"", "must name a time column"),
        (b"t_start_s,input_tokens_per_s\n0,1\n", "output_tokens_per_s"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"t_start_s,load\n0,1\n", "at least two"),
        (b"t_start_s,load\n0,1\n1e6,1\n", "24 at most"),
        (b"t_start_s,load\n0," + b"1" * 200_000 + b"\n", "cannot be read as CSV"),
    ],
)
def test_what_is_no_table_of_load_is_refused_in_a_sentence(tmp_path: Path, held: bytes, said: str) -> None:
    file = tmp_path / "load.csv"
    file.write_bytes(held)
    with pytest.raises(SystemExit, match=said):
        found(str(file))


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(SystemExit, match="no file"):
        found("nowhere.csv")
