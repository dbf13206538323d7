"""The front chart: a title that holds for any front, a legend of every sign, layouts explained."""

from typing import Any

from django.test import Client

from planner.runs.cost_table.facts import Facts
from planner.runs.cost_table.front_chart import _finding, front_chart
from planner.runs.cost_table.points import POINTS
from planner.runs.presentation.charts import Chart


def at(user: float, chip: float) -> dict[str, Any]:
    return {"tokens_per_s_per_user": user, "output_tokens_per_chip_second": chip}


def chart_of(facts: Facts) -> Chart:
    chip, model = facts.chip("h100"), facts.model("llama-3-1-70b")
    assert chip
    assert model
    chart = front_chart(chip, model, POINTS["standard"], POINTS)
    assert chart
    return chart


def test_a_front_of_one_point_is_not_measured_against_itself() -> None:
    only = at(40.0, 900.0)
    assert _finding([only], only, POINTS["standard"]) == (
        "At 40 tokens a second for each user, a chip gives the most it can: 900 tokens a second"
    )


def test_speed_is_paid_for_in_tokens_of_a_chip() -> None:
    slow, chosen = at(20.0, 1000.0), at(40.0, 900.0)
    assert "a chip gives 90% of the most it could" in _finding([slow, chosen], chosen, POINTS["standard"])


def test_the_legend_names_dots_rings_and_the_diamond(facts: Facts) -> None:
    series = chart_of(facts).data["series"]
    assert [one["label"].partition(":")[0] for one in series if "path" in one] == [
        "a layout on the front",
        "beaten by another",
        "chosen",
    ]


def test_the_legends_signs_are_drawn(browser: Client) -> None:
    page = browser.get("/cost-table/h100/llama-3-1-70b/").content.decode()
    legend = page.partition('<ul class="legend">')[2].partition("</ul>")[0]
    assert legend.count("<path") == 3
    assert legend.count("swatch line") == 2


def test_layouts_are_explained_below_the_chart_and_in_the_glossary(facts: Facts, browser: Client) -> None:
    assert "TP: chips that share every request" in chart_of(facts).foot
    assert "TP: chips that share every request" in browser.get("/glossary/").content.decode()
