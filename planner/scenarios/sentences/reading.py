"""Terms from raw JSON that may be invalid, and what each of a deal says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from planner.core.documents import kind_of, read_document
from planner.core.errors import InvalidInput
from planner.deals.documents import TermDocument, name_of
from planner.scenarios.list_edits import term_shapes
from planner.scenarios.sentences.of_term import sentence_of
from planner.scenarios.sentences.words import Parties


@dataclass(frozen=True, slots=True)
class SaidTerm:
    """One term as a page that shows no fields names it."""

    key: str
    kind: str
    name: str
    kind_title: str
    sentence: str


def term_of(item: Mapping[str, Any]) -> TermDocument | None:
    """The typed term; None while something in it is wrong."""
    shape = next((one for one in term_shapes() if kind_of(one) == item.get("kind")), None)
    if shape is None:
        return None
    try:
        return read_document(shape, dict(item))  # type: ignore[return-value] # one of the union's shapes
    except InvalidInput:
        return None


def said_terms(deal: Mapping[str, Any]) -> list[SaidTerm]:
    """Every term of a deal with its sentence, in the order of the deal; what cannot be read is left out."""
    listed = deal.get("terms")
    items = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    terms = tuple(term for item in items if (term := term_of(item)) is not None)
    parties = Parties(str(deal.get("provider") or ""), str(deal.get("lab") or ""), terms)
    return [
        SaidTerm(term.key, term.kind, name_of(term), _(term.title), sentence_of(term, parties))
        for term in terms
    ]
