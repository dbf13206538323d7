"""The list of mechanisms as the page shows it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from planner.deals.mechanisms import MECHANISMS, Mechanism
from planner.runs.presentation.ledger import kind_words
from planner.scenarios.list_edits import term_kinds


@dataclass(frozen=True, slots=True)
class MechanismRow:
    """One mechanism in words."""

    number: str
    name: str
    says: str
    is_modelled: bool
    by: str
    """The terms that model it, or the part of the scenario."""
    lines: str
    left_out: str


def mechanism_rows() -> list[MechanismRow]:
    """Every mechanism, in the order of its number."""
    titles = dict(term_kinds())
    return [_row(one, titles) for one in MECHANISMS]


def _row(one: Mechanism, titles: dict[str, str]) -> MechanismRow:
    by = ", ".join(titles[kind] for kind in one.kinds) or (_("Lock-up, in the exit") if one.inputs else "")
    return MechanismRow(
        number=one.number,
        name=_(one.name),
        says=_(one.says),
        is_modelled=one.is_modelled,
        by=by,
        lines=", ".join(kind_words(line) for line in one.lines),
        left_out=_(one.left_out) if one.left_out else "",
    )
