"""The editor as data: every input of a draft as fields with texts, and texts back into values.

A field's name is the input's path; the parts of a range add ~shape, ~low, ~high and ~mode to it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from planner.core.canonical_json import JsonValue
from planner.core.errors import InvalidInput, Problem
from planner.core.quantities import SHAPES
from planner.scenarios.documents import CONFIDENCE, scenario_document
from planner.scenarios.figures import in_words, is_share, read, read_list, typed
from planner.scenarios.paths import InputLeaf, Raw, walk

Texts = dict[str, str]

KEY_TERMS = (
    (r"^deal\.terms\[[^\]]+\]\.discount_share$", 1),
    (r"^deal\.terms\[[^\]]+\]\.commitment_usd$", 1),
    (r"^deal\.terms\[[^\]]+\]\.amount_usd$", 2),
    (r"^deal\.terms\[[^\]]+\]\.kept_without_equity_share$", 1),
    (r"^fleet\.lots\[[^\]]+\]\.built_share$", 1),
    (r"^demand\.tokens_per_day_trillion$", 1),
    (r"^demand\.growth_now_annual$", 1),
    (r"^placement\.provider_share_end$", 1),
    (r"^workload\.utilisation$", 1),
    (r"^valuation\.mature_multiple$", 1),
    (r"^exit\.quoted_odds\[[^\]]+\]\.probability$", 1),
)
"""The inputs that usually move the headline most, and how many of each are shown."""

_CITED = ("~source", "~confidence")
_EARLIER = ".signed_earlier"
_OFFERED_SHAPES = ("lognormal", "normal", "uniform", "beta")
_WITH_MODE = ("triangular", "pert")


@dataclass(frozen=True, slots=True)
class EditorField:
    """One input with the texts it shows. `parts` are the names of its ~parts; empty when it is one text."""

    leaf: InputLeaf
    texts: Mapping[str, str]
    errors: list[str]
    options: list[tuple[str, str]] = field(default_factory=list)

    @property
    def id(self) -> str:
        """Its id in the page."""
        return "f-" + re.sub(r"[^a-z0-9_-]+", "-", self.leaf.path.lower()).strip("-")

    @property
    def text(self) -> str:
        return self.texts.get(self.leaf.path, "")

    @property
    def shape(self) -> str:
        return self.texts.get(self.leaf.path + "~shape", "")

    @property
    def low(self) -> str:
        return self.texts.get(self.leaf.path + "~low", "")

    @property
    def high(self) -> str:
        return self.texts.get(self.leaf.path + "~high", "")

    @property
    def mode(self) -> str:
        return self.texts.get(self.leaf.path + "~mode", "")

    @property
    def has_mode(self) -> bool:
        return self.shape in _WITH_MODE

    @property
    def allowed(self) -> str:
        """“between 0% and 100%”, or "" when anything goes."""
        low, high, unit = self.leaf.minimum, self.leaf.maximum, self.leaf.unit
        if low is not None and high is not None:
            return _("%(low)s to %(high)s") % {"low": typed(low, unit), "high": typed(high, unit)}
        return ""

    @property
    def unit_words(self) -> str:
        """The unit beside the field: what a typed percentage leaves unsaid."""
        unit = self.leaf.unit
        rest = unit.removeprefix("share").strip() if is_share(unit) else unit
        return _(rest) if rest and rest != "date" else ""

    @property
    def default_words(self) -> str:
        if not self.leaf.has_default or self.leaf.kind == "text":
            return ""
        return in_words(self.leaf.default, self.leaf.unit, self.leaf.choices)

    @property
    def source(self) -> str:
        return self.texts.get(self.leaf.path + "~source", "")

    @property
    def confidence(self) -> str:
        return self.texts.get(self.leaf.path + "~confidence", "")

    @property
    def confidences(self) -> list[tuple[str, str]]:
        """What may be said about a source."""
        return [("", _("not stated")), *((name, _(words)) for name, words in CONFIDENCE.items())]


@dataclass(frozen=True, slots=True)
class EditorSection:
    """A folded part of the editor: its fields by group, how many differ from the default, how many are wrong."""

    title: str
    id: str
    groups: list[tuple[str, list[EditorField]]]
    is_open: bool
    wrong: int
    is_flat: bool

    @property
    def count(self) -> int:
        return sum(len(fields) for _title, fields in self.groups)


def texts_of(raw: Mapping[str, Any]) -> Texts:
    """Every field of the draft by name, as the editor shows it."""
    texts: Texts = {}
    for leaf in walk(raw):
        texts.update(_texts_of_leaf(leaf))
    return texts


def values_from(
    raw: Mapping[str, Any], posted: Mapping[str, str], opened: Mapping[str, str]
) -> dict[str, JsonValue]:
    """What somebody changed, by path: the fields whose posted text differs from the one they opened.

    Changed sources come as one value at the path "evidence".
    """
    values: dict[str, JsonValue] = {}
    held = raw.get("evidence")
    evidence: dict[str, Any] = dict(held) if isinstance(held, dict) else {}
    for leaf in walk(raw):
        names = _texts_of_leaf(leaf)
        given = {name: posted[name] for name in names if name in posted}
        changed = {
            name for name, text in given.items() if _tidy(text) != _tidy(opened.get(name, names[name]))
        }
        cited = {name for name in changed if name.endswith(_CITED)}
        if changed - cited:
            values[leaf.path] = _value_of(leaf, {**names, **given})
        if cited:
            evidence[leaf.path] = _evidence_of(leaf, {**names, **given})
            values["evidence"] = evidence
    return values


def _evidence_of(leaf: InputLeaf, texts: Mapping[str, str]) -> dict[str, str]:
    kept = {name: str(text) for name, text in leaf.evidence.items() if name in ("note", "unit") and text}
    stated = {name: _tidy(texts.get(f"{leaf.path}~{name}", "")) for name in ("source", "confidence")}
    return {**kept, **{name: text for name, text in stated.items() if text}}


def problems_of(raw: Raw) -> list[Problem]:
    """Everything that keeps the draft from becoming a version."""
    try:
        scenario_document(raw)
    except InvalidInput as error:
        return error.problems
    return []


def sections_of(raw: Raw, texts: Mapping[str, str], problems: list[Problem]) -> list[EditorSection]:
    """Key terms first and open, then every section, folded unless something in it is wrong."""
    leaves = walk(raw)
    key_paths = key_terms(leaves)
    by_path = {leaf.path: _field(leaf, texts, problems) for leaf in leaves}
    sections = [_section(_("Key terms"), "key-terms", [by_path[path] for path in key_paths], is_flat=True)]
    titles = dict.fromkeys(leaf.section for leaf in leaves)
    for number, title in enumerate(titles):
        fields = [
            by_path[leaf.path] for leaf in leaves if leaf.section == title and leaf.path not in key_paths
        ]
        sections.append(_section(title, f"section-{number}", fields))
    return sections


def key_terms(leaves: list[InputLeaf]) -> list[str]:
    """The paths of about twelve inputs the editor opens on; of contracts signed earlier only if there is no other."""
    held = {leaf.path: leaf.value for leaf in leaves}
    earlier = {
        path.rpartition(".")[0] for path, value in held.items() if value is True and path.endswith(_EARLIER)
    }

    def is_of_earlier_contract(path: str) -> bool:
        item = path.rpartition(".")[0]
        return item in earlier or f"deal.terms[{held.get(f'{item}.contract')}]" in earlier

    found: list[str] = []
    for pattern, most in KEY_TERMS:
        matching = [leaf.path for leaf in leaves if re.match(pattern, leaf.path)]
        found += sorted(matching, key=is_of_earlier_contract)[:most]
    return found


def linked_problems(sections: list[EditorSection], problems: list[Problem]) -> list[tuple[str, str]]:
    """(id of the field or "", sentence) of every problem, for the summary above the form."""
    fields = [one for section in sections for _title, held in section.groups for one in held]
    return [
        (next((one.id for one in fields if _is_about(problem, one.leaf)), ""), problem.message)
        for problem in problems
    ]


def _field(leaf: InputLeaf, texts: Mapping[str, str], problems: list[Problem]) -> EditorField:
    own = _texts_of_leaf(leaf)
    held = {name: texts.get(name, text) for name, text in own.items()}
    errors = [problem.message for problem in problems if _is_about(problem, leaf)]
    return EditorField(leaf, held, errors, _options(leaf, held.get(leaf.path + "~shape", "")))


def _section(title: str, name: str, fields: list[EditorField], *, is_flat: bool = False) -> EditorSection:
    """A section by groups; a flat one is open and its fields say themselves what they belong to."""
    groups: dict[str, list[EditorField]] = {}
    for one in fields:
        groups.setdefault("" if is_flat else one.leaf.group, []).append(one)
    wrong = sum(bool(one.errors) for one in fields)
    return EditorSection(title, name, list(groups.items()), is_flat or wrong > 0, wrong, is_flat)


def _is_about(problem: Problem, leaf: InputLeaf) -> bool:
    rest = problem.path.removeprefix(leaf.path)
    return rest != problem.path and (not rest or rest[0] in ".[")


def _options(leaf: InputLeaf, shape: str) -> list[tuple[str, str]]:
    if leaf.kind == "quantity":
        offered = [("fixed", _("fixed"))]
        offered += [(name, _(words)) for name, words in SHAPES.items() if name in (*_OFFERED_SHAPES, shape)]
        return [*offered, ("discrete", _("a few values"))] if shape == "discrete" else offered
    options = [(name, _(words)) for name, words in leaf.choices.items()]
    held = typed(leaf.value, "")
    if options and held not in leaf.choices:
        options.insert(0, (held, held))
    return options


def _texts_of_leaf(leaf: InputLeaf) -> Texts:
    cited = {f"{leaf.path}~{name}": str(leaf.evidence.get(name, "")) for name in ("source", "confidence")}
    if leaf.kind != "quantity":
        return {leaf.path: typed(leaf.value, leaf.unit), **cited}
    held = leaf.value if isinstance(leaf.value, dict) else {}
    shape = str(held.get("shape", "fixed")) if isinstance(leaf.value, dict) else "fixed"
    return {
        leaf.path: "" if held else typed(leaf.value, leaf.unit),
        f"{leaf.path}~shape": shape,
        f"{leaf.path}~low": typed(held.get("low"), leaf.unit),
        f"{leaf.path}~high": typed(held.get("high"), leaf.unit),
        f"{leaf.path}~mode": typed(held.get("mode"), leaf.unit),
        **cited,
    }


def _value_of(leaf: InputLeaf, texts: Mapping[str, str]) -> JsonValue:
    text = texts.get(leaf.path, "").strip()
    if leaf.kind == "quantity":
        return _quantity_of(leaf, text, texts)
    if leaf.kind in ("number", "integer"):
        return read(text, leaf.unit)
    if leaf.kind == "flag":
        return {"true": True, "false": False}.get(text, text or None)
    if leaf.kind in ("numbers", "texts"):
        return read_list(text, leaf.unit)
    return text or None


def _quantity_of(leaf: InputLeaf, text: str, texts: Mapping[str, str]) -> JsonValue:
    shape = texts.get(f"{leaf.path}~shape", "fixed")
    held: dict[str, Any] = dict(leaf.value) if isinstance(leaf.value, dict) else {}
    if shape == "fixed":
        return read(text, leaf.unit)
    if shape == "discrete":
        return leaf.value
    ends: dict[str, Any] = {
        name: read(texts.get(f"{leaf.path}~{name}", ""), leaf.unit) for name in ("low", "high", "mode")
    }
    if shape not in _WITH_MODE:
        ends.pop("mode")
    kept: dict[str, Any] = {name: held[name] for name in ("coverage", "loadings") if name in held}
    return {**kept, "shape": shape, **{name: value for name, value in ends.items() if value is not None}}


def _tidy(text: str) -> str:
    return text.strip().replace("\r\n", "\n")
