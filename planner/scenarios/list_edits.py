"""Adding, duplicating, removing and putting back the items of a document's lists, on raw JSON that may be invalid.

An order is one text, the value of a button: "add:deal.terms:take_or_pay", "duplicate:deal.terms[first]",
"remove:deal.terms[first]", "back:deal.terms[first]" and "reset:deal.lab_rate" (as in the version it was taken from).
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, TypeAlias, get_args

from django.utils.translation import gettext as _

from planner.core.canonical_json import JsonValue
from planner.core.documents import KEY_PATTERN, Document, inner_shapes, kind_of
from planner.core.errors import InvalidInput, Problem
from planner.deals.documents import DealDocument, EquityTrancheDocument, TermDocument, VolumeTiersDocument
from planner.fleets.documents import FleetDocument
from planner.scenarios.changes import Change
from planner.scenarios.paths import Raw, get, raw_of, with_values

Item: TypeAlias = dict[str, Any]

_LISTS: tuple[tuple[re.Pattern[str], type[Document], str], ...] = (
    (re.compile(r"^deal\.terms$"), DealDocument, "terms"),
    (re.compile(r"^deal\.terms\[[^\]]+\]\.triggers$"), EquityTrancheDocument, "triggers"),
    (re.compile(r"^deal\.terms\[[^\]]+\]\.tiers$"), VolumeTiersDocument, "tiers"),
    (re.compile(r"^fleet\.lots$"), FleetDocument, "lots"),
)
_KEY = re.compile(KEY_PATTERN)
_ITEM = re.compile(r"^(?P<list>.+)\[(?P<step>[^\]]+)\]$")
MOST_ITEMS = 200
_LONGEST_KEY = 60


def term_kinds() -> list[tuple[str, str]]:
    """(kind, title) of every term there is, in the order of the documents."""
    shapes = inner_shapes(get_args(TermDocument)[0])
    return [(str(kind_of(shape)), _(shape.title)) for shape in shapes]


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
    """A new item with a key and nothing else stated, so that every value it needs is asked for."""
    _pattern, owner, name = _declared(path)
    shapes = inner_shapes(owner.model_fields[name].annotation)
    shape = next((one for one in shapes if (kind_of(one) or "") == kind), None)
    if shape is None:
        raise _senseless(kind)
    items = _items(raw, path)
    item: Item = {"kind": kind} if kind else {}
    if "key" in shape.model_fields:
        item["key"] = new_key(shape.title, items)
        item["label"] = _("New %(what)s") % {"what": _(shape.title).lower()}
    contracts = [
        term["key"]
        for term in _items(raw, "deal.terms")
        if isinstance(term, dict) and term.get("kind") == "compute_contract" and "key" in term
    ]
    if "contract" in shape.model_fields and len(contracts) == 1:
        item["contract"] = contracts[0]
    for inner, field in shape.model_fields.items():
        if field.is_required() and str(field.annotation).startswith("tuple["):
            item[inner] = []
    return item


def _insert(raw: Raw, path: str, item: Item, place: int | None = None) -> None:
    _declared(path)
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


def _declared(path: str) -> tuple[re.Pattern[str], type[Document], str]:
    for declared in _LISTS:
        if declared[0].match(path):
            return declared
    raise _senseless(path)


def _items(raw: Mapping[str, Any], path: str) -> list[Any]:
    held = get(raw, path)
    return held if isinstance(held, list) else []


def _list_at(raw: Raw, path: str) -> list[Any]:
    """The list itself, made when the field is not there yet. Raises InvalidInput when nothing can hold it."""
    _declared(path)
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
