"""Small tables of named figures, each with the words that define it."""

from collections.abc import Mapping
from dataclasses import dataclass

from planner.core.formatting import futures_share
from planner.runs.presentation.outcomes import Result


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure in its columns, and what it is in words."""

    title: str
    cells: list[str]
    says: str = ""
    is_main: bool = False
    """The figure the page leads with."""


@dataclass(frozen=True, slots=True)
class FigureTable:
    """A table with its finding. `key` is its id on the page; `heads` name the columns of figures."""

    key: str
    title: str
    says: str
    heads: list[str]
    rows: list[FigureRow]

    @property
    def explains(self) -> bool:
        """Whether any row says what it is."""
        return any(row.says for row in self.rows)


def members(result: Result, group: str) -> Mapping[str, int]:
    """Futures by name in one group of counts; empty when the result has none."""
    found: Mapping[str, int] = (result.get("counts") or {}).get(group) or {}
    return found


def share_of(futures: int, of: int) -> str:
    """ "36%", or "not defined" of none."""
    return futures_share(futures / of if of else None)
