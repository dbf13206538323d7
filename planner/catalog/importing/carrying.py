"""What a preview carries to its confirmation: the rows as they were read, packed and signed, in the page itself.

So exactly what was shown is imported, nothing has to be kept or cleared away on the server, and several previews
may stand open side by side. Nobody can alter it: it is signed, for one person and one day.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from planner.catalog.importing.grids import refuse
from planner.catalog.importing.names import BY_NAME
from planner.catalog.importing.rows import Reading, Row
from planner.teams.models import User

MOST_CARRIED = 1_500_000
"""Characters. Less than DATA_UPLOAD_MAX_MEMORY_SIZE, which the form that carries it back must not exceed."""
_SALT = "catalog import"
_SECONDS_VALID = 86_400


@dataclass(frozen=True, slots=True)
class Carried:
    """The rows of a preview, the file they came from and the digest of what they would do."""

    reading: Reading
    file_name: str
    digest: str


def pack(carried: Carried, user: User) -> str:
    """Raises InvalidInput when it is too long to be sent back."""
    rows = carried.reading.rows
    names = sorted(rows[0].values) if rows else []
    told = {
        "user": user.pk,
        "file": carried.file_name,
        "digest": carried.digest,
        "place": carried.reading.place,
        "names": names,
        "rows": [[row.number, [_told(row.values[name]) for name in names]] for row in rows],
    }
    text = signing.dumps(told, salt=_SALT, compress=True)
    if len(text) > MOST_CARRIED:
        refuse(_("The file holds too much text to be shown and imported at once. Split it."))
    return text


def unpack(text: str, user: User) -> Carried:
    """Raises InvalidInput for what this person was not shown within the last day."""
    try:
        told = signing.loads(text, salt=_SALT, max_age=_SECONDS_VALID)
    except signing.BadSignature:
        told = {}
    if told.get("user") != user.pk:
        refuse(_("This preview is no longer valid. Choose the file again."))
    rows = [
        Row(number, {name: _read(name, value) for name, value in zip(told["names"], values, strict=True)})
        for number, values in told["rows"]
    ]
    return Carried(Reading(place=told["place"], rows=rows), told["file"], told["digest"])


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _read(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if value is not None and BY_NAME[name].reading == "date" else value
