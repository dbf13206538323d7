"""The sentence of a term carries each of its parameters: whichever changes, the sentence does."""

from collections.abc import Iterator
from datetime import date
from typing import Any, get_origin

import pytest
from pydantic import TypeAdapter

from planner.core.canonical_json import canonical_text
from planner.core.documents import Document, extra_of, inner_shapes, kind_of
from planner.deals.documents import TermDocument
from planner.scenarios.list_edits import term_groups, term_shapes
from planner.scenarios.sentences import SENTENCES, Parties, dates_of, sentence_of
from tests.planner.deals.every_term import beside, one_of

KINDS = [str(kind_of(shape)) for shape in term_shapes()]
UNSAID = {"key", "kind", "label"}


def read(fields: dict[str, Any]) -> Any:
    return TypeAdapter(TermDocument).validate_json(canonical_text(fields))


def said(fields: dict[str, Any]) -> str:
    terms = (*(read(one) for one in beside(fields["kind"])), read(fields))
    return sentence_of(terms[-1], Parties("Amazon", "OpenAI", terms))


def changes(shape: type[Document], fields: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(name of the parameter, the fields with that parameter changed), inner lists too."""
    for name, declared in shape.model_fields.items():
        held = fields.get(name)
        if name in UNSAID:
            continue
        inner = inner_shapes(declared.annotation)
        if get_origin(declared.annotation) is tuple and inner:
            for place, item in enumerate(held):
                for path, changed in changes(inner[0], item):
                    yield (
                        f"{name}[{place}].{path}",
                        {
                            **fields,
                            name: [*held[:place], changed, *held[place + 1 :]],
                        },
                    )
        elif held is not None:
            yield name, {**fields, name: changed_value(declared, held)}


def changed_value(declared: Any, held: Any) -> Any:
    options = list(extra_of(declared).get("choices", {}))
    if isinstance(held, bool):
        return not held
    if options:
        return options[(options.index(held) + 1) % len(options)]
    if isinstance(held, dict):
        return {**held, "high": held["high"] * 1.5}
    if held == []:
        return [0.25, 0.75]
    if isinstance(held, list):
        return [*held[:-1], "other" if isinstance(held[-1], str) else held[-1] / 2]
    if isinstance(held, int):
        return held + 1
    if isinstance(held, float):
        return held / 2
    try:
        return date.fromisoformat(held).replace(year=date.fromisoformat(held).year + 1).isoformat()
    except ValueError:
        return "other"


def cases() -> Iterator[Any]:
    for shape in term_shapes():
        kind = str(kind_of(shape))
        for path, fields in changes(shape, one_of(kind)):
            yield pytest.param(kind, fields, id=f"{kind}.{path}")


@pytest.mark.parametrize(("kind", "fields"), cases())
def test_a_parameter_that_changes_changes_the_sentence(kind: str, fields: dict[str, Any]) -> None:
    assert said(fields) != said(one_of(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_sentence_with_no_gap_in_it(kind: str) -> None:
    sentence = said(one_of(kind))
    assert sentence.endswith(".")
    assert "%(" not in sentence
    assert sentence[0].isupper() or sentence[0] in "$"
    assert "None" not in sentence


def test_no_sentence_is_for_a_kind_there_is_not() -> None:
    assert set(SENTENCES) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_term_has_its_days_on_the_time_line(kind: str) -> None:
    fields = one_of(kind)
    terms = (*(read(one) for one in beside(kind)), read(fields))
    span = dates_of(terms[-1], terms)
    without = {"anti_dilution", "ipo_ratchet", "pro_rata", "ownership_cap", "preferred"}
    assert (span is None) == (kind in without)
    assert span is None or span[0] <= span[1]


def test_every_kind_is_offered_in_one_group() -> None:
    offered = [kind for _title, kinds in term_groups() for kind, _said in kinds]
    assert sorted(offered) == sorted(KINDS)
    assert all(kinds for _title, kinds in term_groups())
