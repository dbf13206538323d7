"""The serving model's inputs in a scenario: what is refused, what may be left out, and how the editor shows both."""

from typing import Any

import pytest

from planner.core.errors import InvalidInput
from planner.scenarios.changes import diff
from planner.scenarios.documents import scenario_document
from planner.scenarios.editor import problems_of, sections_of, texts_of, values_from
from planner.scenarios.paths import get, walk, with_values
from tests.planner.scenarios.small_document import small_document

DRAFT = {"draft_tokens": 3, "accepted_tokens": 2.5, "draft_cost_share": 0.1}
KEPT = {"model.attention.window_tokens": 1, "model.attention.linear_state_values": 0.5}
SPECULATION = "workload.speculation"
SERVING = "Models and serving"


def typed(raw: dict[str, Any], **texts: str) -> dict[str, Any]:
    """What the editor makes of these texts, by the name of a field of the speculation."""
    opened = texts_of(raw)
    posted = opened | {f"{SPECULATION}.{name}": text for name, text in texts.items()}
    return with_values(raw, values_from(raw, posted, opened))


@pytest.mark.parametrize(
    ("changes", "path", "sentence"),
    [
        (
            {SPECULATION: DRAFT | {"accepted_tokens": 4.5}},
            f"{SPECULATION}.accepted_tokens",
            "Tokens per step is 4.5. With 3 draft tokens a step yields at most 4.",
        ),
        (
            {"model.attention.windowed_layers": 50, "model.attention.linear_layers": 11, **KEPT},
            "model.attention.linear_layers",
            "Windowed and linear layers are 61 together. The model has 60 layers.",
        ),
        (
            {"model.experts.layers": 61},
            "model.experts.layers",
            "Layers with experts is 61. The model has 60 layers.",
        ),
        (
            {"model.embedding_parameters_b": 800.0},
            "model.embedding_parameters_b",
            "Embedding parameters is 800. It must be below the total parameters, 800.",
        ),
        (
            {"model.experts.per_token": 257},
            "model.experts.per_token",
            "Experts per token is 257. It must be at most the 256 experts there are.",
        ),
        (
            {"model.attention.windowed_layers": 50},
            "model.attention.window_tokens",
            "Window is 0 tokens. It must be at least 1: the model has 50 windowed layers.",
        ),
        (
            {"model.attention.linear_layers": 11},
            "model.attention.linear_state_values",
            "State of a linear layer is 0. It must be above 0: the model has 11 linear layers.",
        ),
        (
            {"model.active_parameters_b": 801.0},
            "model.active_parameters_b",
            "Active parameters is 801. It must be at most the total parameters, 800.",
        ),
        (
            {"workload.pools": "apart"},
            "workload.pools",
            "Pools is “apart”. It must be one of: shared or split.",
        ),
        (
            {"chips[gb300].calibration": "guessed"},
            "chips[gb300].calibration",
            "Calibration is “guessed”. It must be one of: calibrated, transferred, specification_only or own.",
        ),
    ],
)
def test_what_does_not_hold_together_is_said_at_the_field(
    changes: dict[str, Any], path: str, sentence: str
) -> None:
    found = {problem.path: problem.message for problem in problems_of(small_document(**changes))}
    assert found == {path: sentence}


def test_the_most_that_is_allowed_is_allowed() -> None:
    whole = {
        SPECULATION: DRAFT | {"accepted_tokens": 4.0},
        "model.attention.windowed_layers": 40,
        "model.attention.linear_layers": 20,
        **KEPT,
        "model.experts.layers": 60,
        "model.embedding_parameters_b": 799.0,
    }
    assert problems_of(small_document(**whole)) == []


def test_ranges_of_parameters_may_overlap_where_a_draw_could_be_right() -> None:
    def between(low: float, high: float) -> dict[str, Any]:
        return {"low": low, "high": high, "coverage": 0.8, "shape": "uniform"}

    def paths(active: dict[str, Any]) -> list[str]:
        changes = {"model.active_parameters_b": active, "model.total_parameters_b": between(700.0, 900.0)}
        return [problem.path for problem in problems_of(small_document(**changes))]

    assert paths(between(899.0, 1000.0)) == []
    assert paths(between(901.0, 1000.0)) == ["model.active_parameters_b"]


def test_a_document_from_before_these_inputs_reads_and_says_that_nobody_measured_its_chips() -> None:
    document = scenario_document(small_document())
    assert [chip.calibration for chip in document.chips] == ["specification_only"] * 2
    assert (document.workload.pools, document.workload.speculation) == ("shared", None)
    assert (document.chips[0].attention_tflops, document.chips[0].dense_weight_bytes) == (0.0, 0.0)


def test_the_editor_shows_them_among_models_and_serving_and_what_is_left_out_empty() -> None:
    raw = small_document()
    sections = {section.title: section for section in sections_of(raw, texts_of(raw), [])}
    shown = {field.leaf.path: field for field in sections[SERVING].fields}
    drafted = shown[f"{SPECULATION}.draft_tokens"]
    assert (drafted.leaf.group, drafted.text, drafted.differs_from_default) == ("Speculation", "", False)
    assert {"workload.pools", "model.experts.layers", "model.attention.linear_layers"} <= set(shown)


def test_filling_in_what_is_left_out_brings_it_in_and_emptying_it_takes_it_away() -> None:
    raw = small_document()
    filled = typed(raw, draft_tokens="3", accepted_tokens="2.5", draft_cost_share="10%")
    assert get(filled, SPECULATION) == DRAFT
    assert problems_of(filled) == []
    assert SPECULATION in diff(raw, filled)[0].path

    emptied = typed(filled, draft_tokens="", accepted_tokens="", draft_cost_share="")
    assert emptied == raw


def test_half_a_part_asks_for_the_rest_at_its_fields() -> None:
    half = typed(small_document(), draft_tokens="3")
    assert {problem.path: problem.message for problem in problems_of(half)} == {
        f"{SPECULATION}.accepted_tokens": "Tokens per step is missing.",
        f"{SPECULATION}.draft_cost_share": "Cost of drafting is missing.",
    }
    assert get(typed(half, draft_tokens=""), SPECULATION) is None


def test_experts_can_be_left_out_too() -> None:
    dense = with_values(
        small_document(),
        dict.fromkeys(f"model.experts.{name}" for name in ("count", "per_token", "routed_share")),
    )
    assert scenario_document(dense).model.experts is None
    assert [leaf.value for leaf in walk(dense) if leaf.path.startswith("model.experts.")] == [None] * 3 + [0]


def test_a_path_beside_what_may_be_left_out_still_leads_nowhere() -> None:
    with pytest.raises(KeyError):
        with_values(small_document(), {"workload.nothing.draft_tokens": 3})
    with pytest.raises(InvalidInput):
        scenario_document(with_values(small_document(), {SPECULATION: DRAFT | {"drafts": 1}}))
