from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rest_framework.test import APIRequestFactory

from planner.core.errors import (
    Conflict,
    FieldWords,
    InvalidInput,
    Problem,
    api_exception_handler,
    problems_from_pydantic,
)


class _Terms(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
    discount_share: float = Field(ge=0, le=0.95)
    years: int = Field(gt=0)
    kind: Literal["list", "reserved"] = "list"


TITLES = {"discount_share": FieldWords("Discount", "share", 0, 0.95), "years": "Years", "kind": "Price kind"}


def _problems(**values: object) -> list[Problem]:
    with pytest.raises(ValidationError) as found:
        _Terms.model_validate(values)
    return problems_from_pydantic(found.value, TITLES)


def test_a_sentence_names_the_field_the_value_and_the_range() -> None:
    assert _problems(discount_share=1.4, years=1) == [
        Problem("discount_share", "Discount is 140%. It must be between 0% and 95%.")
    ]


def test_several_errors_are_told_at_once() -> None:
    assert [problem.message for problem in _problems(discount_share=-1, years=0)] == [
        "Discount is -100%. It must be between 0% and 95%.",
        "Years is 0. It must be more than 0.",
    ]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"years": 1}, "Discount is missing."),
        ({"discount_share": "much", "years": 1}, "Discount is “much”. It must be a number."),
        ({"discount_share": float("nan"), "years": 1}, "Discount must be a finite number."),
        (
            {"discount_share": 0, "years": 1, "surprise": 1},
            "Surprise is not a field that exists here. Remove it.",
        ),
        (
            {"discount_share": 0, "years": 1, "kind": "gift"},
            "Price kind is “gift”. It must be one of: 'list' or 'reserved'.",
        ),
    ],
)
def test_each_kind_of_error_has_its_sentence(values: dict[str, object], said: str) -> None:
    assert _problems(**values)[0].message == said


def test_a_very_long_value_is_cut() -> None:
    assert len(_problems(discount_share="x" * 5000, years=1)[0].message) < 150


def test_the_api_answers_400_with_every_problem_and_409_for_a_conflict() -> None:
    context = {"request": APIRequestFactory().get("/")}
    invalid = api_exception_handler(InvalidInput([Problem("a", "A is wrong.")]), context)
    conflict = api_exception_handler(Conflict("Somebody was first."), context)

    assert invalid is not None
    assert conflict is not None
    assert (invalid.status_code, invalid.data) == (400, {"errors": [{"path": "a", "message": "A is wrong."}]})
    assert (conflict.status_code, conflict.data["errors"][0]["message"]) == (409, "Somebody was first.")
