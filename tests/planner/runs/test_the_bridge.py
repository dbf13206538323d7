"""Documents to engine inputs, and what the identity of a run is made of."""

import dataclasses
from datetime import date

import pytest

from planner.core.errors import InvalidInput
from planner.runs import engine
from planner.runs.engine import calibration
from planner.runs.snapshot import identity_of
from tests.planner.scenarios.small_document import small_document


def inputs(**changes):
    return engine.inputs_of_json(small_document(**changes))


def identity(**changes):
    return identity_of(inputs(**changes), seed=1, draws=8192)


def test_numbers_become_fixed_quantities_and_ranges_become_distributions():
    found = inputs()
    contract = found.contracts()[0]
    assert (contract.discount_share.shape, contract.discount_share.value) == ("fixed", 0.25)
    kept = contract.kept_without_equity_share
    assert (kept.shape, kept.low, kept.high) == ("uniform", 0.1, 0.6)
    assert found.timeline.opening == date(2026, 3, 31)
    assert found.tranches()[0].amount_usd == 15e9
    assert found.model.experts.count == 256


def test_every_field_of_the_inputs_is_filled_from_the_document():
    found = dataclasses.asdict(inputs())
    assert set(found) == {field.name for field in dataclasses.fields(inputs())}
    assert len(engine.inputs_digest_material(inputs())["fleet"]["lots"]) == 1


def test_names_and_evidence_do_not_change_the_identity():
    same = {
        "deal.lab": "Somebody else",
        "deal.terms[trainium].label": "Another name",
        "evidence": {},
        "load.label": "x",
    }
    for path, value in same.items():
        assert identity(**{path: value}) == identity()


def test_a_value_the_seed_and_the_draws_change_the_identity():
    found = {
        identity(),
        identity(**{"deal.terms[trainium].discount_share": 0.26}),
        identity_of(inputs(), seed=2, draws=8192),
        identity_of(inputs(), seed=1, draws=16384),
    }
    assert len(found) == 4


def test_what_is_wrong_is_named_with_field_value_and_range():
    with pytest.raises(InvalidInput) as refused:
        inputs(**{"deal.terms[trainium].discount_share": 1.4})
    assert "Discount is 140%. It must be between 0% and 100%." in [
        problem.message for problem in refused.value.problems
    ]


def test_the_deal_price_of_a_year_adds_up_from_its_terms():
    (price,) = engine.deal_prices(inputs(), 0)
    assert [(step["name"], step["usd"]) for step in price["steps"]] == [
        ("reference", 2.5),
        ("discount", -0.625),
    ]
    assert price["usd_per_chip_hour"] == 1.875
    assert engine.deal_prices(inputs(), 79) == []


def test_what_speed_rests_on_reaches_the_engine():
    draft = {"draft_tokens": 3, "accepted_tokens": 2.5, "draft_cost_share": 0.1}
    found = inputs(
        **{
            "chips[gb300].attention_tflops": 600.0,
            "chips[gb300].dense_weight_bytes": 2.0,
            "chips[gb300].calibration": "own",
            "model.attention.linear_layers": 30,
            "model.attention.linear_state_values": 1e6,
            "model.experts.layers": 58,
            "model.embedding_parameters_b": 1.5,
            "workload.pools": "split",
            "workload.speculation": draft,
        }
    )
    chip = found.chip("gb300")
    assert (chip.attention_tflops, chip.dense_weight_bytes, chip.calibration) == (600.0, 2.0, "own")
    assert (found.model.attention.linear_layers, found.model.attention.linear_state_values) == (30, 1e6)
    assert (found.model.experts.layers, found.model.embedding_parameters_b) == (58, 1.5)
    assert found.workload.pools == "split"
    assert dataclasses.asdict(found.workload.speculation) == draft


def test_runs_use_the_fitted_structure_and_it_is_part_of_their_identity(monkeypatch):
    fitted = calibration.calibration()
    structure = inputs().chip("gb300").structure
    assert structure.request == pytest.approx(fitted.globals["request"], rel=1e-5)
    assert engine.inputs_digest_material(inputs())["chips"][0]["structure"]["request"] == structure.request

    before = identity()
    moved = dataclasses.replace(fitted, globals={**fitted.globals, "request": 2 * structure.request})
    monkeypatch.setattr(calibration, "calibration", lambda: moved)
    calibration.structure_at.cache_clear()
    after = identity()
    calibration.structure_at.cache_clear()
    assert after != before


def test_the_structure_is_that_of_the_precision_whose_weights_come_nearest():
    fitted = calibration.calibration()
    for size, precision in ((2.0, "bf16"), (1.0, "fp8"), (0.5, "fp4"), (0.5625, "fp4"), (1.3, "fp8")):
        expected = fitted.efficiency({"precision": precision}).structure.expert_compute
        assert calibration.structure_at(size).expert_compute == pytest.approx(expected, rel=1e-5)
