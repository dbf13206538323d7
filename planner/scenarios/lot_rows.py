"""Rows copied from a spreadsheet into a fleet: each becomes a lot, or the cell that is wrong is named."""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from planner.core.canonical_json import JsonValue
from planner.core.documents import read_document
from planner.core.errors import InvalidInput
from planner.fleets.documents import LotDocument
from planner.scenarios.figures import read
from planner.scenarios.list_edits import MOST_ITEMS, new_key
from planner.scenarios.paths import Raw

COLUMNS = (
    "label",
    "chip",
    "contract",
    "chips",
    "online_from",
    "ramp_quarters",
    "built_share",
    "it_capex_usd_per_chip",
    "site_capex_usd_per_kw",
    "operations_usd_per_chip_hour",
)
"""What the cells of a row are, from left to right, unless the first row names them."""

_NEEDED = COLUMNS[:5]
_TEXTS = {"label", "chip", "contract", "online_from"}
_MOST_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as pasted; `error` is "" when it is right."""

    text: str
    error: str


@dataclass(frozen=True, slots=True)
class PastedRows:
    """The document with the new lots, or as it was when any cell is wrong. `problem` is about the whole."""

    raw: Raw
    text: str
    heads: list[str]
    rows: list[list[Cell]]
    count: int
    problem: str = ""

    @property
    def problems(self) -> int:
        """How many cells are wrong, and 1 for the whole."""
        return bool(self.problem) + sum(bool(cell.error) for row in self.rows for cell in row)


def titles() -> list[str]:
    """The names of the columns, in the order they are expected."""
    return [_title(name) for name in COLUMNS]


def with_rows(raw: Raw, text: str) -> PastedRows:
    """The fleet with one lot more for each row of tab-separated cells; all of them or none."""
    lines = [line.split("\t") for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
    names = _named_columns(lines[0]) if lines else None
    columns = names or list(COLUMNS)
    lines = lines[1:] if names else lines
    lots = _lots_of(raw)
    refused = _refusal(lines, lots, text)
    if refused:
        return PastedRows(raw, text, [], [], 0, refused)
    changed = deepcopy(raw)
    held = changed["fleet"].setdefault("lots", [])
    rows, keys = [], _keys_by_name(raw)
    for line in lines:
        lot, cells = _lot(line, columns, held, keys)
        held.append(lot)
        rows.append(cells)
    heads = [_title(name) if name else "" for name in columns]
    wrong = any(cell.error for row in rows for cell in row)
    return PastedRows(raw if wrong else changed, text, heads, rows, 0 if wrong else len(rows))


def _refusal(lines: list[list[str]], lots: list[Any], text: str) -> str:
    if not lines:
        return _("There is no row to take over. Copy cells from a spreadsheet and paste them here.")
    if len(text.encode()) > _MOST_BYTES or len(lots) + len(lines) > MOST_ITEMS:
        said = {"rows": len(lines), "most": MOST_ITEMS, "held": len(lots)}
        return (
            _("These are %(rows)d rows. A fleet has at most %(most)d lots and this one has %(held)d.") % said
        )
    return ""


def _lots_of(raw: Raw) -> list[Any]:
    fleet = raw.get("fleet")
    held = fleet.get("lots") if isinstance(fleet, dict) else None
    return held if isinstance(held, list) else []


def _named_columns(line: list[str]) -> list[str] | None:
    """The fields a first row names, "" for a column that is none; None when it is a row of values."""
    known = {_title(name).casefold(): name for name in COLUMNS}
    found = [known.get(cell.strip().casefold(), "") for cell in line]
    return found if sum(bool(name) for name in found) >= 2 else None


def _keys_by_name(raw: Raw) -> dict[str, dict[str, str]]:
    """The keys of the document's chips and contracts by the names people read, small letters; {} where it has none."""
    deal, chips = raw.get("deal"), raw.get("chips")
    terms = deal.get("terms") if isinstance(deal, dict) else None
    listed = {"chip": chips, "contract": terms}
    return {
        column: {
            str(one["label"]).casefold(): str(one["key"])
            for one in (items if isinstance(items, list) else [])
            if isinstance(one, dict) and one.get("label") and one.get("key")
        }
        for column, items in listed.items()
    }


def _lot(
    line: list[str], columns: list[str], held: list[Any], keys: dict[str, dict[str, str]]
) -> tuple[dict[str, Any], list[Cell]]:
    """The lot of a row and its cells; what the row does not say is that of the first lot of the same chip."""
    given = {name: text.strip() for name, text in zip(columns, line, strict=False) if name}
    lot = {name: value for name, text in given.items() if (value := _value(name, text)) is not None}
    lot |= {
        name: known[text] for name, known in keys.items() if (text := given.get(name, "").casefold()) in known
    }
    like = next((one for one in held if isinstance(one, dict) and one.get("chip") == lot.get("chip")), {})
    costs = {name: value for name, value in like.items() if name not in {*_NEEDED, "key", "built_share"}}
    lot = {**deepcopy(costs), **lot}
    lot["key"] = new_key(given.get("label") or str(lot.get("chip") or "lot"), held)
    errors = _errors(lot, set(given))
    cells = [
        Cell(line[place] if place < len(line) else "", errors.get(name, "") if name else "")
        for place, name in enumerate(columns)
        if place < len(line) or errors.get(name)
    ]
    return lot, cells


def _value(name: str, text: str) -> JsonValue:
    if not text:
        return None
    return text if name in _TEXTS else read(text, _unit(name))


def _errors(lot: dict[str, Any], given: set[str]) -> dict[str, str]:
    """A sentence by field, of those given or needed; costs that are still missing are asked for in the editor."""
    try:
        read_document(LotDocument, lot)
    except InvalidInput as error:
        found = {one.path.partition(".")[0]: one.message for one in error.problems}
        return {name: said for name, said in found.items() if name in lot or name in {*_NEEDED, *given}}
    return {}


def _title(name: str) -> str:
    return _(LotDocument.model_fields[name].title or name)


def _unit(name: str) -> str:
    extra = LotDocument.model_fields[name].json_schema_extra
    return str(extra.get("unit", "")) if isinstance(extra, dict) else ""
