"""Every input of a scenario by its path ("deal.terms[trainium].discount_share"), drawn from the schema.

Works on raw JSON too, so that a draft that is not valid yet can be shown, changed and compared.
"""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date
from types import UnionType
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from planner.core.canonical_json import JsonValue
from planner.core.documents import Document, extra_of, inner_shapes, kind_of, plain
from planner.core.quantities import RangeQuantity
from planner.scenarios.documents import ScenarioDocument

InputKind: TypeAlias = Literal[
    "quantity", "number", "integer", "choice", "flag", "day", "text", "numbers", "texts"
]
Raw: TypeAlias = dict[str, Any]

SECTIONS = {
    "timeline": gettext_noop("Time"),
    "deal": gettext_noop("Deal terms"),
    "fleet": gettext_noop("Fleet"),
    "chips": gettext_noop("Chips"),
    "model": gettext_noop("Models and serving"),
    "workload": gettext_noop("Models and serving"),
    "demand": gettext_noop("Demand"),
    "load": gettext_noop("Demand"),
    "placement": gettext_noop("Demand"),
    "levers": gettext_noop("Load levers"),
    "market": gettext_noop("Market"),
    "lab": gettext_noop("Lab"),
    "valuation": gettext_noop("Valuation and exit"),
    "exit": gettext_noop("Valuation and exit"),
}
"""The part of the document each section of the editor shows, in the order shown."""

_STEP = re.compile(r"([^.\[\]]+)|\[([^\]]*)\]")
_MISSING: Any = PydanticUndefined
_FIXED_NAMES = {"key", "kind"}
_REFERENCES_TO_TERMS = {"contract": "compute_contract", "tranche": "equity_tranche", "lease": "chip_lease"}
_UNSAID: dict[str, JsonValue] = {
    name: RangeQuantity.model_fields[name].default for name in ("coverage", "loadings")
}
"""What a range means that does not state these."""


@dataclass(frozen=True, slots=True)
class InputLeaf:
    """One input: where it is, what it is, and what it holds now. `value` None means nothing is stated."""

    path: str
    title: str
    unit: str
    section: str
    group: str
    """The thing it belongs to ("Trainium contract"); "" for a part of its own."""
    value: JsonValue
    default: JsonValue
    has_default: bool
    minimum: float | None
    maximum: float | None
    help: str
    choices: Mapping[str, str]
    kind: InputKind
    source_hint: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_default(self) -> bool:
        """Whether it holds what an omitted field would mean."""
        return self.has_default and self.value == self.default


def walk(document: ScenarioDocument | Mapping[str, Any]) -> list[InputLeaf]:
    """Every input in the order of the editor. Parts that are missing or of the wrong type give no leaves.

    A part that may be left out gives its leaves either way: empty ones, to be filled in, while it is.
    """
    raw = raw_of(document)
    evidence = raw.get("evidence")
    notes = evidence if isinstance(evidence, dict) else {}
    references = _references(raw)
    leaves: list[InputLeaf] = []
    for name, section in SECTIONS.items():
        declared = ScenarioDocument.model_fields[name]
        held = raw.get(name, {} if _has_defaults(declared) else None)
        leaves += _inside(declared, held, name, _(section), "", references, notes)
    return leaves


def is_same(one: JsonValue, other: JsonValue) -> bool:
    """Whether two values mean the same: a range that leaves its coverage out has the usual one."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {**_UNSAID, **one} == {**_UNSAID, **other}
    return one == other


def raw_of(document: ScenarioDocument | Mapping[str, Any]) -> Raw:
    """The document as JSON values; a mapping is taken as it is."""
    return plain(document) if isinstance(document, Document) else dict(document)


def get(raw: Mapping[str, Any], path: str) -> JsonValue:
    """What stands at the path; None when nothing does."""
    here: Any = raw
    for step in _steps(path):
        here = _child(here, step)
        if here is _MISSING:
            return None
    return here  # type: ignore[no-any-return] # JSON all the way down


def with_values(raw: Mapping[str, Any], values: Mapping[str, JsonValue]) -> Raw:
    """A copy with these values at these paths; None takes the field away. KeyError for a path that leads nowhere.

    The first value of a part that may be left out brings the part in, and it goes with the last it needs.
    """
    changed = deepcopy(dict(raw))
    for name in {path.partition(".")[0] for path in values} & SECTIONS.keys():
        if _has_defaults(ScenarioDocument.model_fields[name]):
            changed.setdefault(name, {})
    optional = list(_optional_parts(changed))
    for part, holder, name, _needed in optional:
        if holder.get(name) is None and any(path.startswith(f"{part}.") for path in values):
            holder[name] = {}
    for path, value in values.items():
        _put(changed, path, value)
    for _part, holder, name, needed in optional:
        if isinstance(holder.get(name), dict) and not needed & holder[name].keys():
            holder.pop(name)
    return changed


def _put(raw: Raw, path: str, value: JsonValue) -> None:
    """Sets the value at a path, or takes the field away for None. KeyError for a path that leads nowhere."""
    if not (steps := _steps(path)):
        raise KeyError(path)
    *before, last = steps
    here: Any = raw
    for step in before:
        here = _child(here, step)
    if isinstance(here, dict):
        if value is None:
            here.pop(last, None)
        else:
            here[last] = value
    elif isinstance(here, list) and (position := _position(here, last)) is not None:
        here[position] = value
    else:
        raise KeyError(path)


def _optional_parts(raw: Raw) -> Iterator[tuple[str, Raw, str, set[str]]]:
    """(path, what holds it, its name there, the fields it needs) of each part that may be left out."""
    for section in SECTIONS:
        holder = raw.get(section)
        for shape in inner_shapes(ScenarioDocument.model_fields[section].annotation):
            for name, declared in shape.model_fields.items():
                if isinstance(holder, dict) and _may_be_left_out(declared):
                    fields = inner_shapes(declared.annotation)[0].model_fields
                    needed = {one for one, inner in fields.items() if inner.is_required()}
                    yield f"{section}.{name}", holder, name, needed


def _has_defaults(declared: FieldInfo) -> bool:
    """Whether it is a part of which nothing needs to be stated: documents kept before there was one have none."""
    return isinstance(declared.default, Document)


def _may_be_left_out(declared: FieldInfo) -> bool:
    is_measured = extra_of(declared).get("measured")
    return declared.default is None and kind_of_input(declared) is None and not is_measured


def _steps(path: str) -> list[str]:
    return [plain_name or bracketed for plain_name, bracketed in _STEP.findall(path)]


def _child(here: Any, step: str) -> Any:
    if isinstance(here, dict):
        return here.get(step, _MISSING)
    if isinstance(here, list):
        position = _position(here, step)
        return _MISSING if position is None else here[position]
    return _MISSING


def _position(items: list[Any], step: str) -> int | None:
    for position, item in enumerate(items):
        if isinstance(item, dict) and item.get("key") == step:
            return position
    return int(step) if step.isdecimal() and len(step) < 6 and int(step) < len(items) else None


def _references(raw: Raw) -> dict[str, dict[str, str]]:
    """The items a field may name: chips, and the deal's compute contracts, tranches and chip leases."""
    deal = raw.get("deal")
    held = deal.get("terms") if isinstance(deal, dict) else []
    terms = [term for term in held if isinstance(term, dict)] if isinstance(held, list) else []
    chips = _named(raw.get("chips"))
    of_terms = {
        name: _named([term for term in terms if term.get("kind") == kind])
        for name, kind in _REFERENCES_TO_TERMS.items()
    }
    return {"chip": chips, "outside_chip": chips, **of_terms}


def _named(items: Any) -> dict[str, str]:
    listed = items if isinstance(items, list) else []
    return {
        str(item["key"]): str(item.get("label") or item["key"])
        for item in listed
        if isinstance(item, dict) and "key" in item
    }


def _inside(
    declared: FieldInfo,
    value: Any,
    path: str,
    section: str,
    group: str,
    references: Mapping[str, Mapping[str, str]],
    notes: Mapping[str, Any],
) -> Iterator[InputLeaf]:
    if extra_of(declared).get("measured"):
        return
    kind = kind_of_input(declared)
    if kind is not None:
        yield _leaf(declared, kind, value, path, section, group, references, notes)
        return
    shapes = inner_shapes(declared.annotation)
    items = [(path, group, value)]
    if get_origin(declared.annotation) is tuple:
        held = value if isinstance(value, list) else []
        title = shapes[0].title if shapes else ""
        items = [
            (f"{path}[{_step_of(item, n)}]", _group_of(item, n, group, title), item)
            for n, item in enumerate(held)
        ]
    elif _may_be_left_out(declared):
        is_absent = value is None or value is _MISSING
        items = [(path, _(declared.title or ""), {} if is_absent else value)]
        if is_absent:
            empty = _inside_items(items, shapes, section, references, notes)
            yield from (replace(leaf, has_default=True) for leaf in empty)
            return
    yield from _inside_items(items, shapes, section, references, notes)


def _inside_items(
    items: list[tuple[str, str, Any]],
    shapes: list[type[Document]],
    section: str,
    references: Mapping[str, Mapping[str, str]],
    notes: Mapping[str, Any],
) -> Iterator[InputLeaf]:
    """The leaves of items, each (path, what its fields belong to, value)."""
    for where, belongs_to, item in items:
        shape = _shape_of(shapes, item)
        if shape is None:
            continue
        for name, inner in shape.model_fields.items():
            if name not in _FIXED_NAMES:
                held = item.get(name, _MISSING)
                yield from _inside(inner, held, f"{where}.{name}", section, belongs_to, references, notes)


def _step_of(item: Any, position: int) -> str:
    key = item.get("key") if isinstance(item, dict) else None
    return key if isinstance(key, str) and key else str(position)


def _group_of(item: Any, position: int, group: str, title: str) -> str:
    held = item if isinstance(item, dict) else {}
    name = str(held.get("label") or held.get("key") or f"{_(title)} {position + 1}")
    return f"{group} · {name}" if group else name


def _shape_of(shapes: list[type[Document]], item: Any) -> type[Document] | None:
    if not isinstance(item, dict) or not shapes:
        return None
    if len(shapes) == 1:
        return shapes[0]
    return next((shape for shape in shapes if kind_of(shape) == item.get("kind")), None)


def kind_of_input(declared: FieldInfo) -> InputKind | None:
    """How a field is typed in; None when it holds other fields."""
    annotation = declared.annotation
    if RangeQuantity in inner_shapes(annotation):
        return "quantity"
    if get_origin(annotation) in (Union, UnionType):
        annotation = next(argument for argument in get_args(annotation) if argument is not type(None))
    if get_origin(annotation) is Literal:
        return "choice"
    if get_origin(annotation) is tuple and not inner_shapes(annotation):
        return "numbers" if get_args(annotation)[0] is float else "texts"
    plain_kinds: dict[Any, InputKind] = {
        bool: "flag",
        float: "number",
        int: "integer",
        date: "day",
        str: "text",
    }
    return plain_kinds.get(annotation)


def _leaf(
    declared: FieldInfo,
    kind: InputKind,
    value: Any,
    path: str,
    section: str,
    group: str,
    references: Mapping[str, Mapping[str, str]],
    notes: Mapping[str, Any],
) -> InputLeaf:
    extra = extra_of(declared)
    name = path.rpartition(".")[2]
    has_default = not declared.is_required()
    default = _plain_default(declared.default) if has_default else None
    note = notes.get(path) or notes.get(path.rpartition("[")[0])  # a list may be cited as a whole
    return InputLeaf(
        path=path,
        title=_(extra["title"]),
        unit=extra.get("unit", ""),
        section=section,
        group=group,
        value=default if value is _MISSING else value,
        default=default,
        has_default=has_default,
        minimum=extra.get("minimum"),
        maximum=extra.get("maximum"),
        help=_(declared.description or ""),
        choices=references.get(name, extra.get("choices", {})),
        kind=kind,
        source_hint=_(extra["source"]) if extra.get("source") else "",
        evidence=note if isinstance(note, dict) else {},
    )


def _plain_default(default: Any) -> Any:
    return list(default) if isinstance(default, tuple) else default
