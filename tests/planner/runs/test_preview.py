"""The living preview: a draft against its last saved version, on the same block of futures, leaving no trace."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from django.test import Client
from typing_extensions import override

from planner.runs import engine, previewing
from planner.runs.models import Run
from planner.runs.presentation import previews
from planner.scenarios.actions import create_scenario, save_draft
from planner.scenarios.models import Scenario
from planner.scenarios.queries import draft_of
from planner.scenarios.worked_examples import template_document
from planner.teams.models import User
from tests.people import People
from tests.planner.scenarios.small_document import small_document

_CASH = "recovered_do_no_ipo_cash"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    previewing._kept.clear()
    yield
    previewing._kept.clear()


@pytest.fixture
def scenario(people: People) -> Scenario:
    return create_scenario(team=people.team, author=people.owner, name="Q", document=small_document())


def change(scenario: Scenario, editor: User, **values: Any) -> None:
    save_draft(
        scenario=scenario,
        lock=draft_of(scenario).lock,
        changes={name.replace("__", "."): value for name, value in values.items()},
        editor=editor,
    )


def shown(client: Client, scenario: Scenario) -> str:
    answer = client.get(f"/runs/preview/{scenario.uuid}/", headers=HTMX)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_an_untouched_draft_shows_the_version_and_no_change(owner_client: Client, scenario: Scenario) -> None:
    said = shown(owner_client, scenario)

    assert "Version 1. Change a value and see what it does." in said
    assert said.count("no change") >= 2
    assert "+" not in said
    assert "−" not in said


def test_a_change_is_shown_and_typing_the_value_back_returns_to_none(
    owner_client: Client, scenario: Scenario, owner: User
) -> None:
    untouched = shown(owner_client, scenario)
    before = small_document()["workload"]["utilisation"]

    change(scenario, owner, workload__utilisation=before / 2)
    moved = shown(owner_client, scenario)
    change(scenario, owner, workload__utilisation=before)

    assert "The draft against version 1, on the same futures." in moved
    assert "+100.0%" in moved, "half the use of paid hours doubles what a token costs"
    assert shown(owner_client, scenario) == untouched


def test_the_change_is_the_difference_of_the_first_block_draw_by_draw(
    owner_client: Client, people: People, owner: User
) -> None:
    document = template_document("amazon-openai-2026")
    scenario = create_scenario(team=people.team, author=owner, name="Q", document=document)
    term = next(
        term
        for term in document["deal"]["terms"]
        if term.get("kind") == "compute_contract" and not term.get("signed_earlier")
    )
    path = f"deal.terms[{term['key']}].discount_share"
    save_draft(scenario=scenario, lock=draft_of(scenario).lock, changes={path: 0.0}, editor=owner)
    seed = previewing.limits.default_seed()

    said = shown(owner_client, scenario)

    term["discount_share"] = 0.0
    changed = engine.inputs_of_json(document)
    saved = engine.inputs_of_json(template_document("amazon-openai-2026"))
    shares = [
        engine.key_figures_of(engine.evaluate_block(inputs, engine.prepare(inputs, seed), seed, 0, 8192))[
            "recovered_do_no_ipo_cash"
        ].mean()
        for inputs in (saved, changed)
    ]
    points = round((shares[1] - shares[0]) * 100, 1)
    assert points > 1
    assert f"+{points} points" in said


def test_a_change_too_small_to_show_has_no_sign() -> None:
    moved = np.zeros(8192)
    moved[0] = 1.0
    assert previews.figures({_CASH: moved}, {_CASH: np.zeros(8192)})[0].change == "under 0.1 points"
    moved[:400], moved[400:800] = 1.0, -1.0
    figure = previews.figures({_CASH: moved}, {_CASH: np.zeros(8192)})[0]
    assert (figure.change, figure.inside) == ("under 0.1 points", "−0.7 to +0.7")


def test_a_source_or_a_name_changes_nothing(owner_client: Client, scenario: Scenario, owner: User) -> None:
    change(scenario, owner, deal__provider="Another name")

    assert "Change a value and see what it does." in shown(owner_client, scenario)


def test_a_draft_that_is_wrong_says_why_and_shows_the_version(
    owner_client: Client, scenario: Scenario, owner: User
) -> None:
    change(scenario, owner, workload__utilisation=7.0)

    said = shown(owner_client, scenario)

    assert "Use of paid hours is 700%. It must be between 1% and 100%." in said
    assert "Below: version 1 as it is saved." in said
    assert "no change" not in said


def test_a_scenario_too_large_for_a_web_process_is_run_instead(
    owner_client: Client, scenario: Scenario, settings: Any
) -> None:
    settings.PREVIEW_MEMORY_BYTES = 1

    assert "too large for a preview. Save and run it." in shown(owner_client, scenario)


def test_while_another_preview_computes_the_page_is_told_to_ask_again(
    owner_client: Client, scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "_PATIENCE_SECONDS", 0.01)
    with previewing._slot:
        said = shown(owner_client, scenario)

    assert "Waiting for another preview to finish." in said
    assert 'hx-trigger="load delay:600ms"' in said
    assert "Change a value" in shown(owner_client, scenario)


def test_a_kept_preview_that_another_thread_lets_go_is_shown_all_the_same(
    owner_client: Client, scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    class LetsGo(OrderedDict[str, previewing.Previewed]):
        @override
        def get(self, key: str, default: Any = None) -> Any:
            return self.pop(key, default)

    monkeypatch.setattr(previewing, "_kept", LetsGo())

    assert "Change a value and see what it does." in shown(owner_client, scenario)


def test_a_refused_preview_gives_its_place_back(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_args: Any) -> Any:
        raise ValueError("The model does not fit.")

    monkeypatch.setattr(engine, "preview", fails)
    for _ in range(3):
        with pytest.raises(Exception, match="The model does not fit"):
            previewing.preview_of(small_document())
    assert previewing._slot.acquire(blocking=False)
    previewing._slot.release()


def test_two_at_once_compute_the_same_preview_once(monkeypatch: pytest.MonkeyPatch) -> None:
    began, go, calls = threading.Event(), threading.Event(), []

    def slow(_inputs: Any, _seed: int) -> tuple[dict[str, Any], list[Any]]:
        calls.append(1)
        began.set()
        go.wait(5)
        return {}, []

    monkeypatch.setattr(engine, "preview", slow)
    monkeypatch.setattr(previewing, "_PATIENCE_SECONDS", 5)
    document = small_document()
    threads = [threading.Thread(target=previewing.preview_of, args=(document,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert began.wait(5)
    go.set()
    for thread in threads:
        thread.join(10)
    assert calls == [1]


def test_a_preview_stores_nothing_and_asks_little(
    owner_client: Client, scenario: Scenario, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    lock = draft_of(scenario).lock
    with django_assert_max_num_queries(8):
        shown(owner_client, scenario)

    assert Run.objects.count() == 0
    assert draft_of(scenario).lock == lock


def test_only_who_may_edit_sees_a_preview(
    sign_in: Callable[[User], Client], people: People, scenario: Scenario
) -> None:
    for person in (people.viewer, people.outsider, people.loner, people.keeper):
        assert sign_in(person).get(f"/runs/preview/{scenario.uuid}/").status_code == 404, person.username
    assert sign_in(people.analyst).get(f"/runs/preview/{scenario.uuid}/").status_code == 200


def test_without_htmx_it_is_a_page(owner_client: Client, scenario: Scenario) -> None:
    said = owner_client.get(f"/runs/preview/{scenario.uuid}/").content.decode()

    assert "<h1" in said
    assert "Back to the editor" in said


def test_when_the_session_has_ended_the_column_stays_as_it_is(client: Client, scenario: Scenario) -> None:
    address = f"/runs/preview/{scenario.uuid}/"

    assert client.get(address, headers=HTMX).status_code == 401  # htmx swaps nothing in
    assert client.get(address).headers["Location"].startswith("/accounts/login/?next=/runs/preview/")


def test_prices_carry_their_band_and_how_far_the_speed_rests_on_measurements() -> None:
    words = {
        "calibrated": "calibrated",
        "transferred": "transferred",
        "specification_only": "specification only",
        "unsupported": "not supported",
    }
    for status, said in words.items():
        row = {
            "price_basis": "on_demand",
            "item": "",
            "chip": "c",
            "model": "m",
            "usd_per_1m_input": 1.0,
            "usd_per_1m_cached_input": 0.1,
            "usd_per_1m_output": 4.0,
            "low_factor": 0.5,
            "high_factor": 2.0,
            "calibration": status,
        }
        (group,) = previews.costs([row], None, {})
        assert group.rows[0].mark == said
        assert [cost.band for cost in group.rows[0].prices] == [
            "$0.500 to $2.00",
            "$0.0500 to $0.200",
            "$2.00 to $8.00",
        ]
