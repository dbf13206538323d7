"""Versions are added and never changed; the draft is one, with a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from planner.audit.models import AuditEntry
from planner.core.canonical_json import digest_of
from planner.core.errors import Conflict, InvalidInput
from planner.core.models import NeverChanged
from planner.scenarios import actions, queries
from planner.scenarios.actions import DraftConflict
from planner.scenarios.changes import diff, message_of
from planner.scenarios.models import Scenario, ScenarioVersion
from tests.planner.scenarios.small_document import small_document

if TYPE_CHECKING:
    from tests.people import People

DISCOUNT = "deal.terms[trainium].discount_share"


def changed_draft(scenario: Scenario, people: People, value: Any) -> int:
    draft = queries.draft_of(scenario)
    return actions.save_draft(
        scenario=scenario, lock=draft.lock, changes={DISCOUNT: value}, editor=people.owner
    ).lock


@pytest.mark.parametrize("sql", ["UPDATE {t} SET message = 'x'", "DELETE FROM {t}"])
def test_the_database_itself_refuses_to_change_a_version(version: ScenarioVersion, sql: str) -> None:
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql.format(t=ScenarioVersion._meta.db_table))
    version.message = "other"
    with pytest.raises(NeverChanged):
        version.save()


def test_the_digest_is_over_the_stored_bytes_and_columns_show_the_newest(
    scenario: Scenario, version: ScenarioVersion
) -> None:
    assert version.digest == digest_of(version.document_text)
    assert (scenario.provider, scenario.lab, scenario.chip_names) == ("Amazon", "OpenAI", "Trainium3")
    assert (scenario.equity_usd, scenario.commitment_usd) == (15e9, 100e9)
    assert (str(scenario.starts), str(scenario.ends)) == ("2026-04-01", "2034-03-31")


def test_a_changed_draft_becomes_the_next_version_of_its_parent(
    scenario: Scenario, version: ScenarioVersion, people: People
) -> None:
    lock = changed_draft(scenario, people, 0.3)
    added = actions.save_version(scenario=scenario, lock=lock, message="Cheaper", author=people.member)
    assert (added.number, added.parent, added.author) == (2, version, people.member)
    assert queries.draft_of(scenario).base_version == added
    said = [
        change.sentence for change in diff(queries.raw_of_version(version), queries.raw_of_version(added))
    ]
    assert said == ["Trainium contract: Discount 25% to 30%"]


def test_an_unchanged_document_is_refused_with_a_sentence(scenario: Scenario, people: People) -> None:
    lock = queries.draft_of(scenario).lock
    with pytest.raises(Conflict, match="Nothing has changed since version 1"):
        actions.save_version(scenario=scenario, lock=lock, message="", author=people.owner)


def test_the_same_submission_twice_is_one_version(scenario: Scenario, people: People) -> None:
    lock, key = changed_draft(scenario, people, 0.3), uuid4()
    said = {"scenario": scenario, "lock": lock, "message": "", "author": people.owner, "submission_key": key}
    assert actions.save_version(**said) == actions.save_version(**said)
    assert ScenarioVersion.objects.filter(scenario=scenario).count() == 2


def test_an_old_lock_is_a_conflict_that_names_both_values(scenario: Scenario, people: People) -> None:
    old = queries.draft_of(scenario).lock
    actions.save_draft(scenario=scenario, lock=old, changes={DISCOUNT: 0.4}, editor=people.member)
    with pytest.raises(DraftConflict) as told:
        actions.save_draft(scenario=scenario, lock=old, changes={DISCOUNT: 0.3}, editor=people.owner)
    assert "member changed this draft" in told.value.message
    assert "Trainium contract: Discount: theirs is 40%, yours is 30%." in told.value.message
    with pytest.raises(DraftConflict):
        actions.save_version(scenario=scenario, lock=old, message="", author=people.owner)


def test_a_wrong_draft_is_kept_but_never_a_version(scenario: Scenario, people: People) -> None:
    lock = changed_draft(scenario, people, "a lot")
    with pytest.raises(InvalidInput, match="Discount is “a lot”"):
        actions.save_version(scenario=scenario, lock=lock, message="", author=people.owner)
    assert queries.raw_of_draft(queries.draft_of(scenario))["deal"]["terms"][0]["discount_share"] == "a lot"


def test_restoring_adds_a_version_and_rewinds_nothing(
    scenario: Scenario, version: ScenarioVersion, people: People
) -> None:
    lock = changed_draft(scenario, people, 0.3)
    with pytest.raises(Conflict, match="unsaved"):
        actions.restore_version(version=version, actor=people.owner)
    actions.save_version(scenario=scenario, lock=lock, message="", author=people.owner)
    restored = actions.restore_version(version=version, actor=people.owner)
    assert (restored.number, restored.digest, restored.parent) == (3, version.digest, version)
    assert restored.message == "Restored version 1"


def test_an_archived_scenario_takes_no_changes_until_it_is_put_back(
    scenario: Scenario, people: People
) -> None:
    actions.archive_scenario(scenario=scenario, actor=people.owner)
    with pytest.raises(Conflict, match="archived"):
        changed_draft(scenario, people, 0.3)
    actions.archive_scenario(scenario=scenario, actor=people.owner, archived=False)
    changed_draft(scenario, people, 0.3)


def test_every_write_leaves_an_audit_entry(
    scenario: Scenario, version: ScenarioVersion, people: People
) -> None:
    from planner.teams.models import Level

    grant = actions.share_version(version=version, team=None, level=Level.RESULTS, actor=people.member)
    actions.unshare_version(version=version, grant=grant, actor=people.member)
    actions.archive_scenario(scenario=scenario, actor=people.owner)
    said = set(AuditEntry.objects.filter(team_uuid=people.team.uuid).values_list("action", flat=True))
    assert said >= {
        "scenario created",
        "scenario version saved",
        "scenario version shared",
        "scenario version share ended",
        "scenario archived",
    }


def test_a_version_pins_the_current_catalog_release(people: People) -> None:
    from planner.catalog.models import CatalogRelease

    text = "{}"
    release = CatalogRelease.objects.create(
        number=1, name="First", as_of="2026-03-31", digest=digest_of(text), document_text=text
    )
    made = actions.create_scenario(
        team=people.team, author=people.owner, name="Pinned", document=small_document()
    )
    newest = made.newest_version
    assert newest is not None
    assert (newest.release_number, newest.release_digest) == (1, release.digest)


def test_differences_speak_of_whole_items_of_ranges_and_of_sources() -> None:
    after = small_document(
        **{"valuation.mature_multiple.high": 14, "evidence": None, "deal.lab": "Anthropic"}
    )
    removed = after["deal"]["terms"].pop(1)
    after["chips"].append({**after["chips"][0], "key": "tpu", "label": "TPU"})
    said = [change.sentence for change in diff(small_document(), after)]
    assert said == [
        "Lab OpenAI to Anthropic",
        "TPU added: all of it",
        "Mature multiple 4–12 times revenue to 4–14 times revenue",
        f"{removed['key']} removed",
        "Trainium contract: source of Discount removed",
    ]
    assert (
        message_of(diff(small_document(), after), 60)
        == "Lab OpenAI to Anthropic; TPU added: all of it; 3 more"
    )
