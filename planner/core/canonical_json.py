"""JSON that is the same bytes wherever it is written, and JSON read without mercy."""

import hashlib
import json
import math
import re
from typing import Any, TypeAlias

from django.utils.translation import gettext as _

from planner.core.errors import InvalidInput, Problem

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

_SURROGATE = re.compile("[\ud800-\udfff]")
MOST_BYTES = 1_000_000
"""Of a document that somebody sends, and so of one that is stored."""
_LONGEST_INTEGER = 30  # digits; longer ones are typing errors or attacks, never money


def canonical_text(value: JsonValue) -> str:
    """Sorted keys, no spaces, floats by repr, -0.0 as 0.0. ValueError for NaN, infinities, lone surrogates."""
    text = json.dumps(
        _settled(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    if _SURROGATE.search(text):
        raise ValueError("a text holds half of a character (a lone surrogate)")
    return text


def digest_of(text: str) -> str:
    """SHA-256 of the UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _settled(value: JsonValue) -> JsonValue:
    if isinstance(value, float):
        return value + 0.0  # turns -0.0 into 0.0 and nothing else
    if isinstance(value, list | tuple):
        return [_settled(item) for item in value]
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"JSON keys are text, and this one is {key!r}")
        return {key: _settled(item) for key, item in value.items()}
    return value


def parse_strict(raw: bytes | str, *, max_bytes: int = MOST_BYTES, max_depth: int = 32) -> JsonValue:
    """The value of a JSON text. Raises InvalidInput for anything that two readers could understand differently."""
    text = _decoded(raw, max_bytes)
    _refuse_deep(text, max_depth)
    try:
        value: JsonValue = json.loads(
            text,
            object_pairs_hook=_without_duplicates,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_moderate,
        )
    except json.JSONDecodeError as error:
        raise _invalid(
            _("This is not valid JSON: %(what)s at line %(line)d, column %(column)d.")
            % {"what": error.msg, "line": error.lineno, "column": error.colno}
        ) from error
    _refuse_odd_text(value, "")
    return value


def storable_text(value: JsonValue) -> str:
    """The canonical text of a value that is to be stored. Raises InvalidInput for one that could not be read again.

    The check is the one documents pass on their way in: defaults and edits may have made a good document too large.
    """
    try:
        text = canonical_text(value)
    except (ValueError, TypeError) as error:
        raise _invalid(str(error)) from error
    parse_strict(text)
    return text


def parse_stored(text: str) -> JsonValue:
    """The value of a text this product stored. Nothing is refused: what was kept must stay readable for ever."""
    value: JsonValue = json.loads(text)
    return value


def _invalid(message: str, path: str = "") -> InvalidInput:
    return InvalidInput([Problem(path, message)])


def _decoded(raw: bytes | str, max_bytes: int) -> str:
    size = len(raw) if isinstance(raw, bytes) else len(raw.encode(errors="surrogatepass"))
    if size > max_bytes:
        raise _invalid(
            _("This has %(size)s bytes. At most %(most)s are allowed.")
            % {"size": f"{size:,}", "most": f"{max_bytes:,}"}
        )
    try:
        text = raw.decode() if isinstance(raw, bytes) else raw
    except UnicodeDecodeError as error:
        raise _invalid(_("The document is not UTF-8 text.")) from error
    if text.startswith("\ufeff"):
        raise _invalid(_("The document starts with a byte order mark. Save it as UTF-8 without one."))
    return text


def _refuse_deep(text: str, max_depth: int) -> None:
    """Counts brackets outside strings first: the parser itself would exhaust the stack."""
    depth, inside, escaped = 0, False, False
    for character in text:
        if inside:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                inside = False
        elif character == '"':
            inside = True
        elif character in "[{":
            depth += 1
            if depth > max_depth:
                raise _invalid(
                    _("The document is nested more than %(most)d levels deep.") % {"most": max_depth}
                )
        elif character in "]}":
            depth -= 1


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _invalid(_("“%(key)s” is given twice in one object.") % {"key": key[:60]}, key[:60])
        found[key] = value
    return found


def _refuse_constant(name: str) -> float:
    raise _invalid(_("%(name)s is not a number JSON allows. Give a finite number.") % {"name": name})


def _finite(literal: str) -> float:
    number = float(literal)
    if not math.isfinite(number):
        raise _invalid(_("%(literal)s is too large to be a number.") % {"literal": literal[:40]})
    return number


def _moderate(literal: str) -> int:
    if len(literal.lstrip("-")) > _LONGEST_INTEGER:
        raise _invalid(
            _("An integer has %(digits)d digits. At most %(most)d are allowed.")
            % {"digits": len(literal.lstrip("-")), "most": _LONGEST_INTEGER}
        )
    return int(literal)


def _refuse_odd_text(value: JsonValue, path: str) -> None:
    if isinstance(value, str):
        if "\x00" in value:
            raise _invalid(_("A text holds a NUL character."), path)
        if _SURROGATE.search(value):
            raise _invalid(_("A text holds half of a character (a lone surrogate)."), path)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            _refuse_odd_text(item, f"{path}.{position}".lstrip("."))
    elif isinstance(value, dict):
        for key, item in value.items():
            _refuse_odd_text(key, path)
            _refuse_odd_text(item, f"{path}.{key}".lstrip("."))
