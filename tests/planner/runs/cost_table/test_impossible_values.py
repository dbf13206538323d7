"""One impossible value in the catalog takes its own figure out of the table, says so, and nothing else."""

from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from planner.catalog import queries
from planner.catalog.documents import ReleasedEntry
from planner.catalog.models import CatalogRelease
from planner.runs.cost_table import facts as reading
from planner.runs.cost_table.facts import Facts
from planner.runs.cost_table.owning import owned_hours, refused_hours

Put = Callable[[str, float], None]
LIFE, RENT, POWER = "site.server_life", "site.colocation_rent", "power.electricity.us_industrial"
PARTS = ("chip.h100.provisioned_kw", "chip.gb200.provisioned_kw", "capex.gb200.infrastructure_per_chip")
EXPERTS = "model.deepseek-v3.total_params_b"


@pytest.fixture
def put(facts: Facts, monkeypatch: pytest.MonkeyPatch) -> Put:
    """Reads the release as if the entry of this key had this value."""

    def replaced(key: str, value: float) -> None:
        entries = queries.entries_of

        def of(release: CatalogRelease) -> list[ReleasedEntry]:
            return [
                one.model_copy(update={"value": value}) if one.key == key else one for one in entries(release)
            ]

        monkeypatch.setattr(queries, "entries_of", of)
        monkeypatch.setattr(reading, "_known", {})

    return replaced


def read_again() -> Facts:
    release = queries.current_release()
    assert release is not None
    return reading.facts_of(release)


@pytest.mark.parametrize("value", [0.0, -1.0, 1e-9, 1e9, 1e308])
@pytest.mark.parametrize("key", [LIFE, RENT, POWER, *PARTS, EXPERTS])
def test_any_value_can_be_read(put: Put, key: str, value: float) -> None:
    put(key, value)
    owned_hours(read_again())


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        (LIFE, 25.0, "Life of chips is 100. It must be between 1 and 80 quarters."),
        (POWER, 80.6, "Power is 80.6. It must be between 0 and 10 USD per kWh."),
        (RENT, 500.0, "Colocation rent is 41,666.6666667. It must be between 0 and 10,000 USD per kW-month."),
        (PARTS[0], 0.0, "Power provisioned is 0. It must be between 0.01 and 50 kW per chip."),
    ],
)
def test_an_owners_cost_that_cannot_be_computed_is_left_out_and_says_why(
    put: Put, browser: Client, key: str, value: float, says: str
) -> None:
    put(key, value)
    whole = f"The owner's cost of H100 is left out: {says}"
    assert whole in refused_hours(read_again())
    for address in ("/cost-table/?kind=owners_cost", "/cost-table/h100/llama-3-1-70b/"):
        answer = browser.get(address)
        assert answer.status_code == 200
        assert whole in unescape(answer.content.decode())
    assert browser.get("/cost-table/").status_code == 200


def test_a_model_without_parameters_is_left_out_and_says_why(put: Put, browser: Client) -> None:
    put(EXPERTS, 0.0)
    answer = browser.get("/cost-table/")
    assert answer.status_code == 200
    assert "DeepSeek-V3 is left out: Total parameters is 0." in unescape(answer.content.decode())
