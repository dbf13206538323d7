"""Tables by year or quarter, as `components/ledger_table.html` takes them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One row, its cells in words."""

    title: str
    cells: list[str]
    is_total: bool = False
    needs_ipo: bool = False


@dataclass(frozen=True, slots=True)
class LedgerTable:
    """USD m by column, unless `corner` says something else."""

    heads: list[str]
    rows: list[LedgerRow]
    corner: str = ""
