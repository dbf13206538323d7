"""A version full of canaries, shared at results level: nowhere does the other team see one.

Every free text and key of the document, its message, its library copies, the parts of the result that are not on the
allow-list, run number, digests and the people's names hold a canary. Allowed are what `product.md` lists (the
sentence, outcomes, cash fan, engine version) and, to name what was shared: the scenario, the version, the team.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from planner.runs.models import Run, RunRequest, State
from planner.runs.presentation.pages import ALLOWED_OUTCOMES
from planner.runs.queries import RESULTS_LEVEL_FANS
from planner.scenarios.actions import create_scenario, save_draft, save_version, share_version
from planner.scenarios.library import PARTS, keep_part
from planner.scenarios.queries import document_of, draft_of
from planner.teams.models import Level
from tests.architecture.access_table import LINES
from tests.planner.scenarios.small_document import small_document

if TYPE_CHECKING:
    from django.test import Client

    from planner.scenarios.models import ScenarioVersion
    from planner.teams.models import User
    from tests.people import People

SAMPLE = Path(__file__).parent.parent / "pages" / "sample_result.json"
NAME = "What was shared"
CANARY = re.compile(r"canary|4\.?24\.?242|424\.2|424242", re.IGNORECASE)
_TEXTS = {"label", "source", "note", "provider", "lab"}
_NUMBERS = {"amount_usd", "commitment_usd", "valuation_usd", "opening_cash_usd"}


def _sung(value: Any, name: str = "") -> Any:
    """The document with a canary in every free text, and in every amount one whose digits stay in any unit."""
    if isinstance(value, dict):
        return {key: _sung(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_sung(inner, name) for inner in value]
    if name in _TEXTS:
        return f"Canary {value}"
    return 424_242_000_000 if name in _NUMBERS else value


def _document() -> dict[str, Any]:
    """Keys are canaries, too, wherever they are named."""
    text = json.dumps(_sung(small_document()))
    for key in ("trainium", "gb300", "frontier", "first", "minimum"):
        text = text.replace(f'"{key}"', f'"canary-{key}"').replace(f"[{key}]", f"[canary-{key}]")
    found: dict[str, Any] = json.loads(text)
    return found


def _hidden(value: Any) -> Any:
    """The same shape with a canary in every text and number."""
    if isinstance(value, dict):
        return {key: _hidden(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_hidden(inner) for inner in value]
    if isinstance(value, str):
        return f"canary-{value}"
    return value if isinstance(value, bool) else 424_242_000_000.0


def _result() -> dict[str, Any]:
    """The sample result: what is on the allow-list as it was, everything else canaries."""
    found = json.loads(SAMPLE.read_text())
    allowed = {"engine_version", "quarters", "opening"}
    kept = {name: found[name] if name in allowed else _hidden(found[name]) for name in found}
    for part, names in (("outcomes", ALLOWED_OUTCOMES), ("fans", RESULTS_LEVEL_FANS)):
        kept[part] |= {name: found[part][name] for name in names if name in found[part]}
    for name in ("identity", "result_digest", "timing"):
        kept.pop(name)
    return kept


def _finished(version: ScenarioVersion, author: User, number: int, result: dict[str, Any]) -> Run:
    run = Run.objects.create(
        team=version.scenario.team,
        number=number,
        version=version,
        identity=f"canary{number}",
        engine_version="0.1.0",
        block_size=8192,
        seed=7,
        draws=4096,
        state=State.DONE,
        requested_by=author,
        result_text=json.dumps(result),
        result_digest="canary",
        timing={"canary": 424_242},
        failure="canary",
    )
    RunRequest.objects.create(run=run, version=version, requested_by=author)
    return run


@pytest.fixture
def shared(people: People) -> Run:
    """A finished run of version 1 of three; that version alone is shared with the outsider's team."""
    for person in (people.owner, people.member):
        person.first_name = "Canary"
        person.username = f"canary-{person.username}"
        person.save()
    scenario = create_scenario(
        team=people.team, author=people.owner, name=NAME, document=_document(), message="Canary message"
    )
    version = scenario.newest_version
    assert version is not None
    for shelf in PARTS:
        keep_part(
            shelf=shelf, document=document_of(version), team=people.team, author=people.owner,
            name=f"Canary {shelf}", message="canary",
        )  # fmt: skip
    for lab in ("Canary two", "Canary three"):
        draft = draft_of(scenario)
        save_draft(scenario=scenario, lock=draft.lock, changes={"deal.lab": lab}, editor=people.owner)
        save_version(
            scenario=scenario, lock=draft_of(scenario).lock, message="Canary later", author=people.owner
        )
    draft = draft_of(scenario)
    save_draft(scenario=scenario, lock=draft.lock, changes={"deal.lab": "Canary draft"}, editor=people.owner)
    share_version(version=version, team=people.other_team, level=Level.RESULTS, actor=people.member)
    create_scenario(
        team=people.team, author=people.owner, name="Canary kept back", document=_document(), message="canary"
    )
    return _finished(version, people.owner, 424_242, _result())


@pytest.fixture
def own(people: People, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A finished run of the outsider's own, to compare with. No ledger of a single future is computed here."""
    monkeypatch.setattr("planner.runs.queries.ledger_of_draw", lambda run, draw: [])
    scenario = create_scenario(
        team=people.other_team, author=people.outsider, name="Ours", document=small_document(), message="M"
    )
    assert scenario.newest_version is not None
    result = json.loads(SAMPLE.read_text())
    for name in ("identity", "result_digest", "timing"):
        result.pop(name)
    run = _finished(scenario.newest_version, people.outsider, 1, result)
    Run.objects.filter(pk=run.pk).update(identity="o" * 64, result_digest="o" * 64, failure="", timing={})
    return run


def _arguments(run: Run, about: str) -> list[dict[str, Any]]:
    """The shared and the hidden objects that lines of this kind can be asked for."""
    version = run.version
    scenario = {"uuid": version.scenario.uuid}
    others = list(version.scenario.versions.exclude(pk=version.pk))
    versions = [{"uuid": one.uuid} for one in (version, *others)]
    on_run = {"uuid": run.uuid}
    return {
        "": [{}],
        "shelf": [{"shelf": shelf} for shelf in PARTS],
        "scenario": [scenario],
        "differences": [{**scenario, "?": f"?before={version.uuid}&after={others[0].uuid}"}],
        "version": versions,
        "run": [on_run],
        "run-export": [{**on_run, "form": form} for form in ("csv", "json")],
        "draw": [{**on_run, "draw": 5}],
        "draw-export": [{**on_run, "draw": 5, "form": "csv"}],
    }.get(about, [])


def _addresses(run: Run, own: Run) -> Iterator[str]:
    """Every page and endpoint that can be read, and every list searched for what is hidden."""
    for line in LINES:
        if line.method == "GET":
            for arguments in _arguments(run, line.about):
                behind = arguments.pop("?", "")
                yield reverse(line.route, kwargs=arguments) + behind
    for listed in ("/scenarios/", "/library/", "/library/deals/", "/prices/", "/api/scenarios/", "/team/"):
        for words in ("Trainium", "Amazon", "owner", "later", "message"):
            yield f"{listed}?q={words}"
    shared, mine = run.version.uuid, own.version.uuid
    yield f"/compare/?base={shared}&other={mine}"
    yield f"/compare/?base={mine}&other={shared}"
    yield f"/compare/?base={mine}&other={own.version.uuid}&other={shared}"
    yield f"/scenarios/new/?from={shared}"
    yield f"/runs/{run.uuid}/results/?side=lab"


def _crawl(client: Client, start: list[str]) -> dict[str, Any]:
    """The answers at these addresses and at every address of ours that they link to."""
    seen: dict[str, Any] = {}
    wanted = list(start)
    while wanted:
        address = wanted.pop(0)
        if address in seen or address.startswith(("/static/", "/admin/", "/accounts/")):
            continue
        seen[address] = answer = client.get(address)
        if "text/html" in answer.headers.get("Content-Type", ""):
            linked = re.findall(r'(?:href|action|hx-get)="(/[^"#]*)"', answer.content.decode())
            wanted += [found.replace("&amp;", "&") for found in linked if len(seen) < 300]
    return seen


def _sings(answer: Any) -> str:
    """What it says that it must not; "" when it says nothing."""
    said = f"{answer.headers}{answer.content.decode()}"
    found = CANARY.search(said)
    return said[max(0, found.start() - 80) : found.end() + 80] if found else ""


def test_no_canary_is_seen_by_another_team(shared: Run, own: Run, outsider_client: Client) -> None:
    seen = _crawl(outsider_client, list(_addresses(shared, own)))

    assert {address: said for address, answer in seen.items() if (said := _sings(answer))} == {}
    assert {answer.status_code for answer in seen.values()} <= {200, 302, 404, 405}
    # It was really shared, and really compared.
    assert NAME in seen[f"/runs/{shared.uuid}/results/"].content.decode()
    assert (
        "Outcomes" in seen[f"/compare/?base={own.version.uuid}&other={shared.version.uuid}"].content.decode()
    )
    assert "provider_npv_usd" in seen[f"/api/runs/{shared.uuid}/result/"].content.decode()
    assert len(seen) > 60


def test_the_canaries_sing_for_those_who_may_hear_them(shared: Run, own: Run, people: People) -> None:
    """Else the test above would find nothing whatever leaked."""
    from django.test import Client

    client = Client()
    client.force_login(people.analyst, backend="django.contrib.auth.backends.ModelBackend")

    for address in (
        f"/runs/{shared.uuid}/results/",
        f"/runs/{shared.uuid}/ledger.csv",
        f"/scenarios/versions/{shared.version.uuid}/",
        f"/api/versions/{shared.version.uuid}/",
        f"/api/runs/{shared.uuid}/",
        "/library/deals/",
        "/team/",
    ):
        assert _sings(client.get(address)), address


def test_writing_to_what_is_shared_at_results_says_nothing_either(
    shared: Run, people: People, outsider_client: Client
) -> None:
    before = Run.objects.count()
    for line in LINES:
        if line.method == "POST" and line.about in {"scenario", "version", "run"}:
            for arguments in _arguments(shared, line.about):
                sends: dict[str, Any] = {"data": line.sends}
                if line.route.startswith("api:"):
                    sends["content_type"] = "application/json"
                answer = outsider_client.post(reverse(line.route, kwargs=arguments), **sends)
                assert (answer.status_code, _sings(answer)) == (404, ""), str(line)
    assert Run.objects.count() == before


def test_the_api_gives_the_allow_list_and_nothing_else(shared: Run, outsider_client: Client) -> None:
    found = outsider_client.get(reverse("api:run-result", args=[shared.uuid])).json()

    assert set(found) == {"engine_version", "quarters", "opening", "outcomes", "fans"}
    assert set(found["outcomes"]) <= set(ALLOWED_OUTCOMES)
    assert set(found["fans"]) <= set(RESULTS_LEVEL_FANS)
