"""From a ledger line to the terms that decide it, each with its sentence and mechanism."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from planner.deals.mechanisms import Mechanism, mechanisms_of, terms_behind
from planner.scenarios.sentences import SaidTerm, said_terms


@dataclass(frozen=True, slots=True)
class Behind:
    """A term behind at least one line of a ledger."""

    said: SaidTerm
    mechanisms: list[Mechanism]

    @property
    def anchor(self) -> str:
        return f"term-{self.said.key}"


def behind_lines(
    lines: list[dict[str, Any]], document: Mapping[str, Any]
) -> tuple[list[list[Behind]], list[Behind]]:
    """For each line the terms that decide it, and all of these once, in the order of the deal."""
    deal = document.get("deal")
    deal = deal if isinstance(deal, dict) else {}
    listed = deal.get("terms")
    raw = [term for term in listed if isinstance(term, dict)] if isinstance(listed, list) else []
    held = {term.get("key"): term for term in raw}
    known = {one.key: Behind(one, mechanisms_of([held[one.key]])) for one in said_terms(deal)}
    of_lines = [
        [known[key] for key in terms_behind(line["kind"], line.get("item") or "", raw) if key in known]
        for line in lines
    ]
    used = {one.said.key for behind in of_lines for one in behind}
    return of_lines, [one for key, one in known.items() if key in used]
