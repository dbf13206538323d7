"""The switches above the table: price kind, tokens, operating point; each choice is an address."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from planner.core.lists import without
from planner.runs.cost_table.forms import TOKENS, Question
from planner.runs.cost_table.points import POINTS
from planner.runs.cost_table.prices import KINDS


@dataclass(frozen=True, slots=True)
class Choice:
    """One position of a switch."""

    key: str
    label: str
    query: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Switch:
    """A switch with its positions. `value` is what the form beside it carries on."""

    name: str
    title: str
    choices: list[Choice]

    @property
    def value(self) -> str:
        return next((choice.key for choice in self.choices if choice.is_chosen), "")


def switches_of(asked: QueryDict, question: Question) -> list[Switch]:
    """The three switches as they stand."""
    points = {key: point.label for key, point in POINTS.items()}
    return [
        _switch("kind", _("Price of a chip-hour"), KINDS, question.kind, asked),
        _switch("token", _("USD per 1M tokens of"), TOKENS, question.token, asked),
        _switch("point", _("Operating point"), points, question.point.key, asked),
    ]


def _switch(name: str, title: str, choices: Any, chosen: str, asked: QueryDict) -> Switch:
    rest = without(asked, name)
    return Switch(
        name,
        title,
        [Choice(key, _(str(label)), f"?{rest}{name}={key}", key == chosen) for key, label in choices.items()],
    )
