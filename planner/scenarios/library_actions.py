"""Writes to the library that are the same on every shelf, and between it and a scenario's draft.

Each is one transaction and writes its audit entry. Items are archived, never deleted; versions are only ever added.
"""

from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from planner.audit.actions import record
from planner.core.documents import read_document
from planner.core.errors import Conflict, InvalidInput
from planner.core.library import checked_name
from planner.scenarios.actions import replace_draft
from planner.scenarios.library import Part, item_of, problems_in_part, raw_part
from planner.scenarios.models import Draft, Scenario
from planner.scenarios.paths import Raw, get
from planner.scenarios.queries import draft_of, raw_of_draft
from planner.teams.access import require_role
from planner.teams.models import Role, User


@transaction.atomic
def rename_item(*, part: Part, item: Any, name: str, actor: User) -> Any:
    """Gives it another name; versions keep their numbers. Raises InvalidInput, Http404 below analyst."""
    require_role(actor, item.team, Role.ANALYST)
    before, item.name = item.name, checked_name(name)
    if item.name != before:
        item.save(update_fields=["name", "changed_at"])
        _record(actor, "renamed", part, item, {"before": before, "after": item.name})
    return item


@transaction.atomic
def archive_item(*, part: Part, item: Any, actor: User, archived: bool = True) -> Any:
    """Takes it out of the lists, or puts it back. Scenarios made with it are not touched. Http404 below analyst."""
    require_role(actor, item.team, Role.ANALYST)
    if (item.archived_at is not None) != archived:
        item.archived_at = timezone.now() if archived else None
        item.save(update_fields=["archived_at", "changed_at"])
        _record(actor, "archived" if archived else "put back", part, item, {"name": item.name})
    return item


@transaction.atomic
def save_item_version(
    *, part: Part, item: Any, raw: Raw, author: User, message: str, base: int | None = None
) -> Any:
    """`raw[part]` as the item's next version.

    Raises InvalidInput with paths from `raw` on, NewerVersion when `base` is not the newest, Conflict when nothing
    changed or the item is archived, Http404 below analyst.
    """
    require_role(author, item.team, Role.ANALYST)
    if item.archived_at is not None:
        raise Conflict(_("This %(what)s is archived. Put it back first.") % {"what": part.one})
    document = _document(part, raw)
    return part.save(**{part.item_field: item}, author=author, document=document, message=message, base=base)


@transaction.atomic
def restore_item_version(*, part: Part, version: Any, actor: User) -> Any:
    """Adds a version with the document of an earlier one. Raises as `save_item_version` does."""
    message = _("Restored version %(number)d") % {"number": version.number}
    return save_item_version(
        part=part, item=item_of(version), raw=raw_part(part, version), author=actor, message=message
    )


@transaction.atomic
def take_into_draft(*, part: Part, version: Any, scenario: Scenario, lock: int, editor: User) -> Draft:
    """The draft with this library version in place of its own part, and where it came from.

    Raises Conflict when the draft moved on, Http404 below analyst or for an item of another team.
    """
    item = item_of(version)
    require_role(editor, item.team, Role.VIEWER)
    if item.team_id != scenario.team_id:
        raise Http404
    before = raw_of_draft(draft_of(scenario))
    name = part.name_in_scenario
    raw = {**before, **raw_part(part, version)}
    if isinstance(before.get("evidence"), dict):
        raw["evidence"] = _sources(before, raw, name, _from_library(version, item))
    raw["origins"] = {**_origins(raw), name: _origin(version, item)}
    draft = replace_draft(scenario=scenario, lock=lock, document=raw, editor=editor)
    _record(
        editor, "taken into a scenario", part, item, {"number": version.number, "scenario": scenario.name}
    )
    return draft


@transaction.atomic
def save_back(
    *, part: Part, item: Any, base: int, scenario: Scenario, lock: int, message: str, author: User
) -> Any:
    """The draft's part as the next version of the item it came from; the draft then comes from that.

    Raises as `save_item_version` does, with paths in the scenario, and Conflict when the draft moved on.
    """
    raw = raw_of_draft(draft_of(scenario))
    version = save_item_version(part=part, item=item, raw=raw, author=author, message=message, base=base)
    raw["origins"] = {**_origins(raw), part.name_in_scenario: _origin(version, item)}
    replace_draft(scenario=scenario, lock=lock, document=raw, editor=author)
    return version


def _sources(before: Raw, after: Raw, name: str, library: dict[str, str]) -> dict[str, Any]:
    """A source is told of a value: of another value from the library, the library is the source; none of one gone."""
    kept: dict[str, Any] = {}
    for path, said in before["evidence"].items():
        if not path.startswith(f"{name}.") or get(after, path) == get(before, path):
            kept[path] = said
        elif get(after, path) is not None:
            kept[path] = library
    return kept


def _from_library(version: Any, item: Any) -> dict[str, str]:
    said = {"name": item.name, "number": version.number}
    return {"source": _("Library: %(name)s, version %(number)d") % said}


def _document(part: Part, raw: Raw) -> Any:
    problems = problems_in_part(part, raw)
    if problems:
        raise InvalidInput(problems)
    return read_document(part.shape, raw[part.name_in_scenario])


def _origins(raw: Raw) -> dict[str, Any]:
    held = raw.get("origins")
    return dict(held) if isinstance(held, dict) else {}


def _origin(version: Any, item: Any) -> dict[str, Any]:
    return {"uuid": str(version.uuid), "name": item.name, "number": version.number}


def _record(actor: User, what: str, part: Part, item: Any, details: dict[str, Any]) -> None:
    kind = part.item_field.replace("_", " ")
    record(
        actor=actor,
        action=f"{kind} {what}",
        object_kind=part.item_field,
        object_uuid=item.uuid,
        team=item.team,
        details=details,
    )
