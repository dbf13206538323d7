"""Where parts of a draft came from: the library version, what was changed since, whether there is a newer one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from planner.scenarios.changes import Change, diff
from planner.scenarios.library import PARTS, Part, item_of, raw_part, version_numbered
from planner.teams.access import Viewer


@dataclass(frozen=True, slots=True)
class Origin:
    """One part that came from the library. `item` and `version` None: from a library the viewer does not see."""

    part: Part
    name: str
    number: int
    item: Any
    version: Any
    changes: list[Change]
    """What the draft has differently from that version."""

    @property
    def newest_number(self) -> int:
        """The newest version there is; its own number when the viewer does not see the library."""
        return self.item.newest_number if self.item else self.number

    @property
    def is_newer(self) -> bool:
        return self.newest_number > self.number


def origins_of(viewer: Viewer, raw: Mapping[str, Any]) -> list[Origin]:
    """The origins a scenario's document states, none for a scenario made without the library. One query for each."""
    held = raw.get("origins")
    stated = held if isinstance(held, dict) else {}
    found = (origin_of(viewer, part, raw) for part in PARTS.values() if part.name_in_scenario in stated)
    return [origin for origin in found if origin is not None]


def origin_of(viewer: Viewer, part: Part, raw: Mapping[str, Any]) -> Origin | None:
    """Where one part came from; None when it is not from the library."""
    name, held = part.name_in_scenario, raw.get("origins")
    said = held.get(name) if isinstance(held, dict) else None
    if not isinstance(said, dict) or not isinstance(said.get("number"), int):
        return None
    try:
        uuid = UUID(str(said.get("uuid")))
    except ValueError:
        return None
    version = part.versions_for(viewer).filter(uuid=uuid, number=said["number"]).first()
    if version is None:
        return Origin(part, str(said.get("name", "")), said["number"], None, None, [])
    item: Any = item_of(version)
    changes = diff(raw_part(part, version), {name: raw.get(name), "chips": raw.get("chips")})
    own = [change for change in changes if change.path.startswith(f"{name}.")]
    return Origin(part, item.name, version.number, item, version, own)


def newer_changes(origin: Origin) -> list[Change]:
    """What the newest version has differently from the one the part came from; empty when there is none newer."""
    if origin.item is None or not origin.is_newer:
        return []
    newest = version_numbered(origin.item, origin.newest_number)
    return diff(raw_part(origin.part, origin.version), raw_part(origin.part, newest))
