"""What the page of the method says of the report of the fit, with the harder figures in it and without."""

import copy
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from planner.core.formatting import unit_price
from planner.runs.engine import calibration
from planner.runs.serving_checks import accuracy, published
from planner.teams.models import User
from tests.people import People

ADDRESS = "/method/serving/"
NEW: dict[str, Any] = {
    "rows": 400,
    "median_error": 0.3142,
    "p90_error": 0.9,
    "bias": -0.05,
    "by": [{"name": "MI300X", "rows": 75, "median_error": 0.4321, "p90_error": 0.8, "bias": 0.1}],
}
PAIRS = {"pairs": 1000, "right": 900, "share": 0.9, "across_vendors": 50, "across_vendors_right": 40}


@pytest.fixture
def client(people: People, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(people.owner)


@pytest.fixture(params=["with", "without"])
def report(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[bool, dict[str, Any]]:
    """The report of the fit with and without the harder figures."""
    found = copy.deepcopy(calibration.held_out())
    has_them = request.param == "with"
    if has_them:
        found |= {"new_deployment": NEW, "pairs": PAIRS}
        found["without_chip"]["median_of_names"] = 0.2345
    else:
        found.pop("new_deployment", None)
        found["without_chip"].pop("median_of_names", None)
        for name in ("across_vendors", "across_vendors_right"):
            found["pairs"].pop(name, None)
    monkeypatch.setattr(calibration, "held_out", lambda: found)
    return has_them, found


def page_of(client: Client) -> str:
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def test_the_headline_says_what_it_is_and_the_harder_figure_beside_it(
    report: tuple[bool, dict[str, Any]],
) -> None:
    has_them, _found = report
    said = accuracy.sentence()
    assert said.startswith(
        "On other lengths of deployments partly seen, the median error of time per output token"
    )
    assert ("; where no length of the deployment was seen, 31%." in said) is has_them
    assert len(said.split()) <= 35


def test_a_deployment_of_which_no_row_was_seen_has_a_line_and_a_table(
    client: Client, report: tuple[bool, dict[str, Any]]
) -> None:
    has_them, _found = report
    page = page_of(client)
    line = "… no row of the deployment seen (model, chip, software, precision) 400 31.4% 90.0% 5.0% too fast"
    assert (line in page) is has_them
    assert ("Deployments left out with all their lengths" in page) is has_them
    assert ("MI300X 75 43.2%" in page) is has_them


def test_the_vendor_of_most_rows_is_named_and_chips_are_counted_once_each(
    client: Client, report: tuple[bool, dict[str, Any]]
) -> None:
    has_them, found = report
    counts = calibration.calibration().vendors
    share = counts["NVIDIA"] / sum(counts.values())
    page = page_of(client)
    assert f"{share * 100:.0f}% of the rows are of chips of NVIDIA" in page
    rows = found["without_chip"]["median_error"]
    said = f"A chip left out is missed by {rows * 100:.1f}% in the median over rows, by 23.4% over chips."
    assert (said in page) is has_them


def test_pairs_on_the_same_request_say_how_many_cross_vendors(
    report: tuple[bool, dict[str, Any]],
) -> None:
    has_them, _found = report
    said = accuracy.pairs()
    assert "pairs of chips on the same request" in said
    assert ("50 of them have chips of two vendors; of these it was named in 80.0%." in said) is has_them


def test_no_pair_across_vendors_is_said_to_be_none(monkeypatch: pytest.MonkeyPatch) -> None:
    found = calibration.held_out() | {"pairs": PAIRS | {"across_vendors": 0, "across_vendors_right": 0}}
    monkeypatch.setattr(calibration, "held_out", lambda: found)
    assert accuracy.pairs().endswith("None of them has chips of two vendors.")


def test_vendors_left_out_are_those_of_the_report(report: tuple[bool, dict[str, Any]]) -> None:
    _has_them, found = report
    names = ", ".join(sorted(row["name"] for row in found["without_vendor"]["by"]))
    lines = [line.name for line in accuracy.by_knowledge().lines]
    assert f"… no row of the vendor seen ({names})" in lines


def test_a_vendor_of_which_a_few_rows_were_fitted_is_not_said_to_be_unmeasured(client: Client) -> None:
    assert 0 < calibration.calibration().vendors["Google"] < calibration.hold_out_facts()["fewest_rows"]
    page = page_of(client)
    assert "nobody measured" not in page
    assert "No chip of its vendor" not in page
    assert "Hardly a row of its vendor’s chips was fitted" in page


def test_published_dollars_stand_beside_ours_with_every_miss(client: Client) -> None:
    page = page_of(client)
    assert published.sentence() in page
    for one in published.compared():
        verdict = "not computable" if one.ours is None else "met" if one.is_met else "missed"
        ours = "" if one.ours is None else f"{unit_price(one.ours)} "
        assert f"{one.point.what} {one.point.source}" in page
        assert f"{unit_price(one.point.published)} {ours}{verdict} " in page
        assert str(one.point.choice) in page
