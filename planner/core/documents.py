"""What every stored document shares: frozen, strict, and each field says in words what it is.

A field is declared with `number`, `choice`, `day`, `flag`, `words` or `listed`, which carry title, unit, range, help
and where a value is usually found. Forms, diffs, exports and error sentences are drawn from these.
"""

import difflib
import math
from collections.abc import Mapping, Sequence
from typing import (
    Annotated,
    Any,
    ClassVar,
    Literal,
    TypeVar,
    get_args,
    get_origin,
)

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError, PydanticUndefined

from planner.core.canonical_json import JsonValue, canonical_text
from planner.core.errors import InvalidInput, Problem
from planner.core.texts import steering_in, without_steering

KEY_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,59}$"
Key = Annotated[str, Field(pattern=KEY_PATTERN)]
"""A stable name of a list item; it names streams of draws and paths, so it never changes its meaning."""

REQUIRED: Any = PydanticUndefined
MOST_PROBLEMS = 50


class Document(BaseModel):
    """The base of every stored shape. Unknown names, texts for numbers and values out of range are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
    title: ClassVar[str] = ""
    """What people call one of these; "" when it has no name of its own."""

    @field_validator("*", mode="after")
    @classmethod
    def _within_limits(cls, held: Any, info: ValidationInfo) -> Any:
        if isinstance(held, str):
            return held if held.isprintable() or is_kept(info) else cls._seen(held, str(info.field_name))
        if isinstance(held, int | float) and not isinstance(held, bool):
            low = high = held
        elif isinstance(held, Spread):
            low, high = held.extremes()
        else:
            return held
        extra = extra_of(cls.model_fields[str(info.field_name)])
        minimum, maximum = extra.get("minimum"), extra.get("maximum")
        for stated in (low, high):
            if (minimum is not None and stated < minimum) or (maximum is not None and stated > maximum):
                raise PydanticCustomError(
                    "sentence", "{sentence}", {"sentence": out_of_range_sentence(extra, stated)}
                )
        return held

    @classmethod
    def _seen(cls, held: str, name: str) -> str:
        """The text, when it steers nothing: a terminal obeys control characters, and a reader is misled by others."""
        steering = steering_in(held, lines=bool(extra_of(cls.model_fields[name]).get("lines")))
        if steering:
            sentence = _("It holds the control character U+%(code)04X. Remove it.") % {"code": ord(steering)}
            raise PydanticCustomError("sentence", "{sentence}", {"sentence": sentence, "inner": True})
        return held


class Spread(Document):
    """A value that may be a range: its stated ends are what limits apply to."""

    # A base and no protocol: to ask whether something follows a protocol takes 20 times as long, for every field.
    def extremes(self) -> tuple[float, float]:
        """The lowest and the highest."""
        raise NotImplementedError


Shape = TypeVar("Shape", bound=Document)


def number(
    title: str,
    unit: str,
    minimum: float | None,
    maximum: float | None,
    help: str,
    *,
    default: Any = REQUIRED,
    source: str = "",
) -> Any:
    """A number or Quantity with unit and allowed range; both ends belong to it, None is open."""
    return _field(title, help, default, unit=unit, minimum=minimum, maximum=maximum, source=source)


def choice(title: str, help: str, options: Mapping[str, str], *, default: Any = REQUIRED) -> Any:
    """One of a few words; `options` says in plain words what each stands for."""
    return _field(title, help, default, choices=dict(options))


def day(title: str, help: str, *, default: Any = REQUIRED, source: str = "") -> Any:
    """A calendar day."""
    return _field(title, help, default, unit="date", source=source)


def flag(title: str, help: str, *, default: Any = REQUIRED) -> Any:
    """Yes or no."""
    return _field(title, help, default, choices={"true": "yes", "false": "no"})


def words(
    title: str,
    help: str,
    *,
    default: Any = REQUIRED,
    longest: int = 120,
    shortest: int = 0,
    lines: bool = False,
) -> Any:
    """A short text for people, without control characters; with `lines` it may have several lines."""
    limits = {"min_length": shortest, "max_length": longest}
    return _field(title, help, default, limits, lines=lines or None)


def listed(title: str, help: str, *, default: Any = REQUIRED, most: int = 200) -> Any:
    """A list of items or of numbers."""
    return _field(title, help, default, limits={"max_length": most})


def part(title: str, help: str, *, default: Any = REQUIRED, is_measured: bool = False) -> Any:
    """A document inside a document; a measured one is carried along and never typed in."""
    return _field(title, help, default, measured=is_measured or None)


def _field(title: str, help: str, default: Any, limits: dict[str, Any] | None = None, **extra: Any) -> Any:
    kept = {name: value for name, value in extra.items() if value is not None and value != ""}
    return Field(default=default, title=title, description=help, json_schema_extra=kept, **(limits or {}))


def extra_of(field: FieldInfo) -> dict[str, Any]:
    """Unit, range, choices and source of a field, with its title."""
    extra = field.json_schema_extra
    return {"title": field.title or "", **(extra if isinstance(extra, dict) else {})}


# --- in words


def shown(value: float, unit: str) -> str:
    """A number as a sentence quotes it: a share as a percentage, large ones with commas."""
    if not math.isfinite(value):
        return str(value)
    if unit == "share" or unit.startswith("share "):
        return f"{value * 100:,.10g}%"
    return f"{value:,.12g}"


def out_of_range_sentence(extra: Mapping[str, Any], stated: float) -> str:
    """“Discount is 140%. It must be between 0% and 100%.”"""
    unit, minimum, maximum = extra.get("unit", ""), extra.get("minimum"), extra.get("maximum")
    said = {"title": _(extra["title"]), "stated": shown(stated, unit)}
    if minimum is not None and maximum is not None:
        ends = {"lowest": shown(minimum, unit), "highest": shown(maximum, unit)}
        return _("%(title)s is %(stated)s. It must be between %(lowest)s and %(highest)s.") % {**said, **ends}
    if minimum is not None:
        return _("%(title)s is %(stated)s. It must be at least %(lowest)s.") % {
            **said,
            "lowest": shown(minimum, unit),
        }
    return _("%(title)s is %(stated)s. It must be at most %(highest)s.") % {
        **said,
        "highest": shown(float(maximum or 0), unit),
    }


# --- reading and writing


def read_document(shape: type[Shape], value: JsonValue) -> Shape:
    """The typed document. Raises InvalidInput naming every field that is wrong, at most 50."""
    return _read(shape, value, {})


def read_kept(shape: type[Shape], value: JsonValue) -> Shape:
    """The typed document of a version that is kept: it stays readable when newer checks would refuse to save it again.

    Left out are the checks that ask `is_kept`. Raises InvalidInput for another shape or a value out of range.
    """
    return _read(shape, value, {_KEPT: True})


_KEPT = "kept"


def is_kept(info: ValidationInfo) -> bool:
    """Whether what is being read was saved before, under the checks of its day."""
    return bool(info.context and info.context.get(_KEPT))


def _read(shape: type[Shape], value: JsonValue, context: dict[str, Any]) -> Shape:
    try:
        return shape.model_validate_json(canonical_text(value), context=context)
    except ValidationError as error:
        raise InvalidInput(problems_in(shape, value, error)) from error
    except (ValueError, TypeError) as error:
        raise InvalidInput([Problem("", str(error))]) from error


def plain(document: Document) -> dict[str, Any]:
    """The document as JSON values: floats always floats, what is None left out."""
    return document.model_dump(mode="json", exclude_none=True)


def text_of(document: Document) -> str:
    """Canonical JSON; digests are over exactly these bytes."""
    return canonical_text(plain(document))


def inner_shapes(annotation: Any) -> list[type[Document]]:
    """Every Document class that an annotation mentions, in order."""
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return [annotation] if issubclass(annotation, Document) else []
    return [shape for argument in get_args(annotation) for shape in inner_shapes(argument)]


def kind_of(shape: type[Document]) -> str | None:
    """The `kind` word that marks this shape in a union; None when it has none."""
    field = shape.model_fields.get("kind")
    if field is None or get_origin(field.annotation) is not Literal:
        return None
    return str(get_args(field.annotation)[0])


def problems_in(shape: type[Document], value: JsonValue, error: ValidationError) -> list[Problem]:
    """One sentence per error, at the path the editor and the API use ("deal.terms[trainium].discount_share")."""
    problems: list[Problem] = []
    for found in error.errors(include_url=False):
        path, title, unit, owner = _whereabouts(shape, value, found["loc"])
        several = found.get("ctx", {}).get("problems")
        if several:  # found by a cross check, with paths from its own document on
            problems += [Problem(_joined(path, problem.path), problem.message) for problem in several]
            continue
        problems.append(Problem(path, _sentence(found, title, unit, owner)))
    unique = list(dict.fromkeys(problems))
    return unique[:MOST_PROBLEMS]


def several_problems(problems: Sequence[Problem]) -> PydanticCustomError:
    """The error a cross check raises when it found these; `problems_in` takes them apart again."""
    said = " ".join(problem.message for problem in problems)
    return PydanticCustomError("several", "{said}", {"said": said, "problems": list(problems)})


def repeated_keys(path: str, items: Sequence[Any]) -> list[Problem]:
    """A problem for every item whose key an earlier one has."""
    seen: set[str] = set()
    problems: list[Problem] = []
    for item in items:
        if item.key in seen:
            sentence = _("The key “%(key)s” is used twice. Give each item its own.") % {"key": item.key}
            problems.append(Problem(f"{path}[{item.key}].key", sentence))
        seen.add(item.key)
    return problems


def _joined(path: str, rest: str) -> str:
    return f"{path}.{rest}" if path and rest else path or rest


def _whereabouts(
    shape: type[Document], value: JsonValue, location: tuple[int | str, ...]
) -> tuple[str, str, str, type[Document] | None]:
    """Path with list items by key, title and unit of the field, and the shape it belongs to."""
    path, here, shapes = "", value, [shape]
    title, unit, owner, uncertain = "", "", shape, ""
    for place in location:
        if isinstance(place, int):
            here = here[place] if isinstance(here, list) and place < len(here) else None
            name = here.get("key") if isinstance(here, dict) else None
            path += f"[{name}]" if isinstance(name, str) else f"[{place}]"
            continue
        tagged = [
            candidate for candidate in shapes if kind_of(candidate) == place or _tag(candidate) == place
        ]
        if tagged or (place in _TAGS and not (isinstance(here, dict) and place in here)):
            shapes = tagged
            uncertain = title if place in _TAGS and place != "fixed" else ""
            continue
        path = _joined(path, place)
        here = here.get(place) if isinstance(here, dict) else None
        owner = next((one for one in shapes if place in one.model_fields), shapes[0] if shapes else owner)
        field = owner.model_fields.get(place)
        title = (field.title if field else None) or place
        unit = str(extra_of(field).get("unit", "")) if field else ""
        title = f"{uncertain} ({title.lower()})" if uncertain else title
        shapes = inner_shapes(field.annotation) if field else []
    return path, title, unit, owner


_TAGS = {"fixed", "range", "discrete"}


def _tag(shape: type[Document]) -> str:
    return str(getattr(shape, "tag", ""))


def _sentence(found: ErrorDetails, title: str, unit: str, owner: type[Document] | None) -> str:
    kind, limits, held = found["type"], found.get("ctx", {}), found.get("input")
    said = {"title": _(title) if title else _("The document"), "held": _quoted(held)}
    if kind == "sentence":
        sentence, numbers = str(limits["sentence"]), limits.get("numbers")
        if numbers:
            sentence %= {name: shown(value, unit) for name, value in numbers.items()}
        return f"{said['title']}: {sentence}" if limits.get("inner") else sentence
    if kind == "missing":
        return _("%(title)s is missing.") % said
    if kind == "extra_forbidden":
        return _unknown_name(found, owner)
    if kind == "finite_number":
        return _("%(title)s must be a finite number.") % said
    if kind in {"less_than_equal", "greater_than_equal"}:
        at_most = kind == "less_than_equal"
        words = (
            _("%(title)s is %(held)s. It must be at most %(limit)s.")
            if at_most
            else _("%(title)s is %(held)s. It must be at least %(limit)s.")
        )
        return words % {**said, "limit": shown(limits["le" if at_most else "ge"], "")}
    if kind in {"literal_error", "union_tag_invalid"}:
        allowed = str(limits.get("expected") or limits.get("expected_tags", "")).replace("'", "")
        return _("%(title)s is %(held)s. It must be one of: %(allowed)s.") % {**said, "allowed": allowed}
    expected = _expected(kind)
    if expected:
        return _("%(title)s is %(held)s. It must be %(expected)s.") % {**said, "expected": expected}
    text = str(found["msg"]).removeprefix("Value error, ").rstrip(".")
    return _("%(title)s is %(held)s. %(text)s.") % {**said, "text": text}


def _expected(kind: str) -> str | None:
    """What a value of the wrong type must be instead; None for another mistake."""
    return {
        "float_type": _("a number"),
        "int_type": _("a whole number"),
        "int_from_float": _("a whole number"),
        "bool_type": _("true or false"),
        "string_type": _("a text"),
        "date_type": _("a date such as 2026-03-31"),
        "date_parsing": _("a date such as 2026-03-31"),
        "date_from_datetime_parsing": _("a date such as 2026-03-31"),
        "tuple_type": _("a list"),
        "model_type": _("an object with named fields"),
        "model_attributes_type": _("an object with named fields"),
        "dict_type": _("an object with named fields"),
        "union_tag_not_found": _("an object that says its kind"),
        "string_pattern_mismatch": _("small letters, digits, - and _, at most 60 of them"),
    }.get(kind)


def _unknown_name(found: ErrorDetails, owner: type[Document] | None) -> str:
    name = without_steering(str(found["loc"][-1]))[:60]
    near = difflib.get_close_matches(name, list(owner.model_fields) if owner else [], n=1)
    if near:
        return _("“%(name)s” is not a field here. Did you mean “%(near)s”?") % {"name": name, "near": near[0]}
    return _("“%(name)s” is not a field here. Remove it.") % {"name": name}


def _quoted(held: object) -> str:
    """What was given, at most 60 characters of it."""
    if held is None:
        return _("empty")
    if isinstance(held, bool):
        return "true" if held else "false"
    if isinstance(held, str):
        held = without_steering(held)
        return f"“{held[:59]}…”" if len(held) > 60 else f"“{held}”"
    if isinstance(held, Mapping):
        return _("an object")
    if isinstance(held, Sequence):
        return _("a list")
    return str(held)[:60]
