"""The pages of the method: what they say is what the report of the fit holds, and nothing set aside is silent."""

import csv
import io
import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from planner.pages.equations import STAGES
from planner.runs.cost_table.facts import seeded_documents
from planner.runs.engine import calibration
from planner.runs.serving_checks import accuracy, scatter
from planner.teams.models import User
from tests.people import People

ADDRESS = "/method/serving/"


@pytest.fixture
def client(people: People, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(people.owner)


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def test_the_method_says_how_wrong_speeds_are_and_leads_to_the_page(client: Client) -> None:
    page = client.get("/method/").content.decode()
    assert accuracy.sentence() in page
    assert f'href="{ADDRESS}"' in page
    assert "No chip is calibrated" not in page


def test_the_cost_stage_holds_equations_1_to_9() -> None:
    assert [one.number for one in STAGES[0].equations] == [f"E{number}" for number in range(1, 10)]


def test_everything_set_aside_stands_there_with_its_count_and_reason(client: Client) -> None:
    page = text_of(client, ADDRESS)
    held = calibration.held_out()
    for one in held["set_aside"]:
        assert f"{one['reason']} {one['rows']} {', '.join(one['examples'])}" in page
    for reason, rows in held["relabelled"].items():
        assert f"{reason[0].upper()}{reason[1:]}. {rows}" in page
    fitted = calibration.calibration().fitted
    aside = sum(one["rows"] for one in held["set_aside"])
    assert (
        f"Of {fitted['rows_offered']:,} rows, {held['all']['rows']:,} were fitted and {aside} set aside."
        in page
    )
    assert fitted["rows"] == held["all"]["rows"] == fitted["rows_offered"] - aside


def test_every_source_chip_and_model_of_the_report_has_a_line(client: Client) -> None:
    page = text_of(client, ADDRESS)
    held = calibration.held_out()
    for group in ("by_source", "by_chip", "by_model"):
        for row in held[group]:
            name = accuracy.SOURCES.get(row["name"], row["name"])
            assert f"{name} {row['rows']:,} {row['median_error'] * 100:.1f}%" in page
    for level in ("without_chip", "without_vendor", "without_model", "without_software"):
        for row in held[level]["by"]:
            assert f"{row['name']} {row['rows']:,} {row['median_error'] * 100:.1f}%" in page


def test_sources_are_called_by_their_names() -> None:
    assert {row["name"] for row in calibration.held_out()["by_source"]} <= set(accuracy.SOURCES)


def test_pairs_and_marks_are_explained(client: Client) -> None:
    page = text_of(client, ADDRESS)
    found = calibration.held_out()["pairs"]
    assert f"Of {found['pairs']:,} pairs of chips" in page
    for mark, meaning in accuracy.statuses():
        assert f"{mark[0].upper()}{mark[1:]} {meaning}" in page


def test_chips_that_are_not_calibrated_have_a_band_that_measurements_narrow(client: Client) -> None:
    chips, _models = seeded_documents()
    bands = {one["chip"]: one for one in calibration.narrowings(chips)}
    assert {"Trainium2", "Trainium3", "TPU-v7"} <= set(bands)
    assert "H100" not in bands
    for one in bands.values():
        assert one["both"] < min(one["chip_measured"], one["software_named"]) < one["now"]
    page = text_of(client, ADDRESS)
    for name in bands:
        assert f" {name} " in page


def test_both_drawings_have_every_point_in_a_twin(client: Client) -> None:
    points = calibration.held_out()["points"]
    charts = scatter.charts()
    assert [chart.key for chart in charts] == ["accuracy-time", "accuracy-throughput"]
    for chart in charts:
        drawn = sum(len(one["points"]) for one in chart.data["series"])
        assert drawn == len(chart.rows) == sum(f"accuracy-{point['kind']}" == chart.key for point in points)
        looks = [(one["role"], one["path"]) for one in chart.data["series"]]
        assert len({role for role, _path in looks}) == len({path for _role, path in looks}) == len(looks)
        values = [value for one in chart.data["series"] for point in one["points"] for value in point[:2]]
        assert chart.data["ticks"][0] <= min(values) <= max(values) <= chart.data["ticks"][-1]
    page = client.get(ADDRESS).content.decode()
    assert page.count('data-chart="scatter"') == 2


def test_points_can_be_downloaded(client: Client) -> None:
    answer = client.get("/method/serving/points.csv")
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    points = calibration.held_out()["points"]
    assert [row["row_id"] for row in rows] == [point["row_id"] for point in points]
    assert float(rows[0]["measured"]) == points[0]["measured"]


def test_both_pages_ask_for_sign_in(client: Client) -> None:
    for address in (ADDRESS, "/method/serving/points.csv"):
        assert Client().get(address).status_code == 302
