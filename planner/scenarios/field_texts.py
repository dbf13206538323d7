"""An input as the texts its fields show, and those texts back as a value. Exact both ways.

A field's name is the input's path; the parts of a range add ~shape, ~low, ~high, ~mode, ~inside and ~factors to it,
and what is said about its source ~source, ~confidence and ~note.
"""

from collections.abc import Mapping
from typing import Any

from planner.core.canonical_json import JsonValue
from planner.scenarios.figures import is_share, read, read_ends, read_list, read_words, typed
from planner.scenarios.paths import InputLeaf

Texts = dict[str, str]

CITED = ("source", "confidence", "note")
WITH_MODE = ("triangular", "pert")
_RANGE_PARTS = ("shape", "low", "high", "mode", "inside", "factors")
_USUAL_COVERAGE = 0.9
"""What a range without a stated coverage encloses."""


def texts_of_leaf(leaf: InputLeaf) -> Texts:
    """Every text of one input by its field's name."""
    return {**value_texts(leaf, leaf.value), **cited_texts(leaf)}


def value_texts(leaf: InputLeaf, value: JsonValue) -> Texts:
    """The texts that would show this value."""
    if leaf.kind == "texts" and isinstance(value, list):
        return {leaf.path: " ".join(str(word) for word in value)}
    if leaf.kind != "quantity":
        return {leaf.path: typed(value, leaf.unit)}
    held = value if isinstance(value, dict) else {}
    ends = {f"{leaf.path}~{name}": typed(held.get(name), leaf.unit) for name in ("low", "high", "mode")}
    return {
        leaf.path: "" if held else typed(value, leaf.unit),
        f"{leaf.path}~shape": str(held.get("shape", "fixed")),
        **ends,
        f"{leaf.path}~inside": typed(held.get("coverage", _USUAL_COVERAGE), "share"),
        f"{leaf.path}~factors": _typed_factors(held.get("loadings")),
    }


def cited_texts(leaf: InputLeaf) -> Texts:
    """What is said about its source."""
    return {f"{leaf.path}~{name}": str(leaf.evidence.get(name, "")) for name in CITED}


def is_cited(name: str) -> bool:
    """Whether a field says something about a source, not about the value."""
    return name.rpartition("~")[2] in CITED and "~" in name


def value_of(leaf: InputLeaf, texts: Mapping[str, str]) -> JsonValue:
    """What these texts say; a text that cannot be read stays one, for validation to name. Empty is None."""
    text = texts.get(leaf.path, "").strip()
    if leaf.kind == "quantity":
        return _quantity_of(leaf, text, texts)
    if leaf.kind in ("number", "integer"):
        return read(text, leaf.unit)
    if leaf.kind == "flag":
        return {"true": True, "false": False}.get(text, text or None)
    if leaf.kind == "numbers":
        return read_list(text, leaf.unit)
    if leaf.kind == "texts":
        return read_words(text)
    return text or None


def evidence_of(leaf: InputLeaf, texts: Mapping[str, str]) -> dict[str, str]:
    """What these texts say about the source; what no field shows is kept."""
    kept = {name: str(text) for name, text in leaf.evidence.items() if name not in CITED and text}
    stated = {name: tidy(texts.get(f"{leaf.path}~{name}", "")) for name in CITED}
    return {**kept, **{name: text for name, text in stated.items() if text}}


def tidy(text: str) -> str:
    """The text as it counts: browsers send other line ends, and spaces around it mean nothing."""
    return text.strip().replace("\r\n", "\n")


def _quantity_of(leaf: InputLeaf, text: str, texts: Mapping[str, str]) -> JsonValue:
    def said(name: str) -> str:
        return texts.get(f"{leaf.path}~{name}", "").strip()

    shape = said("shape") or "fixed"
    if shape == "discrete":
        return leaf.value
    typed_as_range = read_ends(text if shape == "fixed" else said("low"), leaf.unit)
    if shape == "fixed" and typed_as_range is None:
        return read(text, leaf.unit)
    ends: dict[str, JsonValue] = {name: read(said(name), leaf.unit) for name in ("low", "high")}
    if typed_as_range is not None:
        ends = {"low": typed_as_range[0], "high": typed_as_range[1]}
        shape = _usual_shape(leaf, *typed_as_range) if shape == "fixed" else shape
    if shape in WITH_MODE:
        ends["mode"] = read(said("mode"), leaf.unit)
    held: dict[str, Any] = dict(leaf.value) if isinstance(leaf.value, dict) else {}
    coverage: JsonValue = read(said("inside"), "share") if said("inside") else held.get("coverage")
    if coverage == _USUAL_COVERAGE and "coverage" not in held:
        coverage = None
    factors = _read_factors(said("factors")) if f"{leaf.path}~factors" in texts else held.get("loadings")
    if not factors and "loadings" not in held:
        factors = None
    parts = {"coverage": coverage, "loadings": factors, "shape": shape, **ends}
    return {name: value for name, value in parts.items() if value is not None}


def _usual_shape(leaf: InputLeaf, low: float, high: float) -> str:
    """The shape of a range that somebody typed as one text."""
    if is_share(leaf.unit) and low > 0 and high < 1:
        return "beta"
    return "lognormal" if low > 0 else "normal"


def _typed_factors(loadings: Any) -> str:
    if not isinstance(loadings, dict):
        return str(loadings or "")
    return ", ".join(f"{name} {typed(loading, '')}" for name, loading in loadings.items())


def _read_factors(text: str) -> JsonValue:
    """ "chips 0.5, demand -0.3" as a mapping; the text itself when it says anything else."""
    found: dict[str, JsonValue] = {}
    for part in (part.strip() for part in text.replace("\n", ",").replace(";", ",").split(",")):
        if not part:
            continue
        name, _space, number = part.replace(":", " ").replace("=", " ").rpartition(" ")
        loading = read(number.replace("−", "-"), "")
        if not name.strip() or isinstance(loading, str):
            return text
        found[name.strip()] = loading
    return found
