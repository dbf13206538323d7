"""What the newest catalog release says about chips and models, as the cost table needs it. Nothing is guessed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from planner.catalog import queries
from planner.catalog.actions import seeded_entries
from planner.catalog.documents import ReleasedEntry
from planner.catalog.models import CatalogRelease, Kind
from planner.core.errors import InvalidInput
from planner.runs.cost_table.documents import TableChipDocument, TableModelDocument

Entries = Mapping[str, ReleasedEntry]
"""Last part of the key ("hbm_gb") -> entry, of one chip or model."""

CHIP_FIELDS = {
    "memory_gb": ("hbm_gb", gettext_noop("memory")),
    "memory_tb_per_s": ("hbm_bandwidth_tb_s", gettext_noop("memory bandwidth")),
    "link_gb_per_s": ("scaleup_bandwidth_gb_s", gettext_noop("scale-up bandwidth")),
    "scale_up_chips": ("scaleup_domain_chips", gettext_noop("scale-up domain")),
}
RATES = {"bf16": "bf16_dense_tflops", "fp8": "fp8_dense_tflops", "fp4": "fp4_dense_tflops"}
MODEL_FIELDS = {
    "total_parameters_b": ("total_params_b", gettext_noop("parameters in all")),
    "active_parameters_b": ("active_params_b", gettext_noop("active parameters")),
    "layers": ("layers", gettext_noop("layers")),
    "hidden_size": ("hidden_size", gettext_noop("hidden size")),
    "attention_heads": ("attention_heads", gettext_noop("attention heads")),
    "head_dimension": ("head_size", gettext_noop("size of a head")),
}
_GROUPED = {
    "kv_heads": gettext_noop("key-value heads"),
    "full_attention_layers": gettext_noop("layers whose cache grows"),
}
_EXPERTS = {
    "experts_per_token": gettext_noop("experts per token"),
    "expert_ffn_size": gettext_noop("feed-forward size of an expert"),
    "moe_layers": gettext_noop("layers with experts"),
}
_MATRICES_OF_AN_EXPERT = 3
# Gated delta networks keep keys x values of each head: 128 x 128 for heads twice as wide together as the model.
_STATE_OF_A_LINEAR_LAYER = 256.0


@dataclass(frozen=True, slots=True)
class Subject:
    """A chip or model of the release: how it is called, its entries, and its document or why there is none."""

    key: str
    label: str
    maker: str
    entries: Entries
    document: Any
    """TableChipDocument or TableModelDocument; None when the catalog does not hold what is needed."""
    missing: str
    """A sentence that names what is missing; "" when nothing is."""

    def source(self, field: str) -> ReleasedEntry | None:
        """The entry a field of the document was read from."""
        names = {**CHIP_FIELDS, **MODEL_FIELDS}
        name = names[field][0] if field in names else RATES.get(field, field)
        return self.entries.get(name)


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything of a release that the cost table reads; `prices` holds offers, costs of capital, site and power."""

    digest: str
    number: int
    name: str
    chips: tuple[Subject, ...]
    models: tuple[Subject, ...]
    prices: tuple[ReleasedEntry, ...]
    by_key: Mapping[str, ReleasedEntry]

    def chip(self, key: str) -> Subject | None:
        return next((one for one in self.chips if one.key == key), None)

    def model(self, key: str) -> Subject | None:
        return next((one for one in self.models if one.key == key), None)


def facts_of(release: CatalogRelease) -> Facts:
    """The facts of a release; releases never change, so a process reads each once."""
    key = (release.digest, get_language())
    if (found := _known.get(key)) is None:
        _known.clear()
        found = _known[key] = _read(release)
    return found


_known: dict[tuple[str, str | None], Facts] = {}
"""The newest facts of this process; the language is that of the sentences in them."""


def _read(release: CatalogRelease) -> Facts:
    entries = queries.entries_of(release)
    priced = (Kind.OFFER, Kind.CAPEX, Kind.SITE, Kind.POWER)
    prices = tuple(entry for entry in entries if entry.kind in priced)
    chips = _subjects(entries, Kind.CHIP, _chip)
    return Facts(
        digest=release.digest,
        number=release.number,
        name=release.name,
        chips=(*chips, *_only_priced(prices, {chip.label for chip in chips})),
        models=_subjects(entries, Kind.MODEL, _model),
        prices=prices,
        by_key={entry.key: entry for entry in entries},
    )


def seeded_documents() -> tuple[list[TableChipDocument], list[TableModelDocument]]:
    """Chips and models this product comes with, without any database: what published measurements are about."""
    entries: Any = seeded_entries()
    chips, models = _subjects(entries, Kind.CHIP, _chip), _subjects(entries, Kind.MODEL, _model)
    return [one.document for one in chips if one.document], [one.document for one in models if one.document]


def _subjects(entries: Iterable[ReleasedEntry], kind: str, read: Any) -> tuple[Subject, ...]:
    held: dict[str, dict[str, ReleasedEntry]] = defaultdict(dict)
    for entry in entries:
        if entry.kind == kind and entry.key.count(".") == 2:
            _kind, key, name = entry.key.split(".")
            held[key][name] = entry
    found = [read(key, names) for key, names in held.items()]
    return tuple(sorted(found, key=lambda one: one.label.casefold()))


def _only_priced(prices: Iterable[ReleasedEntry], specified: set[str]) -> tuple[Subject, ...]:
    """Chips that have offers and no specification: named, so that nobody looks for them in vain."""
    names = {
        entry.subject
        for entry in prices
        if entry.kind == Kind.OFFER and entry.subject and entry.subject not in specified
    }
    said = _("%(chip)s has prices, but the release holds no specification of it.")
    return tuple(
        Subject(
            key=name.casefold(),
            label=name,
            maker="",
            entries={},
            document=None,
            missing=said % {"chip": name},
        )
        for name in sorted(names)
    )


def _chip(key: str, entries: Entries) -> Subject:
    first = next(iter(entries.values()))
    label = first.subject or key
    missing = [words for name, words in CHIP_FIELDS.values() if name not in entries]
    rates = {name: entries[entry].value for name, entry in RATES.items() if entry in entries}
    if not rates:
        missing.append(gettext_noop("dense compute"))
    raw: dict[str, Any] = {
        name: entries[entry].value for name, (entry, _words) in CHIP_FIELDS.items() if entry in entries
    }
    raw |= {"key": key, "label": label, "vendor": first.provider, "family": label, "dense_tflops": rates}
    return _subject(key, label, first.provider, entries, TableChipDocument, raw, missing)


def _model(key: str, entries: Entries) -> Subject:
    first = next(iter(entries.values()))
    label = first.subject or key
    missing = [words for name, words in MODEL_FIELDS.values() if name not in entries]
    attention, lacking = _attention(entries)
    missing += lacking
    experts = None
    if "experts" in entries and entries["experts"].value > 0:
        missing += [words for name, words in _EXPERTS.items() if name not in entries]
        experts = None if missing else _experts(entries)
    raw: dict[str, Any] = {
        name: entries[entry].value for name, (entry, _words) in MODEL_FIELDS.items() if entry in entries
    }
    raw |= {"key": key, "label": label, "maker": first.provider, "attention": attention, "experts": experts}
    if "max_context_tokens" in entries:
        raw["max_context_tokens"] = entries["max_context_tokens"].value
    if "vocabulary_size" in entries and "hidden_size" in entries:
        raw["embedding_parameters_b"] = entries["vocabulary_size"].value * entries["hidden_size"].value / 1e9
    return _subject(key, label, first.provider, entries, TableModelDocument, raw, missing)


def _subject(
    key: str,
    label: str,
    maker: str,
    entries: Entries,
    shape: Any,
    raw: dict[str, Any],
    missing: list[str],
) -> Subject:
    document, sentence = None, ""
    if missing:
        words = ", ".join(_(word) for word in missing)
        sentence = _("%(name)s is left out: the release holds no %(missing)s.") % {
            "name": label,
            "missing": words,
        }
    else:
        try:
            document = _document(shape, raw)
        except InvalidInput as refusal:
            told = " ".join(problem.message for problem in refusal.problems)
            sentence = _("%(name)s is left out: %(told)s") % {"name": label, "told": told}
    return Subject(key, label, maker, entries, document, sentence)


def _document(shape: Any, raw: dict[str, Any]) -> Any:
    from planner.core.documents import read_document

    whole = {name: int(value) if _is_whole(shape, name) else value for name, value in raw.items()}
    return read_document(shape, {name: value for name, value in whole.items() if value is not None})


def _is_whole(shape: Any, name: str) -> bool:
    return shape.model_fields[name].annotation is int


def _attention(entries: Entries) -> tuple[dict[str, Any], list[str]]:
    """The attention and what is missing for it. Layers without a growing cache hold a window, or a constant state."""
    if "latent_kv_rank" in entries:
        rope = entries.get("latent_rope_size")
        if rope is None:
            return {}, [gettext_noop("rotary part of the latent cache")]
        rank = int(entries["latent_kv_rank"].value)
        return {"kind": "latent", "latent_rank": rank, "rope_dimension": int(rope.value)}, []
    missing = [words for name, words in _GROUPED.items() if name not in entries]
    if missing or "layers" not in entries or "head_size" not in entries:
        return {}, missing
    window = entries.get("sliding_window_tokens")
    limited = int(entries["layers"].value - entries["full_attention_layers"].value)
    width = entries["hidden_size"].value if "hidden_size" in entries else 0.0
    return {
        "kind": "grouped_query",
        "kv_heads": int(entries["kv_heads"].value),
        "head_dimension": int(entries["head_size"].value),
        "windowed_layers": limited if window else 0,
        "window_tokens": int(window.value) if window else 0,
        "linear_layers": 0 if window else limited,
        "linear_state_values": 0.0 if window else width * _STATE_OF_A_LINEAR_LAYER,
    }, []


def _experts(entries: Entries) -> dict[str, Any]:
    """The experts; the share of weights in them follows from the shapes of their three matrices."""
    value = {name: entry.value for name, entry in entries.items()}
    of_one = _MATRICES_OF_AN_EXPERT * value["hidden_size"] * value["expert_ffn_size"]
    routed, total = value["experts"] * of_one * value["moe_layers"] / 1e9, value["total_params_b"]
    return {
        "count": int(value["experts"]),
        "per_token": int(value["experts_per_token"]),
        "routed_share": min(routed / total, 1.0) if total else 1.0,  # a total of 0 is refused at its field
        "layers": int(value["moe_layers"]),
    }
