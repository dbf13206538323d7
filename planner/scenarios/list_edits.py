"""Adding, duplicating, removing and putting back the items of a document's lists, on raw JSON that may be invalid.

An order is one text, the value of a button: "add:deal.terms:take_or_pay", "duplicate:deal.terms[first]",
"remove:deal.terms[first]", "back:deal.terms[first]" and "reset:deal.lab_rate" (as in the version it was taken from).
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from typing import Any, TypeAlias, get_args, get_origin

from django.utils.translation import gettext as _

from planner.core.canonical_json import JsonValue
from planner.core.documents import KEY_PATTERN, Document, inner_shapes, kind_of
from planner.core.errors import InvalidInput, Problem
from planner.deals.documents import DealDocument, TermDocument
from planner.fleets.documents import FleetDocument
from planner.scenarios.changes import Change
from planner.scenarios.columns import last_day
from planner.scenarios.paths import Raw, get, raw_of, with_values

Item: TypeAlias = dict[str, Any]

_LISTS: tuple[tuple[re.Pattern[str], type[Document], str], ...] = (
    (re.compile(r"^deal\.terms$"), DealDocument, "terms"),
    (re.compile(r"^fleet\.lots$"), FleetDocument, "lots"),
)
_IN_A_TERM = re.compile(r"^(?P<term>deal\.terms\[[^\]]+\])\.(?P<name>\w+)$")
_KEY = re.compile(KEY_PATTERN)
_ITEM = re.compile(r"^(?P<list>.+)\[(?P<step>[^\]]+)\]$")
MOST_ITEMS = 200
_LONGEST_KEY = 60


def term_kinds() -> list[tuple[str, str]]:
    """(kind, title) of every term there is, in the order of the documents."""
    return [(str(kind_of(shape)), _(shape.title)) for shape in term_shapes()]


def term_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """(title, kinds) of the groups in which terms are offered, each kind as (kind, title)."""
    groups = {
        _("Compute"): ("contract_terms", "compute_terms"),
        _("Equity"): ("tranche_terms", "equity_terms"),
        _("Shares of what the lab earns"): ("claim_terms",),
        _("Finance and guarantees"): ("finance_terms",),
    }
    return [
        (
            title,
            [
                (str(kind_of(shape)), _(shape.title))
                for shape in term_shapes()
                if shape.__module__.rpartition(".")[2] in modules
            ],
        )
        for title, modules in groups.items()
    ]


def term_shapes() -> list[type[Document]]:
    """The shape of every kind of term."""
    return inner_shapes(get_args(TermDocument)[0])


def list_inside(kind: object) -> tuple[type[Document], str, type[Document]] | None:
    """(shape of the term, name of the field, shape of its items) of the list of items a kind of term holds, if any."""
    for shape in term_shapes():
        for name, field in shape.model_fields.items() if kind_of(shape) == kind else ():
            if get_origin(field.annotation) is tuple and (items := inner_shapes(field.annotation)):
                return shape, name, items[0]
    return None


def carried_out(order: str, raw: Mapping[str, Any], base: Mapping[str, Any]) -> Raw:
    """A copy of the document after one order. `base` is what "back" takes items from.

    Raises InvalidInput for an order that makes no sense here, or a list that is full.
    """
    verb, _colon, rest = order.partition(":")
    changed = deepcopy(raw_of(raw))
    if verb == "add":
        path, _colon, kind = rest.partition(":")
        _insert(changed, path, _blank(path, kind, changed))
    elif verb == "reset":
        try:
            changed = with_values(changed, {rest: get(base, rest)})
        except KeyError as error:
            raise _senseless(rest) from error
    elif verb in {"duplicate", "remove", "back"}:
        matched = _ITEM.match(rest)
        if matched is None:
            raise _senseless(rest)
        {"duplicate": _duplicate, "remove": _remove, "back": _put_back}[verb](
            changed, matched["list"], matched["step"], base
        )
    else:
        raise _senseless(order)
    return changed


def undo_order(change: Change) -> str:
    """The order that takes back one difference from `base`."""
    is_item = _ITEM.match(change.path) is not None
    if not is_item or change.kind == "changed":
        return f"reset:{change.path}"
    return f"remove:{change.path}" if change.kind == "added" else f"back:{change.path}"


def gone_from(raw: Mapping[str, Any], base: Mapping[str, Any], path: str) -> list[tuple[str, str]]:
    """(path, name) of the items of a list that `base` has and the document does not."""
    held = {_step_of(item, place) for place, item in enumerate(_items(raw, path))}
    return [
        (f"{path}[{item['key']}]", str(item.get("label") or item["key"]))
        for item in _items(base, path)
        if isinstance(item, dict) and "key" in item and item["key"] not in held
    ]


def has_clear_keys(value: JsonValue) -> bool:
    """Whether every key in its lists is one a document may have, and none stands twice in a list.

    Otherwise one path would lead to several items, and a page would show the fields of each under every one of them.
    """
    if isinstance(value, dict):
        return all(has_clear_keys(one) for one in value.values())
    if not isinstance(value, list):
        return True
    keys = [item["key"] for item in value if isinstance(item, dict) and "key" in item]
    are_right = all(isinstance(key, str) and _KEY.fullmatch(key) for key in keys)
    return are_right and len(keys) == len(set(keys)) and all(has_clear_keys(one) for one in value)


def new_key(wanted: str, items: list[Any]) -> str:
    """A key like the one wanted that no item has."""
    slug = re.sub(r"[^a-z0-9]+", "-", wanted.lower()).strip("-")[: _LONGEST_KEY - 4] or "item"
    taken = {item.get("key") for item in items if isinstance(item, dict)}
    number, key = 2, slug
    while key in taken:
        key, number = f"{slug}-{number}", number + 1
    return key


def _blank(path: str, kind: str, raw: Raw) -> Item:
    """A new item with a key and what the rest of the deal suggests; every other value it needs is asked for."""
    owner, name = _declared(path, raw)
    shapes = inner_shapes(owner.model_fields[name].annotation)
    shape = next((one for one in shapes if (kind_of(one) or "") == kind), None)
    if shape is None:
        raise _senseless(kind)
    items = _items(raw, path)
    item: Item = {"kind": kind} if kind else {}
    if "key" in shape.model_fields:
        item["key"] = new_key(shape.title, items)
        item["label"] = _("New %(what)s") % {"what": _(shape.title).lower()}
    suggested = _suggested(raw)
    for inner, field in shape.model_fields.items():
        if inner in suggested and kind != "compute_contract" and field.is_required():
            item[inner] = suggested[inner]
        elif field.is_required() and str(field.annotation).startswith("tuple["):
            item[inner] = []
    return item


def _suggested(raw: Raw) -> Item:
    """Values a new term may begin with: the only contract, tranche and lease there are, and the contract's days."""

    def keys_of(kind: str) -> list[str]:
        return [
            term["key"] for term in terms if term.get("kind") == kind and isinstance(term.get("key"), str)
        ]

    terms = [term for term in _items(raw, "deal.terms") if isinstance(term, dict)]
    named = {
        name: keys_of(kind)
        for name, kind in (
            ("contract", "compute_contract"),
            ("tranche", "equity_tranche"),
            ("lease", "chip_lease"),
        )
    }
    suggested: Item = {name: keys[0] for name, keys in named.items() if len(keys) == 1}
    if named["tranche"]:
        suggested["tranches"] = named["tranche"]
    if span := next((one for term in terms if (one := _days_of(term))), None):
        suggested |= dict.fromkeys(("starts", "paid_on", "issued_on"), span[0])
        suggested |= dict.fromkeys(("ends", "expires"), span[1])
    return suggested


def _days_of(term: Item) -> tuple[str, str] | None:
    """The first and last day of a compute contract; None for another term, and while they are not stated."""
    starts, quarters = term.get("starts"), term.get("quarters")
    if term.get("kind") != "compute_contract" or not isinstance(starts, str) or not isinstance(quarters, int):
        return None
    try:
        return starts, last_day(date.fromisoformat(starts), quarters).isoformat()
    except (ValueError, OverflowError):
        return None


def _insert(raw: Raw, path: str, item: Item, place: int | None = None) -> None:
    items = _list_at(raw, path)
    if len(items) >= MOST_ITEMS:
        sentence = _("There are %(most)d already. That is the most there may be.") % {"most": MOST_ITEMS}
        raise InvalidInput([Problem(path, sentence)])
    items.insert(len(items) if place is None else place, item)


def _duplicate(raw: Raw, path: str, step: str, _base: Mapping[str, Any]) -> None:
    items = _list_at(raw, path)
    place = _place_of(items, step)
    copy = deepcopy(items[place])
    if isinstance(copy, dict) and "key" in copy:
        copy["key"] = new_key(str(copy["key"]), items)
        name = str(items[place].get("label") or items[place]["key"])
        copy["label"] = (_("Copy of %(name)s") % {"name": name})[:120]
        _move_evidence(raw, raw, f"{path}[{step}]", f"{path}[{copy['key']}]")
    _insert(raw, path, copy, place + 1)


def _remove(raw: Raw, path: str, step: str, _base: Mapping[str, Any]) -> None:
    items = _list_at(raw, path)
    items.pop(_place_of(items, step))
    evidence = raw.get("evidence")
    if isinstance(evidence, dict):
        inside = f"{path}[{step}]."
        raw["evidence"] = {name: said for name, said in evidence.items() if not name.startswith(inside)}


def _put_back(raw: Raw, path: str, step: str, base: Mapping[str, Any]) -> None:
    before = _items(base, path)
    place = _place_of(before, step)
    if any(_step_of(item, n) == step for n, item in enumerate(_items(raw, path))):
        return  # a second click
    _insert(raw, path, deepcopy(before[place]), min(place, len(_items(raw, path))))
    _move_evidence(base, raw, f"{path}[{step}]", f"{path}[{step}]")


def _move_evidence(source: Mapping[str, Any], target: Raw, before: str, after: str) -> None:
    cited = source.get("evidence")
    if not isinstance(cited, dict):
        return
    moved = {
        after + name.removeprefix(before): said
        for name, said in cited.items()
        if name.startswith(f"{before}.")
    }
    if moved:
        target["evidence"] = {**(target.get("evidence") or {}), **moved}


def _declared(path: str, raw: Mapping[str, Any]) -> tuple[type[Document], str]:
    """The shape that holds the list at a path, and the list's name in it."""
    for pattern, owner, name in _LISTS:
        if pattern.match(path):
            return owner, name
    inside = _IN_A_TERM.match(path)
    term = get(raw, inside["term"]) if inside else None
    held = list_inside(term.get("kind")) if isinstance(term, dict) else None
    if inside is None or held is None or held[1] != inside["name"]:
        raise _senseless(path)
    return held[0], held[1]


def _items(raw: Mapping[str, Any], path: str) -> list[Any]:
    held = get(raw, path)
    return held if isinstance(held, list) else []


def _list_at(raw: Raw, path: str) -> list[Any]:
    """The list itself, made when the field is not there yet. Raises InvalidInput when nothing can hold it."""
    _declared(path, raw)
    held = get(raw, path)
    if isinstance(held, list):
        return held
    owner = get(raw, path.rpartition(".")[0])
    if held is not None or not isinstance(owner, dict):
        raise _senseless(path)
    made: list[Any] = []
    owner[path.rpartition(".")[2]] = made
    return made


def _place_of(items: list[Any], step: str) -> int:
    for place, item in enumerate(items):
        if _step_of(item, place) == step:
            return place
    raise _senseless(step)


def _step_of(item: Any, place: int) -> str:
    key = item.get("key") if isinstance(item, dict) else None
    return key if isinstance(key, str) and key else str(place)


def _senseless(what: str) -> InvalidInput:
    sentence = _("“%(what)s” is not there any more, so nothing was changed.") % {"what": what[:60]}
    return InvalidInput([Problem("", sentence)])
