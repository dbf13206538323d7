"""The editor as data: every input of a draft as fields with texts, in sections, with what is wrong at each."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from planner.core.canonical_json import JsonValue
from planner.core.errors import InvalidInput, Problem
from planner.core.quantities import SHAPES
from planner.scenarios.documents import CONFIDENCE, scenario_document
from planner.scenarios.field_texts import WITH_MODE, Texts, texts_of_leaf, value_texts
from planner.scenarios.figures import in_words, is_share, typed
from planner.scenarios.key_terms import Hinges, key_terms
from planner.scenarios.merging import merged
from planner.scenarios.paths import InputLeaf, Raw, get, is_same, walk

_OFFERED_SHAPES = ("lognormal", "normal", "uniform", "beta")


@dataclass(frozen=True, slots=True)
class EditorField:
    """One input with the texts it shows. `parts` are the names of its ~parts; empty when it is one text."""

    leaf: InputLeaf
    texts: Mapping[str, str]
    errors: list[str]
    options: tuple[tuple[str, str], ...] = ()
    saved: InputLeaf | None = None
    """The same input in the version last saved; None when that has no such input or nothing is compared."""
    saved_texts: Texts | None = None
    """The texts of its value there; None when the draft holds the same."""
    gap: float | None = None
    """By how much the headline differs between its lowest and highest fifth; None when no run measured it."""

    @property
    def id(self) -> str:
        """Its id in the page."""
        return id_of(self.leaf.path)

    @property
    def saved_words(self) -> str:
        """What the version last saved holds, when the draft differs; else ""."""
        if self.saved is None or self.saved_texts is None:
            return ""
        return in_words(self.saved.value, self.saved.unit, self.saved.choices)

    @property
    def saved_json(self) -> str:
        return json.dumps(self.saved_texts)

    @property
    def is_changed(self) -> bool:
        return self.saved_texts is not None

    @property
    def differs_from_default(self) -> bool:
        return self.leaf.has_default and not self.leaf.is_default

    @property
    def default_text(self) -> str:
        return typed(self.leaf.default, self.leaf.unit)

    @property
    def points(self) -> int:
        """The gap in points of the headline, without its sign; 0 when no run measured it."""
        return round(abs(self.gap or 0) * 100)

    @property
    def is_list(self) -> bool:
        return self.leaf.kind == "numbers"

    @property
    def cells(self) -> int:
        """How many values a list holds."""
        return len(self.leaf.value) if isinstance(self.leaf.value, list) else 0

    @property
    def option_tags(self) -> SafeString:
        """The options as HTML, the one held selected."""
        return _option_tags(self.options, self.shape if self.leaf.kind == "quantity" else self.text)

    @property
    def inside(self) -> str:
        return self.texts.get(self.leaf.path + "~inside", "")

    @property
    def factors(self) -> str:
        return self.texts.get(self.leaf.path + "~factors", "")

    @property
    def note(self) -> str:
        return self.texts.get(self.leaf.path + "~note", "")

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
        return self.shape in WITH_MODE

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
    def confidences(self) -> SafeString:
        """What may be said about a source, as options; drawn once for all fields that say the same."""
        return _confidence_options(self.confidence, get_language() or "")


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
    def fields(self) -> list[EditorField]:
        return [one for _title, fields in self.groups for one in fields]

    @property
    def count(self) -> int:
        return len(self.fields)

    @property
    def own(self) -> int:
        """How many differ from what an omitted field would mean."""
        return sum(one.differs_from_default for one in self.fields)

    @property
    def changed(self) -> int:
        """How many differ from the version last saved."""
        return sum(one.is_changed for one in self.fields)

    @property
    def measured(self) -> int:
        """How many are here because a run measured them."""
        return sum(one.gap is not None for one in self.fields)


def texts_of(raw: Mapping[str, Any]) -> Texts:
    """Every field of the draft by name, as the editor shows it."""
    return texts_of_leaves(walk(raw))


def texts_of_leaves(leaves: Iterable[InputLeaf]) -> Texts:
    """The same of inputs that were walked already."""
    texts: Texts = {}
    for leaf in leaves:
        texts.update(texts_of_leaf(leaf))
    return texts


def values_from(
    raw: Mapping[str, Any], posted: Mapping[str, str], opened: Mapping[str, str]
) -> dict[str, JsonValue]:
    """What somebody changed, by path: the fields whose posted text differs from the one they opened.

    Changed sources come as one value at the path "evidence".
    """
    return merged(raw, posted, opened, has_moved=False).values


def problems_of(raw: Raw) -> list[Problem]:
    """Everything that keeps the draft from becoming a version."""
    try:
        scenario_document(raw)
    except InvalidInput as error:
        return error.problems
    return []


def sections_of(
    raw: Raw,
    texts: Mapping[str, str],
    problems: list[Problem],
    *,
    leaves: Sequence[InputLeaf] | None = None,
    saved: Mapping[str, InputLeaf] | None = None,
    hinges: Hinges = (),
) -> list[EditorSection]:
    """Key terms first and open, then every section, folded unless something in it is wrong.

    `leaves` are those of `raw` when they were walked already, `saved` those of the version by path (None: nothing is
    compared), `hinges` what the newest run measured.
    """
    leaves = walk(raw) if leaves is None else leaves
    key_paths = key_terms(leaves, hinges)
    gaps = dict(hinges)
    by_path = {
        leaf.path: _field(
            leaf, texts, problems, saved, gaps.get(leaf.path) if leaf.path in key_paths else None
        )
        for leaf in leaves
    }
    sections = [_section(_("Key terms"), "key-terms", [by_path[path] for path in key_paths], is_flat=True)]
    titles = dict.fromkeys(leaf.section for leaf in leaves)
    for number, title in enumerate(titles):
        fields = [
            by_path[leaf.path] for leaf in leaves if leaf.section == title and leaf.path not in key_paths
        ]
        sections.append(_section(title, f"section-{number}", fields))
    return [section for section in sections if section.count]


def linked_problems(sections: list[EditorSection], problems: list[Problem]) -> list[tuple[str, str]]:
    """(id of the field or "", sentence) of every problem, for the summary above the form."""
    fields = [one for section in sections for one in section.fields]
    owners = [next((one for one in fields if is_about(problem, one.leaf)), None) for problem in problems]
    return [linked_sentence(one, problem) for one, problem in zip(owners, problems, strict=True)]


def linked_sentence(found: EditorField | None, problem: Problem) -> tuple[str, str]:
    """(id of the field or "", sentence); many terms have a "Rate", so the sentence says whose it is."""
    if found is None:
        return "", problem.message
    whose = found.leaf.group
    if not whose or problem.message.startswith(whose):
        return found.id, problem.message
    return found.id, _("%(group)s: %(sentence)s") % {"group": whose, "sentence": problem.message}


def _field(
    leaf: InputLeaf,
    texts: Mapping[str, str],
    problems: list[Problem],
    saved: Mapping[str, InputLeaf] | None,
    gap: float | None,
) -> EditorField:
    own = texts_of_leaf(leaf)
    held = {name: texts.get(name, text) for name, text in own.items()}
    errors = [sentence_at_field(problem, leaf) for problem in problems if is_about(problem, leaf)]
    shape = held.get(leaf.path + "~shape", "")
    before = saved.get(leaf.path) if saved is not None else None
    saved_texts = None
    if before is not None and not is_same(before.value, leaf.value):
        saved_texts = value_texts(before, before.value)
    return EditorField(
        leaf, held, errors, _options(leaf, shape, get_language() or ""), before, saved_texts, gap
    )


def _section(title: str, name: str, fields: list[EditorField], *, is_flat: bool = False) -> EditorSection:
    """A section by groups; a flat one is open and its fields say themselves what they belong to."""
    groups: dict[str, list[EditorField]] = {}
    for one in fields:
        groups.setdefault("" if is_flat else one.leaf.group, []).append(one)
    wrong = sum(bool(one.errors) for one in fields)
    return EditorSection(title, name, list(groups.items()), is_flat or wrong > 0, wrong, is_flat)


def is_about(problem: Problem, leaf: InputLeaf) -> bool:
    """Whether a problem belongs at this input: it is about its value, a part of it, or its source."""
    path = problem.path
    if path.startswith("evidence."):
        return path.startswith(f"evidence.{leaf.path}.")
    return path.startswith(leaf.path) and (path == leaf.path or path[len(leaf.path)] in ".[")


def sentence_at_field(problem: Problem, leaf: InputLeaf) -> str:
    """The sentence as it stands at the field: a cell is counted from 1, a comma is asked to be a point."""
    rest = problem.path.removeprefix(leaf.path)
    sentence = problem.message
    if leaf.kind == "numbers" and rest.startswith("[") and rest[1:-1].isdecimal():
        sentence = _("Cell %(number)d: %(sentence)s") % {"number": int(rest[1:-1]) + 1, "sentence": sentence}
    if rest == ".loadings" and isinstance(get({"held": leaf.value}, "held.loadings"), str):
        sentence = _("Shared factors need a name and a number from -1 to 1 each, such as “chips 0.5”.")
    if re.search(r"“[^”]*\d,\d[^”]*”", sentence):
        sentence += " " + _("Write decimals with a point, and thousands as in 1,234,567.")
    return sentence


def id_of(path: str) -> str:
    """The id in the page of the input at this path."""
    return "f-" + re.sub(r"[^a-z0-9_-]+", "-", path.lower()).strip("-")


@lru_cache(maxsize=64)
def _confidence_options(chosen: str, _language: str) -> SafeString:
    offered = {"": _("not stated"), **{name: _(words) for name, words in CONFIDENCE.items()}}
    if chosen not in offered:
        offered[chosen] = chosen
    return _option_tags(tuple(offered.items()), chosen)


@lru_cache(maxsize=512)
def _option_tags(options: tuple[tuple[str, str], ...], chosen: str) -> SafeString:
    """Drawn once for all fields that offer and hold the same: a page has some 1,500 of them."""
    pairs = ((name, mark_safe(" selected") if name == chosen else "", said) for name, said in options)
    return format_html_join("", '<option value="{}"{}>{}</option>', pairs)


def _options(leaf: InputLeaf, shape: str, language: str) -> tuple[tuple[str, str], ...]:
    if leaf.kind == "quantity":
        return _shapes(shape if shape not in _OFFERED_SHAPES else "", language)
    options = [(name, _(words)) for name, words in leaf.choices.items()]
    held = typed(leaf.value, "")
    if options and held not in leaf.choices:
        options.insert(0, (held, held))
    return tuple(options)


@lru_cache(maxsize=64)
def _shapes(further: str, _language: str) -> tuple[tuple[str, str], ...]:
    """What a value may be; `further` is a shape that is held and not usually offered."""
    offered = [("fixed", _("fixed"))]
    offered += [
        (name, _(words).partition(":")[0])  # the curve beside it shows the rest
        for name, words in SHAPES.items()
        if name in (*_OFFERED_SHAPES, further)
    ]
    return (*offered, ("discrete", _("a few values"))) if further == "discrete" else tuple(offered)
