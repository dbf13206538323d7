"""Writes to scenarios. Each is one transaction and writes its audit entry; versions are only ever added."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from planner.audit.actions import record
from planner.catalog.queries import current_release
from planner.core.canonical_json import JsonValue, canonical_text, parse_strict, storable_text
from planner.core.documents import plain
from planner.core.errors import Conflict, InvalidInput, Problem
from planner.core.library import checked_message, checked_name, insert_version
from planner.scenarios.changes import words_of
from planner.scenarios.columns import columns_of
from planner.scenarios.documents import SCHEMA_VERSION, ReleaseReference, ScenarioDocument, scenario_document
from planner.scenarios.list_edits import carried_out
from planner.scenarios.models import OBJECT_KIND, Draft, Scenario, ScenarioVersion
from planner.scenarios.paths import Raw, get, walk, with_values
from planner.scenarios.provenance import check_provenance
from planner.scenarios.queries import raw_of_draft, raw_of_version
from planner.teams import actions as teams
from planner.teams.access import require_role
from planner.teams.models import Grant, Level, Role, Team, User

_LONGEST_VALUE = 25_000
"""Bytes of one input as JSON; the longest is a load curve of 1,000 numbers."""


class DraftConflict(Conflict):
    """Somebody changed the draft meanwhile. `theirs` and `mine` hold both values, in words, by path."""

    def __init__(self, message: str, differences: list[tuple[str, str, str, str]]) -> None:
        super().__init__(message)
        self.differences = differences
        """(path, title, theirs, mine) of every field both sides disagree about."""


@transaction.atomic
def create_scenario(
    *,
    team: Team,
    author: User,
    name: str,
    document: JsonValue,
    message: str = "",
    template: str = "",
    submission_key: UUID | None = None,
) -> Scenario:
    """A new scenario with its draft and version 1.

    Raises InvalidInput for the name or the document, Http404 when the author is not an analyst of the team. A
    second call with the same submission key returns the scenario the first one made.
    """
    require_role(author, team, Role.ANALYST)
    if submission_key is not None:
        Team.objects.select_for_update().get(pk=team.pk)  # the second click waits here for the first
        earlier = ScenarioVersion.objects.filter(
            submission_key=submission_key, scenario__team=team, number=1
        ).first()
        if earlier is not None:
            made: Scenario = earlier.scenario
            return made
    checked = scenario_document(document)
    scenario = Scenario.objects.create(
        team=team, name=checked_name(name), template=template, created_by=author
    )
    Draft.objects.create(scenario=scenario, raw_text="{}", edited_by=author, edited_at=timezone.now())
    _add_version(scenario, checked, author, message, submission_key=submission_key)
    _record(author, "scenario created", scenario, {"name": scenario.name, "template": template})
    return scenario


@transaction.atomic
def rename_scenario(*, scenario: Scenario, name: str, actor: User) -> Scenario:
    """Gives it another name. Raises InvalidInput for the name, Http404 below analyst."""
    require_role(actor, scenario.team, Role.ANALYST)
    before, scenario.name = scenario.name, checked_name(name)
    if scenario.name != before:
        scenario.save(update_fields=["name", "changed_at"])
        _record(actor, "scenario renamed", scenario, {"before": before, "after": scenario.name})
    return scenario


@transaction.atomic
def save_draft(*, scenario: Scenario, lock: int, changes: Mapping[str, JsonValue], editor: User) -> Draft:
    """The draft with these values at these paths; it may be invalid. None takes a value away.

    Raises DraftConflict when somebody changed the draft after `lock` and it now says something else; a repeated
    save of the same values is no conflict. Raises InvalidInput for a path that leads nowhere and for values that could
    not be read again, Http404 below analyst.
    """
    require_role(editor, scenario.team, Role.ANALYST)
    _refuse_unreadable(changes)
    draft = _locked_draft(scenario)
    raw = raw_of_draft(draft)
    try:
        wanted = with_values(raw, changes)
    except KeyError as error:
        raise InvalidInput([Problem(str(error.args[0]), _("There is no such input any more."))]) from error
    if wanted == raw:
        return draft
    if draft.lock != lock:
        raise _conflict(draft, raw, wanted, changes)
    return _store_draft(draft, storable_text(wanted), editor)


@transaction.atomic
def replace_draft(*, scenario: Scenario, lock: int, document: JsonValue, editor: User) -> Draft:
    """The draft with another document, valid or not. Raises Conflict when it moved on, Http404 below analyst."""
    require_role(editor, scenario.team, Role.ANALYST)
    draft = _locked_draft(scenario)
    if not isinstance(document, dict):
        raise InvalidInput([Problem("", _("The document must be an object with named fields."))])
    if draft.lock != lock:
        raise DraftConflict(_moved_on(draft), [])
    return _store_draft(draft, storable_text(document), editor)


@transaction.atomic
def edit_list(*, scenario: Scenario, lock: int, order: str, editor: User, inside: str) -> Draft:
    """The draft after one order of `list_edits` about its part `inside`.

    Raises Conflict when the draft moved on, InvalidInput for an order that makes no sense, Http404 below analyst.
    """
    require_role(editor, scenario.team, Role.ANALYST)
    draft = _locked_draft(scenario)
    if draft.lock != lock:
        raise DraftConflict(_moved_on(draft), [])
    if not order.partition(":")[2].startswith(f"{inside}."):
        raise InvalidInput([Problem("", _("This page changes nothing there."))])
    assert draft.base_version is not None
    changed = carried_out(order, raw_of_draft(draft), raw_of_version(draft.base_version))
    return _store_draft(draft, storable_text(changed), editor)


@transaction.atomic
def save_version(
    *,
    scenario: Scenario,
    lock: int,
    message: str,
    author: User,
    submission_key: UUID | None = None,
) -> ScenarioVersion:
    """The draft as the next version.

    Raises InvalidInput naming every field that is wrong, Conflict when nothing changed or the draft moved on,
    Http404 below analyst. A second call with the same submission key returns the version the first one made.
    """
    require_role(author, scenario.team, Role.ANALYST)
    draft = _locked_draft(scenario)
    if submission_key is not None:
        sent = ScenarioVersion.objects.filter(scenario=scenario, submission_key=submission_key)
        earlier: ScenarioVersion | None = sent.first()
        if earlier is not None:
            return earlier
    if draft.lock != lock:
        raise DraftConflict(_moved_on(draft), [])
    document = scenario_document(raw_of_draft(draft))
    return _add_version(
        scenario, document, author, message, parent=draft.base_version, submission_key=submission_key
    )


@transaction.atomic
def add_version(
    *, scenario: Scenario, document: JsonValue, message: str, author: User, lock: int | None = None
) -> ScenarioVersion:
    """A whole document as the next version, as the API sends it; the draft follows it.

    `lock` None takes the draft as it is. Raises as `save_version` does, also when the draft holds unsaved changes.
    """
    require_role(author, scenario.team, Role.ANALYST)
    draft = _locked_draft(scenario)
    if lock is not None and draft.lock != lock:
        raise DraftConflict(_moved_on(draft), [])
    if lock is None and _is_unsaved(draft):
        raise DraftConflict(_("The draft holds unsaved changes. Save or discard them first."), [])
    return _add_version(scenario, scenario_document(document), author, message, parent=draft.base_version)


@transaction.atomic
def restore_version(*, version: ScenarioVersion, actor: User) -> ScenarioVersion:
    """Adds a version with the document of an earlier one. Raises Conflict when that is the newest already."""
    scenario = version.scenario
    require_role(actor, scenario.team, Role.ANALYST)
    draft = _locked_draft(scenario)
    if _is_unsaved(draft):
        raise Conflict(_("The draft holds unsaved changes. Save or discard them first."))
    message = _("Restored version %(number)d") % {"number": version.number}
    return _add_version(scenario, scenario_document(raw_of_version(version)), actor, message, parent=version)


@transaction.atomic
def discard_draft(*, scenario: Scenario, lock: int, actor: User) -> Draft:
    """Puts the draft back to the newest version. Raises Conflict when somebody changed it meanwhile."""
    require_role(actor, scenario.team, Role.ANALYST)
    draft = _locked_draft(scenario)
    if draft.lock != lock:
        raise DraftConflict(_moved_on(draft), [])
    assert scenario.newest_version is not None
    draft.base_version = scenario.newest_version
    _record(actor, "draft discarded", scenario, {})
    return _store_draft(draft, canonical_text(raw_of_version(scenario.newest_version)), actor)


@transaction.atomic
def share_version(*, version: ScenarioVersion, team: Team | None, level: Level, actor: User) -> Grant:
    """Shares with a team, or with everyone (None). Raises Http404 below approver, Conflict for one's own team."""
    owner_team = version.scenario.team
    require_role(actor, owner_team, Role.APPROVER)
    if team == owner_team:
        raise Conflict(_("Your own team sees this version already."))
    return teams.grant(
        object_kind=OBJECT_KIND,
        object_uuid=version.uuid,
        owner_team=owner_team,
        team=team,
        level=level,
        actor=actor,
    )


@transaction.atomic
def unshare_version(*, version: ScenarioVersion, grant: Grant, actor: User) -> None:
    """Ends a share at once. Raises Http404 below approver, or for a share of something else."""
    if grant.object_kind != OBJECT_KIND or grant.object_uuid != version.uuid:
        raise Http404
    teams.revoke_grant(grant=grant, actor=actor)


@transaction.atomic
def archive_scenario(*, scenario: Scenario, actor: User, archived: bool = True) -> Scenario:
    """Takes it out of the lists, or puts it back; nothing is deleted. Raises Http404 below analyst."""
    require_role(actor, scenario.team, Role.ANALYST)
    if scenario.is_archived != archived:
        scenario.archived_at = timezone.now() if archived else None
        scenario.save(update_fields=["archived_at", "changed_at"])
        _record(actor, "scenario archived" if archived else "scenario put back", scenario, {})
    return scenario


def _add_version(
    scenario: Scenario,
    document: ScenarioDocument,
    author: User,
    message: str,
    *,
    parent: ScenarioVersion | None = None,
    submission_key: UUID | None = None,
) -> ScenarioVersion:
    check_provenance(document)
    document = _with_release(document)
    release = document.catalog_release
    version: ScenarioVersion = insert_version(
        ScenarioVersion.objects.filter(scenario=scenario),
        document,
        schema_version=SCHEMA_VERSION,
        scenario=scenario,
        parent=parent,
        author=author,
        message=checked_message(message),
        submission_key=submission_key,
        release_number=release.number if release else None,
        release_digest=release.digest if release else "",
    )
    for name, value in {**columns_of(document), "newest_version": version}.items():
        setattr(scenario, name, value)
    scenario.save()
    draft = Draft.objects.get(scenario=scenario)
    draft.base_version = version
    _store_draft(draft, canonical_text(plain(document)), author)
    record(
        actor=author,
        action="scenario version saved",
        object_kind=OBJECT_KIND,
        object_uuid=version.uuid,
        team=scenario.team,
        details={"number": version.number, "digest": version.digest, "message": version.message},
    )
    return version


def _with_release(document: ScenarioDocument) -> ScenarioDocument:
    """The document pinned to a catalog release: its own, else the current one if there is any."""
    current = current_release() if document.catalog_release is None else None
    if current is None:
        return document
    pinned = ReleaseReference(number=current.number, digest=current.digest)
    return document.model_copy(update={"catalog_release": pinned})


def _locked_draft(scenario: Scenario) -> Draft:
    locked = Scenario.objects.select_for_update().get(pk=scenario.pk)
    if locked.is_archived:
        raise Conflict(_("This scenario is archived. Put it back first."))
    return Draft.objects.select_for_update().get(scenario=locked)


def _refuse_unreadable(changes: Mapping[str, JsonValue]) -> None:
    """Raises InvalidInput naming every input whose value is too long or holds what no text may hold."""
    problems: list[Problem] = []
    cited = changes.get("evidence")
    values = {path: value for path, value in changes.items() if path != "evidence"}
    for path, value in [*values.items(), *(cited.items() if isinstance(cited, dict) else ())]:
        try:
            parse_strict(canonical_text(value), max_bytes=_LONGEST_VALUE)
        except InvalidInput as error:
            problems += [Problem(path, problem.message) for problem in error.problems]
        except ValueError as error:
            problems.append(Problem(path, str(error)))
    if problems:
        raise InvalidInput(problems)


def _store_draft(draft: Draft, text: str, editor: User) -> Draft:
    """The draft with this text, which the caller has checked or which is that of a version."""
    draft.raw_text = text
    draft.lock += 1
    draft.edited_by, draft.edited_at = editor, timezone.now()
    draft.save()
    return draft


def _is_unsaved(draft: Draft) -> bool:
    return draft.base_version is None or raw_of_draft(draft) != raw_of_version(draft.base_version)


def _moved_on(draft: Draft) -> str:
    return _("%(who)s changed this draft at %(when)s UTC, after you opened it. Nothing was overwritten.") % {
        "who": draft.edited_by.get_full_name() or draft.edited_by.username,
        "when": draft.edited_at.strftime("%H:%M"),
    }


def _conflict(draft: Draft, theirs: Raw, mine: Raw, changes: Mapping[str, JsonValue]) -> DraftConflict:
    theirs_by_path = {leaf.path: leaf for leaf in walk(theirs)}
    mine_by_path = {leaf.path: leaf for leaf in walk(mine)}
    differences: list[tuple[str, str, str, str]] = []
    for path in changes:
        if get(theirs, path) != get(mine, path) and path in mine_by_path and path in theirs_by_path:
            leaf = mine_by_path[path]
            title = f"{leaf.group}: {leaf.title}" if leaf.group else leaf.title
            differences.append((path, title, words_of(theirs_by_path[path]), words_of(leaf)))
    said = [
        _("%(title)s: theirs is %(theirs)s, yours is %(mine)s.") % {"title": t, "theirs": a, "mine": b}
        for _path, t, a, b in differences
    ]
    return DraftConflict(" ".join([_moved_on(draft), *said]), differences)


def _record(actor: User, action: str, scenario: Scenario, details: dict[str, Any]) -> None:
    record(
        actor=actor,
        action=action,
        object_kind="scenario",
        object_uuid=scenario.uuid,
        team=scenario.team,
        details=details,
    )
