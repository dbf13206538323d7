"""Documents to engine inputs, and what the identity of a run is made of."""

import dataclasses
from datetime import date

import pytest

from planner.core.errors import InvalidInput
from planner.runs import engine
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
