"""Bad input of a deal is refused at its field with a sentence: in the document, the editor, the API and on the command
line.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command

from planner.core.documents import read_kept
from planner.core.errors import InvalidInput
from planner.scenarios.documents import ScenarioDocument, scenario_document
from planner.scenarios.editor import problems_of, sections_of, texts_of
from planner.scenarios.models import Scenario
from planner.scenarios.paths import with_values
from tests.planner.scenarios.bad_deals import BAD, STOCK, of
from tests.planner.scenarios.small_document import small_document

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client


ONE_BY_ONE = pytest.mark.parametrize(
    ("added", "changes", "path", "sentence"), [case[1:] for case in BAD], ids=[case[0] for case in BAD]
)


def document(added: list[dict[str, Any]], changes: dict[str, Any]) -> dict[str, Any]:
    raw = small_document()
    terms = [{name: held for name, held in term.items() if held is not None} for term in added]
    raw["deal"]["terms"] += terms
    return with_values(raw, changes)


@ONE_BY_ONE
def test_the_document_is_refused_at_the_field_and_at_no_other(
    added: list[dict[str, Any]], changes: dict[str, Any], path: str, sentence: str
) -> None:
    raw = document(added, changes)
    with pytest.raises(InvalidInput) as refused:
        scenario_document(raw)
    assert [problem.path for problem in refused.value.problems] == [path]
    assert sentence in refused.value.problems[0].message


@ONE_BY_ONE
def test_the_editor_shows_the_sentence_at_the_field(
    added: list[dict[str, Any]], changes: dict[str, Any], path: str, sentence: str
) -> None:
    raw = document(added, changes)
    fields = [one for section in sections_of(raw, texts_of(raw), problems_of(raw)) for one in section.fields]
    shown = {one.leaf.path: one.errors for one in fields if one.errors}
    if path in {"deal.terms[second]", "exit.lock_up"}:  # about a whole item: said above the form
        assert shown == {}
        return
    assert len(shown) == 1
    ((where, errors),) = shown.items()
    assert path.startswith(where)
    assert sentence in errors[0]


@ONE_BY_ONE
def test_the_api_answers_400_with_path_and_sentence(
    owner_client: Client, added: list[dict[str, Any]], changes: dict[str, Any], path: str, sentence: str
) -> None:
    body = json.dumps({"name": "Bad", "document": document(added, changes)})
    answer = owner_client.post("/api/scenarios/", body, content_type="application/json")
    assert answer.status_code == 400
    errors = answer.json()["errors"]
    assert [error["path"].removeprefix("document.") for error in errors] == [path]
    assert sentence in errors[0]["message"]
    assert not Scenario.objects.exists()


@ONE_BY_ONE
def test_the_command_line_says_path_and_sentence_and_writes_nothing(
    tmp_path: Path, added: list[dict[str, Any]], changes: dict[str, Any], path: str, sentence: str
) -> None:
    file = tmp_path / "bad.json"
    file.write_text(json.dumps(document(added, changes)))
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("evaluate", str(file), "--draws", "64", stdout=out)
    assert out.getvalue() == ""
    assert path in str(ended.value.code)
    assert sentence in str(ended.value.code)


@pytest.mark.parametrize("case", BAD, ids=[case[0] for case in BAD])
def test_what_was_kept_before_a_check_still_reads(case: Any) -> None:
    _name, added, changes, path, _sentence = case
    if any(word in path for word in ("loadings", "discount_share", "bands[0].share")):
        return  # limits of a single value, as old as the field
    assert read_kept(ScenarioDocument, document(added, changes)).deal.terms


@pytest.mark.parametrize("kind", ["warrants", "stock_for_contract"])
def test_with_a_share_price_terms_paid_in_shares_are_taken(kind: str) -> None:
    raw = document([of(kind)], {"deal.provider_stock": STOCK})
    assert scenario_document(raw).deal.provider_stock is not None
