"""Deployments as arrays: a part of a question is the question of the part; what cannot be asked says why."""

from dataclasses import fields

import numpy as np

from costmodel.calibration.calibration import efficiency_of
from costmodel.calibration.questions import Question, part, problem_of
from costmodel.calibration.times import times
from tests.costmodel.deployments import ASKED, CARDS, MODELS, asking, card, true_values
from tests.costmodel.machines import changed

VARIED = (
    ASKED,
    changed(ASKED, row_id="blank layout", parallelism="", load_kind="offline_max", concurrency=None),
    changed(
        ASKED, row_id="pools", parallelism="1 prefill x tp2, 3 decode x tp2", model="Mixture", chip="Two"
    ),
    changed(ASKED, row_id="static", load_kind="static_batch", precision="bf16"),
    changed(ASKED, row_id="apart", parallelism="dep8", model="Mixture", limit_s_per_token=0.05),
)


def same(one: Question, other: Question) -> None:
    for field in fields(Question):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        if field.name == "held":
            for number in fields(mine):
                if number.name != "efficiency":
                    assert np.array_equal(getattr(mine, number.name), getattr(theirs, number.name)), (
                        number.name
                    )
        elif isinstance(mine, np.ndarray):
            assert np.array_equal(mine, theirs), field.name
        else:
            assert mine == theirs, field.name


def test_a_part_of_a_question_is_the_question_of_the_part() -> None:
    whole = asking(*VARIED)
    for kept in ([0], [1, 3], [4, 2], [0, 1, 2, 3, 4]):
        chosen = np.isin(np.arange(len(VARIED)), kept)
        same(part(whole, chosen), asking(*(VARIED[place] for place in sorted(kept))))


def test_a_row_is_predicted_alike_alone_and_among_others() -> None:
    efficiency = efficiency_of(dict(true_values()))
    together = times(asking(*VARIED), efficiency)
    for place, one in enumerate(VARIED):
        alone = times(asking(one), efficiency)
        assert alone.s_per_token[0] == together.s_per_token[place]
        assert alone.output_per_chip_second[0] == together.output_per_chip_second[place]


def test_a_blank_layout_is_tried_with_every_size_of_a_server() -> None:
    asked = asking(changed(ASKED, parallelism=""))
    assert list(asked.held.tensor) == [1.0, 2.0, 4.0, 8.0]
    assert not asked.stated.any()


def test_what_is_not_known_is_named() -> None:
    assert problem_of(ASKED, CARDS, MODELS) == ""
    assert problem_of(changed(ASKED, chip="Nobody"), CARDS, MODELS) == (
        "No specification of the chip Nobody is known."
    )
    assert problem_of(changed(ASKED, model="None"), CARDS, MODELS) == (
        "No architecture of the model None is known."
    )
    odd = {"One": card("One", tflops={"bf16": None, "fp8": 900.0})}
    assert problem_of(changed(ASKED, precision="bf16"), odd, MODELS) == "One has no compute rate in BF16."
