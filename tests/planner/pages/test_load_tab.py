"""The Load tab in words and figures: heavy or light, what helps, what to commit, what can be cut."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from planner.runs.presentation.load import load_part

QUARTERS = 4
FOUND: dict[str, Any] = {
    "curve": {
        "exceedance_share": [0.0, 0.5, 1.0],
        "load_over_mean": [2.0, 1.0, 0.0],
        "under_levers": [2.0, 1.0, 0.0],
        "peak_over_mean": 2.0,
        "p99_over_mean": 1.98,
        "variation": 0.58,
        "load_factor": 0.5,
        "shed_share": 0.0,
        "unasked_share": 0.0,
    },
    "by_quarter": {
        "need_1m_tokens_per_hour": [1e6, 1e6, 2e6, 2e6],
        "peak_1m_tokens_per_hour": [2e6] * 4,
        "committed_1m_tokens_per_hour": [1e6] * 4,
        "on_demand_share": [0.1] * 4,
        "burst_share": [0.0] * 4,
        "other_clouds_share": [0.0] * 4,
        "unserved_share": [0.0, 0.0, 0.0, 0.3],
    },
    "priced": {
        "prices_usd_per_1m": {"committed": 0.8, "on_demand": 1.0, "burst": 2.0, "unserved": 1.6},
        "screening": [
            {"name": "on_demand", "from_share": 0.0, "to_share": 0.8},
            {"name": "committed", "from_share": 0.8, "to_share": 1.0},
        ],
        "premium_usd_per_1m": 0.28,
        "premium_without_levers_usd_per_1m": 0.28,
        "capacity_over_mean": 1.9,
        "capacity_without_levers_over_mean": 1.9,
        "controllability": 0.0,
        "cheapest_commitment_over_mean": 1.1,
        "levers": [
            {
                "lever": "tiers",
                "is_set": False,
                "setting": {"low_priority_share": 0.3, "low_priority_value": 0.25},
                "premium_usd_per_1m": 0.12,
                "value_usd_per_1m": 0.16,
                "controllability": 0.5,
            },
            {
                "lever": "deferral",
                "is_set": False,
                "setting": {"deferrable_share": 0.3, "deferral_window_hours": 4.0},
                "premium_usd_per_1m": None,
                "value_usd_per_1m": None,
                "controllability": None,
            },
        ],
        "commitment": {
            "chip": "trainium",
            "recommended_chips": 1500.0,
            "contracted_chips": 1000.0,
            "recommended_over_contracted": 1.5,
            "critical_ratio": 0.2,
            "used_share_of_last_unit": 0.8,
            "quarters": 32,
        },
        "spend_control": {"planned_usd": 8e10, "fixed_usd": 2e10, "control": 0.75},
    },
}
RESULT: dict[str, Any] = {
    "quarters": ["2026 Q2", "2026 Q3", "2026 Q4", "2027 Q1"],
    "outcomes": {"unserved_share": {"mean": 0.02, "p95": 0.06}},
    "load": FOUND,
}
DOCUMENT = {"chips": [{"key": "trainium", "label": "Trainium3"}]}


def test_the_words_are_for_somebody_who_decides() -> None:
    told = load_part(RESULT, DOCUMENT)
    assert told is not None
    assert told.says == [
        "This load is heavy: serving it costs $0.280 per 1M tokens more than the same tokens flat and known. "
        "Flat and known they would cost $0.800.",
        "What helps most is a low tier shed first (30% of the load, worth 25% of the mean): "
        "alone it removes $0.160 of that.",
        "Without limits on them, the cheapest is on demand for capacity used up to 80% of the time, "
        "committed above that.",
        "Over the 32 quarters of the contracts a level commitment of 1,500 Trainium3, or as much on other chips, "
        "is where the last one still pays: it is used 80% of the time. Contracted is 1,000 on average.",
        "Of $80.0 B of compute planned for the next four quarters, $20.0 B is fixed: 75% can be cut.",
    ]


def test_a_lever_that_needs_a_replay_says_so_and_the_others_have_their_figures() -> None:
    told = load_part(RESULT, DOCUMENT)
    assert told is not None
    assert told.levers is not None
    cells = {row.title.partition(":")[0]: row.cells for row in told.levers.rows}
    assert cells["a low tier shed first"] == ["tried", "$0.120", "$0.160", "0.50"]
    assert cells["a batch tier that waits"][1] == "needs a replay"


def test_years_weigh_quarters_by_their_load() -> None:
    told = load_part(RESULT, DOCUMENT)
    assert told is not None
    rows = {row.title: row.cells for row in told.years.rows}
    assert told.years.heads == ["2026", "2027"]
    assert rows["Load placed here, mean"] == ["32.0", "48.0"]
    assert rows["Not served"] == ["0%", "30.0%"]


def test_a_light_load_and_a_result_without_prices_say_so() -> None:
    light = deepcopy(RESULT)
    light["load"]["priced"] |= {"premium_usd_per_1m": 0.01, "levers": []}
    told = load_part(light, DOCUMENT)
    assert told is not None
    assert told.says[0].startswith("This load is light: serving it costs $0.0100")
    assert told.says[1] == "No lever tried makes it cheaper."
    light["load"]["priced"] = None
    told = load_part(light, DOCUMENT)
    assert told is not None
    assert told.levers is None
    assert told.screening == []
    assert load_part({"outcomes": {}}, DOCUMENT) is None


def test_the_screening_lines_start_at_the_fixed_price_and_end_at_full_use() -> None:
    told = load_part(RESULT, DOCUMENT)
    assert told is not None
    assert told.screening_table is not None
    assert told.screening[0].points == "0.00,60.00 100.00,60.00"
    assert told.screening[1].points == "0.00,100.00 100.00,50.00"
    assert told.screening_table.rows[1].cells[2] == "$0.500"
