"""The 32 mechanisms of compute-for-equity deals: which kind of term models each, and which payments it moves.

One is modelled when its parameters move the ledger in a test with figures by hand (`checked_by`), its sentence stands
on the deal's card, and the ledger of a future leads from a line to it (`lines`). What is left out of it is said.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from planner.deals.mechanism_list import ROWS


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One mechanism. `kinds` are kinds of term; `inputs` is a part of the scenario where no term is needed."""

    number: str
    name: str
    says: str
    kinds: tuple[str, ...]
    lines: tuple[str, ...]
    """Kinds of ledger line whose amounts it decides, its own first."""
    checked_by: str
    """The name of the engine's test with figures by hand."""
    inputs: str = ""
    left_out: str = ""
    flag: tuple[str, bool] | None = None
    """A yes or no of the term on which it depends, with the answer that means this one."""

    @property
    def is_modelled(self) -> bool:
        return bool(self.kinds or self.inputs)


MECHANISMS: tuple[Mechanism, ...] = tuple(Mechanism(**row) for row in ROWS)
BY_NUMBER: Mapping[str, Mechanism] = {one.number: one for one in MECHANISMS}


def mechanisms_of(terms: Iterable[Mapping[str, Any]]) -> list[Mechanism]:
    """The mechanisms that these terms model, in the order of the list."""
    listed = list(terms)
    return [one for one in MECHANISMS if any(_is_modelled_by(one, term) for term in listed)]


def _is_modelled_by(one: Mechanism, term: Mapping[str, Any]) -> bool:
    if term.get("kind") not in one.kinds:
        return False
    return one.flag is None or bool(term.get(one.flag[0], False)) is one.flag[1]


@cache
def lines_of(kind: str) -> frozenset[str]:
    """The kinds of ledger line that a term of this kind decides."""
    found = {line for one in MECHANISMS if kind in one.kinds for line in one.lines}
    return frozenset(found | set(_OF_CONTRACTS if kind == "compute_contract" else ()))


def terms_behind(kind: str, item: str, terms: Iterable[Mapping[str, Any]]) -> list[str]:
    """The keys of the terms that decide a ledger line of this kind and item, its own term first.

    A line without an item, such as the sale of shares, is decided by every term that can move lines of its kind.
    """
    found = [term for term in terms if kind in lines_of(str(term.get("kind"))) and _is_about(term, item)]
    return [str(term["key"]) for term in sorted(found, key=lambda term: term.get("key") != item)]


_OF_CONTRACTS = (
    "compute_billed",
    "relet_capacity",
    "released_capacity",
    "termination_claim",
    "on_demand",
    "burst",
)
"""What a compute contract decides by itself: it is no mechanism of its own."""


def _is_about(term: Mapping[str, Any], item: str) -> bool:
    named = [term.get(name) for name in ("key", "contract", "tranche", "lease")]
    listed = term.get("tranches")
    return not item or item in named or (isinstance(listed, list) and item in listed) or _counts_for_all(term)


def _counts_for_all(term: Mapping[str, Any]) -> bool:
    """A term that names nothing decides lines of its kinds whatever they belong to, but for lines of its own."""
    return str(term.get("kind")) in {"demand_governor", "first_refusal", "ownership_cap"}
