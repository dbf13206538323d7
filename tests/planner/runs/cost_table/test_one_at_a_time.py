"""A process computes one table at a time, and lengths that differ by less than is served are one table."""

from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from planner.runs.cost_table import speeds

ADDRESS = "/cost-table/?model=mistral-7b"
WAITS = "Waiting for another cost table to finish."


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(speeds, "_own", {})
    monkeypatch.setattr(speeds, "_PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(speeds, "_PATIENCE_FOR_ALL_SECONDS", 0.01)


@pytest.fixture
def _another(browser: Client) -> Iterator[None]:
    """Another table is being computed in this process."""
    with speeds._slot:
        yield


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The operating points that were computed."""
    found: list[Any] = []
    compute = speeds._computed

    def counted(facts: Any, point: Any) -> Any:
        found.append(point)
        return compute(facts, point)

    monkeypatch.setattr(speeds, "_computed", counted)
    return found


@pytest.mark.usefixtures("_another")
@pytest.mark.parametrize("query", ["", "&input_tokens=77"])
def test_while_another_is_computed_the_page_says_so_and_asks_again(browser: Client, query: str) -> None:
    whole = browser.get(f"{ADDRESS}{query}")
    assert whole.status_code == 503
    assert whole["Retry-After"] == "1"
    part = browser.get(f"{ADDRESS}{query}", headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "<html" not in part.content.decode()
    for answer in (whole, part):
        page = unescape(answer.content.decode())
        assert WAITS in page
        assert f'hx-get="{ADDRESS}{query}"' in page


def test_what_is_known_is_shown_while_another_is_computed(browser: Client, computed: list[Any]) -> None:
    address = f"{ADDRESS}&input_tokens=77"
    assert browser.get(address).status_code == 200
    with speeds._slot:
        assert browser.get(address).status_code == 200
    assert len(computed) == 1


def test_lengths_are_whole_tokens_and_the_cached_share_whole_percent(
    browser: Client, computed: list[Any]
) -> None:
    lengths = f"{ADDRESS}&input_tokens=77&output_tokens=30"
    for share in ("20", "20.3", "19.8"):
        assert browser.get(f"{lengths}&cached_share={share}").status_code == 200
    (point,) = computed
    assert (point.input_tokens, point.output_tokens, point.cached_share) == (77.0, 30.0, 0.2)
    assert browser.get(f"{lengths}.2").status_code == 422


def test_a_refused_table_leaves_the_slot_free(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: Any) -> Any:
        raise RuntimeError

    with monkeypatch.context() as once:
        once.setattr(speeds, "_computed", broken)
        with pytest.raises(RuntimeError):
            browser.get(ADDRESS)
    assert browser.get(ADDRESS).status_code == 200
