"""The JSON this app stores (a release) and reads (the seed): frozen and typed."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ReleasedEntry(_Frozen):
    """One catalog entry as it stood when its release was published; the names are those of `CatalogEntry`."""

    uuid: UUID
    kind: str
    key: str
    label: str
    subject: str
    provider: str
    value: float
    low: float | None
    """None: no range is known, the value stands alone. `high` likewise."""
    high: float | None
    unit: str
    currency: str
    region: str
    price_kind: str
    source_title: str
    source_address: str
    source_date: date
    confidence: str
    valid_from: date
    valid_to: date | None
    """None: still valid when the release was published."""
    known_since: date
    notes: str
    attributes: dict[str, Any]


class ReleaseDocument(_Frozen):
    """Every entry in force on `as_of` and known by then: one per key, in the order of the keys."""

    schema_version: Literal[1] = 1
    as_of: date
    entries: tuple[ReleasedEntry, ...]


class SeedSource(_Frozen):
    """Where facts come from. A date of only a year or a month is the source's own precision."""

    title: str
    address: str
    date: str = Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")


class SeedEntry(_Frozen):
    """One fact of the seed; `source` names one of the file's sources."""

    key: str
    label: str
    value: float
    low: float | None = None
    high: float | None = None
    unit: str
    currency: str = ""
    subject: str = ""
    provider: str = ""
    region: str = ""
    price_kind: str = ""
    source: str
    confidence: str
    valid_from: date
    valid_to: date | None = None
    known_since: date
    notes: str = ""
    attributes: dict[str, Any] = Field(default_factory=dict)


class SeedFile(_Frozen):
    """All seeded facts of one kind."""

    schema_version: Literal[1]
    kind: str
    sources: dict[str, SeedSource]
    entries: tuple[SeedEntry, ...]
