"""A fleet on its own, as the library keeps it."""

from __future__ import annotations

from typing import Any

import pytest

from planner.core.documents import plain, read_document, text_of
from planner.core.errors import InvalidInput
from planner.fleets.documents import FleetDocument
from planner.scenarios.changes import diff
from tests.planner.scenarios.small_document import small_document

YOUNGER = (
    "network_capex_usd_per_chip",
    "colocation_usd_per_kw_month",
    "it_salvage_share",
    "site_salvage_share",
)


def test_a_fleet_is_read_and_written_with_its_defaults() -> None:
    fleet = read_document(FleetDocument, small_document()["fleet"])
    assert (fleet.availability, fleet.lots[0].built_share) == (0.95, 1.0)
    assert '"chips":500000.0' in text_of(fleet)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("availability", 0.4, "Availability is 40%. It must be between 50% and 100%."),
        ("power_usage_effectiveness", 0.9, "Power usage effectiveness is 0.9. It must be between 1 and 3."),
        ("power_usd_per_kwh", -1, "Price of power is -1. It must be between 0 and 10."),
        ("lots", {}, "Lots is an object. It must be a list."),
    ],
)
def test_a_wrong_value_is_named(name: str, value: Any, sentence: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_document(FleetDocument, {**small_document()["fleet"], name: value})
    assert [problem.message for problem in refused.value.problems] == [sentence]


def test_a_fleet_stored_before_network_rent_and_salvage_reads_as_one_without_them() -> None:
    today = read_document(FleetDocument, small_document()["fleet"])
    stored: dict[str, Any] = plain(today)
    for lot in stored["lots"]:
        assert [lot.pop(name) for name in YOUNGER] == [0.0] * 4
    assert read_document(FleetDocument, stored) == today
    before, after = ({**small_document(), "fleet": fleet} for fleet in (stored, plain(today)))
    assert diff(before, after) == []
