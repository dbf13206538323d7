"""The three steps of somebody new, with where they stand. It goes away by itself, or when told to."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from planner.pages.queries import ScenarioLine
from planner.teams.models import User

State: TypeAlias = Literal["done", "next", "later"]
_A_YEAR = 365 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `address` and `action` are those of its button; only the next step has one."""

    title: str
    says: str
    state: State
    address: str
    action: str


def start_of(started: ScenarioLine | None) -> list[Step]:
    """The steps of somebody who started this scenario (None: no scenario yet). Empty once a result has been seen."""
    if started is not None and started.run is not None:
        return []
    done = 0 if started is None else 1
    if started is not None and started.version is not None and started.version.number > 1:
        done = 2
    scenario = None if started is None else started.scenario.uuid
    steps = [
        (
            _("Choose a template"),
            _("A worked deal with a source for every figure, or a blank one."),
            reverse("scenarios:new"),
            _("Choose a template"),
        ),
        (
            _("Change what you know"),
            _("Look at the key terms and put in your own. The rest may stay as it is."),
            reverse("scenarios:edit", args=[scenario]) if scenario else "",
            _("Look at the key terms"),
        ),
        (
            _("Save, run and read"),
            _("One button saves a version and computes it. The answer is one sentence."),
            reverse("scenarios:detail", args=[scenario]) if scenario else "",
            _("Open the scenario"),
        ),
    ]
    states: list[State] = ["done" if at < done else "next" if at == done else "later" for at in range(3)]
    return [
        Step(title, says, state, address if state == "next" else "", action)
        for (title, says, address, action), state in zip(steps, states, strict=True)
    ]


def is_dismissed(request: HttpRequest, viewer: User) -> bool:
    """Whether this person has sent the steps away in this browser."""
    return _cookie_of(viewer) in request.COOKIES


def dismiss(answer: HttpResponse, viewer: User) -> HttpResponse:
    """The answer with the mark that keeps the steps away, also after the next sign-in."""
    answer.set_cookie(_cookie_of(viewer), "1", max_age=_A_YEAR, httponly=True, samesite="Lax")
    return answer


def show_again(answer: HttpResponse, viewer: User) -> HttpResponse:
    """The answer that brings the steps back."""
    answer.delete_cookie(_cookie_of(viewer), samesite="Lax")
    return answer


def _cookie_of(viewer: User) -> str:
    return f"start_dismissed_{viewer.uuid.hex}"
