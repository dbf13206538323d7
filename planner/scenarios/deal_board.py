"""The deal as dated cards on a time line, from raw JSON that may be invalid: what a page of terms shows.

Amounts are what the document alone fixes (`planner.deals.cash`): the contracted minimum, undiscounted, before
anything happens, on the provider's side.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import fsum
from typing import Any

from django.utils.translation import gettext as _

from planner.core.documents import kind_of
from planner.core.errors import Problem
from planner.core.formatting import DASH, millions, money
from planner.core.quarters import quarter_words
from planner.deals.cash import ContractedCash, contracted_cash
from planner.deals.documents import TermDocument
from planner.deals.documents.conflicts import conflicts_between
from planner.scenarios.editor import EditorField
from planner.scenarios.field_texts import Texts
from planner.scenarios.list_edits import list_inside, term_shapes
from planner.scenarios.part_fields import fields_of
from planner.scenarios.sentences import Parties, dates_of, sentence_of, term_of
from planner.scenarios.year_tables import LedgerRow, LedgerTable


@dataclass(frozen=True, slots=True)
class NestedList:
    """A list inside a term: its path and title, and (path, name) of its items."""

    path: str
    title: str
    items: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Card:
    """One term. `span` is its first and last quarter by number; None: nothing dates it."""

    path: str
    name: str
    kind_title: str
    sentence: str
    span: tuple[int, int] | None
    cash: ContractedCash
    table: LedgerTable | None
    fields: list[EditorField]
    warnings: list[str]
    errors: list[str]
    nested: NestedList | None = None

    @property
    def id(self) -> str:
        return "card-" + "".join(c if c.isalnum() else "-" for c in self.path.lower()).strip("-")

    @property
    def dates(self) -> str:
        """ "2026 Q2 to 2033 Q1"; for a term without dates, why."""
        if self.span is None:
            return _("on the opening date") if self.cash.total else _("no date of its own")
        first, last = (quarter_words(number) for number in self.span)
        return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}

    @property
    def later(self) -> str:
        """What is paid only if something happens, as a sentence; "" when nothing is."""
        if not self.cash.if_triggered:
            return ""
        said = {"amount": money(self.cash.if_triggered)}
        return _("%(amount)s if it is triggered or chosen; counted in no year.") % said

    @property
    def wrong(self) -> int:
        return sum(bool(one.errors) for one in self.fields)


@dataclass(frozen=True, slots=True)
class Bar:
    """One term on the strip above the cards: where it begins and how long it is, in percent of the strip."""

    card: Card
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class DealBoard:
    """Everything a page of terms shows, cards in the order of their dates."""

    cards: list[Card]
    bars: list[Bar]
    ends: tuple[str, str]
    """The first and last quarter of the strip; empty words without dates."""
    table: LedgerTable | None
    others: list[tuple[str, list[EditorField]]] = field(default_factory=list)
    """The fields of no term, by group: parties, rates, on default."""

    @property
    def all_fields(self) -> list[EditorField]:
        of_terms = [one for card in self.cards for one in card.fields]
        return [*of_terms, *(one for _title, fields in self.others for one in fields)]


def deal_board(
    raw: Mapping[str, Any], texts: Texts, problems: Sequence[Problem], opening: date | None = None
) -> DealBoard:
    """The board of `raw["deal"]`; `problems` have paths from `raw` on, `opening` None outside a scenario."""
    deal = raw.get("deal")
    deal = deal if isinstance(deal, dict) else {}
    fields = [one for one in fields_of(raw, texts, problems) if one.leaf.path.startswith("deal.")]
    cards = _cards(deal, fields, problems, opening)
    in_terms = {one.leaf.path for card in cards for one in card.fields}
    others: dict[str, list[EditorField]] = {}
    for one in fields:
        if one.leaf.path not in in_terms:
            others.setdefault(_title_beside_terms(one.leaf.path), []).append(one)
    bars, ends = _strip(cards)
    return DealBoard(cards, bars, ends, _whole_table(cards), list(others.items()))


def _title_beside_terms(path: str) -> str:
    """What the board calls the group of an input that belongs to no term."""
    if path.startswith("deal.on_default."):
        return _("On default")
    return _("Provider's shares") if path.startswith("deal.provider_stock.") else _("Parties and rates")


def _cards(
    deal: Mapping[str, Any], fields: Sequence[EditorField], problems: Sequence[Problem], opening: date | None
) -> list[Card]:
    """A card for every term, by date: what is paid at the opening first, what nothing dates last."""
    listed = deal.get("terms")
    held = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    typed = {place: term for place, item in enumerate(held) if (term := term_of(item)) is not None}
    terms = tuple(typed.values())
    parties = Parties(str(deal.get("provider") or ""), str(deal.get("lab") or ""), terms)
    warnings = [found for found in conflicts_between(terms) if not found.is_error]
    cards = []
    for place, item in enumerate(held):
        path = f"deal.terms[{item.get('key') or place}]"
        own = [one for one in fields if one.leaf.path.startswith(f"{path}.")]
        said = [one.sentence for one in warnings if _is_inside(f"deal.{one.path}", path)]
        loose = [
            one.message
            for one in problems
            if _is_inside(one.path, path) and not any(_is_inside(one.path, f.leaf.path) for f in own)
        ]
        cards.append(_card(path, item, typed.get(place), parties, opening, own, said, loose))
    return sorted(
        cards, key=lambda card: (card.span is not None or not card.cash.total, card.span or (10**6, 0))
    )


def _card(
    path: str,
    item: Mapping[str, Any],
    term: TermDocument | None,
    parties: Parties,
    opening: date | None,
    fields: list[EditorField],
    warnings: list[str],
    errors: list[str],
) -> Card:
    kind = str(item.get("kind"))
    title = next((_(shape.title) for shape in term_shapes() if kind_of(shape) == kind), kind)
    cash = contracted_cash(term, parties.terms, opening) if term else ContractedCash()
    return Card(
        path=path,
        name=str(item.get("label") or item.get("key") or title),
        kind_title=title,
        sentence=sentence_of(term, parties) if term else "",
        span=dates_of(term, parties.terms) if term else None,
        cash=cash,
        table=_table([(_("Contracted minimum"), cash)]) if len(cash.by_year) > 1 else None,
        fields=fields,
        warnings=warnings,
        errors=errors,
        nested=_nested(path, kind, item),
    )


def _nested(path: str, kind: str, item: Mapping[str, Any]) -> NestedList | None:
    inside = list_inside(kind)
    if inside is None:
        return None
    _shape, name, one_of_them = inside
    held = item.get(name)
    items = [
        (f"{path}.{name}[{one.get('key') or place}]", str(one.get("label") or one.get("key") or place + 1))
        for place, one in enumerate(held if isinstance(held, list) else [])
        if isinstance(one, dict)
    ]
    return NestedList(f"{path}.{name}", _(one_of_them.title).lower(), items)


def _whole_table(cards: Sequence[Card]) -> LedgerTable | None:
    fixed = [(card.name, card.cash) for card in cards if card.cash.total]
    return _table(fixed, total=_("Fixed cash")) if fixed else None


def _table(rows: Sequence[tuple[str, ContractedCash]], total: str = "") -> LedgerTable:
    """A row per term and, when `total` names it, their sum; the years between the first and the last, none left out."""
    known = [year for _name, cash in rows for year in cash.by_year]
    years = list(range(min(known), max(known) + 1)) if known else []
    at_opening = any(cash.at_opening for _name, cash in rows)
    heads = [*([_("Opening date")] if at_opening else []), *(str(year) for year in years), _("Total")]

    def row(name: str, held: Sequence[ContractedCash], *, is_total: bool = False) -> LedgerRow:
        amounts = [fsum(cash.by_year.get(year, 0.0) for cash in held) for year in years]
        if at_opening:
            amounts.insert(0, fsum(cash.at_opening for cash in held))
        return LedgerRow(name, [_cell(amount) for amount in [*amounts, fsum(amounts)]], is_total)

    body = [row(name, [cash]) for name, cash in rows]
    if total:
        body.append(row(total, [cash for _name, cash in rows], is_total=True))
    return LedgerTable(heads, body)


def _cell(amount: float) -> str:
    return millions(amount) if amount else DASH


def _strip(cards: Sequence[Card]) -> tuple[list[Bar], tuple[str, str]]:
    dated = [(card, card.span) for card in cards if card.span is not None]
    if not dated:
        return [], ("", "")
    first = min(span[0] for _card, span in dated)
    last = max(span[1] for _card, span in dated)
    scale = 100.0 / (last - first + 1)
    bars = [
        Bar(card, round((span[0] - first) * scale, 3), round((span[1] - span[0] + 1) * scale, 3))
        for card, span in dated
    ]
    return bars, (quarter_words(first), quarter_words(last))


def _is_inside(path: str, whole: str) -> bool:
    rest = path.removeprefix(whole)
    return rest != path and (not rest or rest[0] in ".[")
