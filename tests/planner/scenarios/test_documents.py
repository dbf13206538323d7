"""What a scenario document accepts, what it refuses, and in which words."""

from __future__ import annotations

import dataclasses
import typing
from copy import deepcopy
from typing import Any, get_args, get_origin

import pytest

from costmodel.inputs.scenario import Scenario as EngineScenario
from planner.core.canonical_json import parse_strict
from planner.core.documents import extra_of, inner_shapes, plain, text_of
from planner.core.errors import InvalidInput
from planner.deals.documents import conflicts
from planner.scenarios import document_upgrades
from planner.scenarios.documents import ENGINE_PARTS, SCHEMA_ID, ScenarioDocument, scenario_document
from planner.scenarios.paths import get, walk, with_values
from planner.scenarios.worked_examples import scenario_templates, template_document
from tests.planner.scenarios.small_document import small_document

DISCOUNT = "deal.terms[trainium].discount_share"


def problems_of(document: Any) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refused:
        scenario_document(document)
    return {problem.path: problem.message for problem in refused.value.problems}


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (DISCOUNT, 1.4, "Discount is 140%. It must be between 0% and 100%."),
        (DISCOUNT, "12", "Discount is “12”. It must be a number."),
        (DISCOUNT, True, "Discount is true. It must be a number."),
        (DISCOUNT, [], "Discount is a list. It must be a number."),
        ("model.layers", 12.5, "Layers is 12.5. It must be a whole number."),
        ("model.layers", True, "Layers is true. It must be a whole number."),
        ("timeline.quarters", 81, "Horizon is 81. It must be between 1 and 80."),
        ("timeline.quarters", 0, "Horizon is 0. It must be between 1 and 80."),
        ("timeline.opening", "soon", "Opening date is “soon”. It must be a date such as 2026-03-31."),
        ("deal.provider", 7, "Provider is 7. It must be a text."),
        (
            "exit.state_now",
            "public",
            "State now is “public”. It must be one of: private or filed_confidentially.",
        ),
        ("schema_version", 2, "Schema version is 2. It must be one of: 1."),
        (
            f"{DISCOUNT}",
            {"low": 0.3, "high": 0.2, "shape": "uniform"},
            "Discount: Low is 30% and high is 20%. Low must be below high.",
        ),
        (
            DISCOUNT,
            {"low": 0.1, "high": 1.2, "shape": "uniform"},
            "Discount is 120%. It must be between 0% and 100%.",
        ),
        (
            DISCOUNT,
            {"low": 0, "high": 0.2, "shape": "lognormal"},
            "Discount: Low is 0%. A lognormal range must lie above 0.",
        ),
        (
            DISCOUNT,
            {"shape": "discrete", "values": [0.1], "weights": []},
            "Discount: A quantity of a few values needs as many weights as values.",
        ),
        (
            "fleet.lots[first].chip",
            "tpu",
            "Chip of First gigawatt is “tpu”. It must be one of: trainium, gb300.",
        ),
        (
            "deal.terms[minimum].contract",
            "other",
            "minimum names the contract “other”. It must be one of: trainium.",
        ),
    ],
)
def test_one_wrong_value_is_named_with_what_is_allowed(path: str, value: Any, sentence: str) -> None:
    found = problems_of(with_values(small_document(), {path: value}))
    assert found == {path: sentence}


def test_null_and_a_missing_field_say_so() -> None:
    document = small_document()
    document["lab"]["opening_cash_usd"] = None
    del document["model"]["layers"]
    assert problems_of(document) == {
        "lab.opening_cash_usd": "Opening cash is empty. It must be a number.",
        "model.layers": "Layers is missing.",
    }


def test_an_unknown_name_suggests_the_nearest_one() -> None:
    document = small_document()
    document["deal"]["terms"][0]["discont_share"] = 0.2
    found = problems_of(document)
    assert found == {
        "deal.terms[trainium].discont_share": "“discont_share” is not a field here. Did you mean “discount_share”?"
    }


def test_several_errors_are_told_at_once() -> None:
    wrong = {DISCOUNT: 2, "model.layers": 0, "lab.round_open_cold": -1, "demand.volatility_annual": "x"}
    assert set(problems_of(small_document(**wrong))) == set(wrong)


@pytest.mark.parametrize("text", ['{"a": NaN}', '{"a": 1e400}', '{"a": 1, "a": 2}', "[" * 40 + "]" * 40])
def test_json_that_two_readers_could_read_differently_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_strict(text)


def test_what_ends_beyond_the_horizon_says_how_many_quarters_it_needs() -> None:
    found = problems_of(
        small_document(
            **{
                "timeline.quarters": 8,
                "deal.terms[paid].longstop": "2028-12-31",
                "exit.lock_up[0].quarters_after_listing": 9,
            }
        )
    )
    assert (
        "Trainium contract needs 32 quarters and the scenario has 8."
        in found["deal.terms[trainium].quarters"]
    )
    assert "The longstop of First tranche needs 11 quarters" in found["deal.terms[paid].longstop"]
    assert (
        "A listing with its lock-up and sale needs 10 quarters"
        in found["exit.lock_up[0].quarters_after_listing"]
    )


def test_odds_that_fall_and_an_opening_inside_a_quarter_are_refused() -> None:
    found = problems_of(
        small_document(**{"exit.quoted_odds[1].probability": 0.1, "timeline.opening": "2026-03-30"})
    )
    assert set(found) == {"exit.quoted_odds[1].probability", "timeline.opening"}


def test_a_key_used_twice_is_refused() -> None:
    document = small_document()
    document["chips"][1]["key"] = "trainium"
    document["deal"]["terms"][2]["key"] = "minimum"
    messages = problems_of(document)
    assert messages["deal.terms[minimum].key"] == "The key “minimum” is used twice. Give each item its own."


def test_whole_numbers_become_floats_and_the_text_is_stable() -> None:
    first = scenario_document(small_document())
    again = scenario_document(parse_strict(text_of(first)))
    assert text_of(first) == text_of(again)
    assert '"commitment_usd":100000000000.0' in text_of(first)
    assert text_of(scenario_document(small_document(**{DISCOUNT: 0}))).count('"discount_share":0.0') == 1


def test_the_schema_carries_its_id_titles_units_and_ranges() -> None:
    schema = ScenarioDocument.model_json_schema()
    assert schema["$id"] == SCHEMA_ID
    horizon = schema["$defs"]["TimelineDocument"]["properties"]["quarters"]
    assert (horizon["title"], horizon["unit"], horizon["minimum"], horizon["maximum"]) == (
        "Horizon",
        "quarters",
        1,
        80,
    )


@pytest.mark.parametrize("template", [one.name for one in scenario_templates()])
def test_every_template_is_valid_and_every_number_of_it_has_a_source(template: str) -> None:
    document = scenario_document(template_document(template))
    without = [
        leaf.path
        for leaf in walk(document)
        if leaf.kind in ("quantity", "number", "integer")
        and not leaf.is_default
        and not leaf.evidence.get("source")
    ]
    assert without == []


def test_every_default_lies_in_its_own_range() -> None:
    for leaf in walk(scenario_document(small_document())):
        if isinstance(leaf.default, int | float) and not isinstance(leaf.default, bool):
            assert leaf.minimum is None or leaf.minimum <= leaf.default, leaf.path
            assert leaf.maximum is None or leaf.default <= leaf.maximum, leaf.path


def test_warnings_of_a_deal_are_told_and_do_not_refuse() -> None:
    document = small_document()
    document["deal"]["terms"].append(
        {"kind": "preferred", "key": "pref", "label": "Preference", "tranches": ["paid"]}
    )
    found = conflicts(scenario_document(document).deal)
    assert [(one.is_error, "at an IPO the shares become common" in one.sentence) for one in found] == [
        (False, True)
    ]


@pytest.mark.parametrize(
    ("added", "path"),
    [
        (
            {"kind": "take_or_pay", "key": "second", "contract": "trainium", "commitment_usd": 1},
            "second].contract",
        ),
        ({"kind": "volume_tiers", "key": "tiers", "contract": "trainium", "tiers": []}, "tiers].tiers"),
        ({"kind": "preferred", "key": "pref", "tranches": ["gone"]}, "pref].tranches"),
        (
            {"kind": "equity_tranche", "key": "later", "amount_usd": 1, "state": "uncalled"},
            "later].valuation_usd",
        ),
    ],
)
def test_terms_that_do_not_go_together_are_refused(added: dict[str, Any], path: str) -> None:
    document = small_document()
    document["deal"]["terms"].append(added)
    assert list(problems_of(document)) == [f"deal.terms[{path}"]


def test_an_old_document_is_read_through_its_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    assert document_upgrades.STEPS == {}
    monkeypatch.setitem(document_upgrades.STEPS, 0, lambda raw: {**raw, "added": True})
    assert document_upgrades.upgraded({"a": 1}, 0) == {"a": 1, "added": True}
    assert document_upgrades.upgraded({"a": 1}, 1) == {"a": 1}


def test_paths_find_list_items_by_key_and_change_only_what_they_name() -> None:
    document = small_document()
    before = deepcopy(document)
    changed = with_values(document, {DISCOUNT: 0.5, "chips[gb300].label": None})
    assert document == before
    assert get(changed, DISCOUNT) == 0.5
    assert get(changed, "chips[gb300].label") is None
    with pytest.raises(KeyError):
        with_values(document, {"deal.terms[gone].discount_share": 1})


def test_names_and_limits_are_those_of_the_engine() -> None:
    """The bridge is dull only while both sides agree, field by field."""
    differences: list[str] = []
    for name in ENGINE_PARTS:
        engine_types = typing.get_type_hints(EngineScenario)
        document_shapes = inner_shapes(ScenarioDocument.model_fields[name].annotation)
        _compare(document_shapes, _dataclasses_in(engine_types[name]), name, differences)
    assert differences == []


# The structure common to all chips comes with the calibration, not from a document.
_ONLY_HERE = {"label", "kind", "key", "provider", "lab", "structure", "source"}


def _compare(shapes: list[Any], engine: list[Any], path: str, differences: list[str]) -> None:
    for shape, engine_class in zip(shapes, engine, strict=True):
        hints = typing.get_type_hints(engine_class)
        declared = {one.name: one for one in dataclasses.fields(engine_class)}
        names = set(shape.model_fields)
        if (names - _ONLY_HERE) != (set(declared) - _ONLY_HERE):
            differences.append(f"{path}: {names ^ set(declared)}")
        for name, field in declared.items():
            if name not in shape.model_fields:
                continue
            ours = shape.model_fields[name]
            inner = [one for one in inner_shapes(ours.annotation) if not one.__name__.endswith("Quantity")]
            if inner:
                _compare(inner, _dataclasses_in(hints[name]), f"{path}.{name}", differences)
            limits = field.metadata.get("limits")
            extra = extra_of(ours)
            if limits and (extra.get("minimum"), extra.get("maximum")) != limits:
                differences.append(f"{path}.{name}: {limits}")


def _dataclasses_in(annotation: Any) -> list[Any]:
    if dataclasses.is_dataclass(annotation) and get_origin(annotation) is None:
        return [annotation]
    return [found for argument in get_args(annotation) for found in _dataclasses_in(argument)]


def test_a_document_without_its_defaults_means_the_same() -> None:
    document = scenario_document(small_document())
    assert scenario_document(plain(document)) == document


def test_nothing_at_all_for_one_quarter_is_a_scenario() -> None:
    document = small_document(
        **{"timeline.quarters": 1, "exit.lock_up": [], "fleet.lots": [], "deal.terms": []}
    )
    document["evidence"] = {}
    assert scenario_document(document).timeline.quarters == 1
    document["deal"]["terms"] = [
        {"kind": "equity_tranche", "key": "none", "amount_usd": 0, "state": "paid"},
    ]
    scenario_document(document)
