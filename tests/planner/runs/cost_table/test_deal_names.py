"""A deal's price stands on the chip its contract is for, whatever keys and names people gave."""

import math
from typing import Any

from planner.runs.cost_table import deals
from planner.runs.cost_table.facts import Facts
from planner.scenarios.actions import create_scenario
from planner.scenarios.worked_examples import template_document
from tests.people import People


def priced(
    people: People, facts: Facts, document: dict[str, Any]
) -> tuple[dict[str, tuple[float, str]], list[str]]:
    """Chip of the catalog -> (USD, contract) of the deal, and the chips it does not know."""
    scenario = create_scenario(team=people.team, author=people.owner, name="Ours", document=document)
    found = deals.deal_prices(scenario.newest_version, facts)
    return {chip: (hour.usd, hour.label) for chip, hour in found.hours.items()}, list(found.strangers)


def with_term_key(document: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """The document with another key for a contract, wherever it is named."""

    def renamed(held: Any) -> Any:
        if isinstance(held, dict):
            return {name: renamed(value) for name, value in held.items()}
        if isinstance(held, list):
            return [renamed(value) for value in held]
        return new if held == old else held

    document = document | {"evidence": {}}
    return document | {"deal": renamed(document["deal"]), "fleet": renamed(document["fleet"])}


def test_a_contract_with_the_key_of_a_chip_keeps_its_name_and_the_chip_its_own(
    people: People, facts: Facts
) -> None:
    plain = template_document("nvidia-only-fleet")
    keyed = with_term_key(plain, "nvidia-2026", "gb200")
    for term in keyed["deal"]["terms"]:
        if term["key"] == "gb200":
            term["label"] = "H100"
    # Two lots: the contract that is dearer is the one that is not shown.
    before, _strangers = priced(people, facts, plain)
    after, strangers = priced(people, facts, keyed)
    assert set(before) == set(after) == {"GB200"}
    assert math.isclose(before["GB200"][0], after["GB200"][0])
    assert strangers == []


def test_a_chip_that_was_renamed_is_not_known_by_its_old_key(people: People, facts: Facts) -> None:
    document = template_document("nvidia-only-fleet")
    document["chips"][0]["label"] = "Our own chip"
    assert priced(people, facts, document) == ({}, ["Our own chip"])


def test_a_chip_without_a_name_is_known_by_its_key(people: People, facts: Facts) -> None:
    document = template_document("nvidia-only-fleet")
    document["chips"][0]["label"] = ""
    found, strangers = priced(people, facts, document)
    assert set(found) == {"GB200"}
    assert strangers == []
