"""A bare Django page of the shape of one of ours, to measure ours against.

"The same shape" means what a Django developer in no hurry would write to show the same thing, and no more:

- the same middleware, session, user and memberships, and the same number of queries through the ORM, each with a join:
  one reads the rows of a list, the others one row each;
- a template that extends the same base, so the same head, navigation, menu and footer;
- as many table rows and cells as ours, in one loop with the cells written out: as many links through `{% url %}`, dates
  through `date` and figures through `floatformat` as ours has links, dates and figures, other cells plain values;
- as many paragraphs, headings and list items, each with one value;
- every control that has a label of its own as a field of a Django form, with its help text, drawn by Django's form
  renderer; every further control (the parts of a range, a source) as plain markup in a loop, which is quicker than
  the renderer and how somebody would write such a row; as many options as ours;
- filled with letters to the bytes of ours, which costs nothing: no more is granted for long markup.

Nothing is translated, folded, compared or drawn there. A renderer for every control would be laxer; a page without
base, links or filters would be stricter than anything one could put on a screen. The form renderer is slow, though, and
we do not use it, so there is a second, stricter page: `plainly`, the fields too are markup in a loop.
"""

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import Template, engines

from planner.scenarios.models import Scenario
from planner.teams.access import my_teams

MOST_ROWS = 25
_TEXTS = {"p", "li", "dt", "dd", "h1", "h2", "h3", "h4", "legend", "summary"}
_CONTROLS = {"input", "select", "textarea"}


@dataclass
class Control:
    """One control: its tag, its id and how many options it offers."""

    tag: str
    id: str
    options: int = 0


class Shape(HTMLParser):
    """What stands between <main> and its end, counted."""

    def __init__(self, html: str, queries: int) -> None:
        super().__init__()
        self.queries, self.size = queries, len(html.encode())
        self.counts: dict[str, int] = {}
        self.figures = self.helps = 0
        self.controls: list[Control] = []
        self.labelled: set[str] = set()
        self.feed(html[html.index("<main") : html.index("</main>")])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.counts[tag] = self.counts.get(tag, 0) + 1
        words = said.get("class", "").split()
        self.figures += tag == "td" and ("n" in words or "number" in words)
        self.helps += "help" in words
        if tag == "label" and "for" in said:
            self.labelled.add(said["for"])
        if tag in _CONTROLS and said.get("type") != "hidden":
            self.controls.append(Control(tag, said.get("id", "")))
        if tag == "option" and self.controls:
            self.controls[-1].options += 1

    @property
    def rows(self) -> int:
        return self.counts.get("tr", 0)

    @property
    def cells(self) -> int:
        return self.counts.get("td", 0) + self.counts.get("th", 0)

    @property
    def texts(self) -> int:
        return sum(self.counts.get(tag, 0) for tag in _TEXTS)

    @property
    def fields(self) -> list[Control]:
        """Those with a label of their own."""
        return [one for one in self.controls if one.id in self.labelled]

    @property
    def further(self) -> list[Control]:
        return [one for one in self.controls if one.id not in self.labelled]


@dataclass
class BarePage:
    """The shape with what was made ready for it before the first request: template and form class."""

    shape: Shape
    template: Template
    form: type[forms.Form]
    further: list[tuple[str, str, list[str]]]
    filler: str = ""


PAGE: BarePage | None = None
"""Set by the test before it asks for the page."""


def page_of(shape: Shape, *, plainly: bool = False) -> BarePage:
    """The page of this shape; `plainly`: without Django's form renderer."""
    drawn = [] if plainly else shape.fields
    fields = {f"field_{number}": _field(one, number < shape.helps) for number, one in enumerate(drawn)}
    source = (
        '{% extends "base.html" %}{% block content %}'
        + "{% for row in texts %}<p>{{ row.name }}</p>{% endfor %}"
        + "<table>{% for row in rows %}<tr>"
        + _cells(shape)
        + "</tr>{% endfor %}</table>"
        + "<form method='post'>{% csrf_token %}{{ form }}{% for tag, name, options in further %}"
        + "{% if tag == 'select' %}<select name='{{ name }}'>{% for option in options %}"
        + "<option value='{{ option }}'>{{ option }}</option>{% endfor %}</select>{% elif tag == 'input' %}"
        + "<input name='{{ name }}' value='{{ first.name }}'>{% else %}"
        + "<textarea name='{{ name }}'>{{ first.name }}</textarea>{% endif %}{% endfor %}</form>"
        + "<p>{{ filler }}</p>{% endblock %}"
    )
    template = engines["django"].from_string(source)
    further = [
        (one.tag, f"part_{number}", [f"choice_{option}" for option in range(one.options)])
        for number, one in enumerate(shape.controls if plainly else shape.further)
    ]
    return BarePage(shape, template, type("BareForm", (forms.Form,), fields), further)  # type: ignore[arg-type]


def _field(control: Control, is_helped: bool) -> forms.Field:
    said: dict[str, Any] = {"label": "A field", "help_text": "What it means." if is_helped else ""}
    if control.tag == "select":
        choices = [(number, f"Choice {number}") for number in range(control.options)]
        return forms.ChoiceField(choices=choices, **said)
    return forms.CharField(widget=forms.Textarea if control.tag == "textarea" else forms.TextInput, **said)


def _cells(shape: Shape) -> str:
    """The cells of a row, written out: its share of the links, dates and figures, then plain values."""
    rows = max(shape.rows, 1)
    many = round(shape.cells / rows)
    link = "<a href='{% url \"scenarios:detail\" row.uuid %}'>{{ row.name }}</a>"
    kinds = [link] * round(shape.counts.get("a", 0) / rows)
    kinds += ["{{ row.changed_at|date:'Y-m-d' }}"] * round(shape.counts.get("time", 0) / rows)
    kinds += ["{{ row.equity_usd|floatformat:1 }}"] * round(shape.figures / rows)
    kinds += ["{{ row.provider }}"] * many
    return "".join(f"<td>{kind}</td>" for kind in kinds[:many])


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    """The page that PAGE says."""
    assert PAGE is not None
    assert request.user.is_authenticated
    shape = PAGE.shape
    mine = [team.pk for team in my_teams(request.user)]
    listed = Scenario.objects.filter(team__in=mine, archived_at=None).select_related("team")
    listed = listed.order_by("-changed_at")
    found = list(listed[:MOST_ROWS])
    for _query in range(shape.queries - 1):
        listed.first()
    context: dict[str, Any] = {
        "rows": _repeated(found, shape.rows),
        "texts": _repeated(found, shape.texts),
        "first": found[0],
        "form": PAGE.form(),
        "further": PAGE.further,
        "filler": PAGE.filler,
    }
    return HttpResponse(PAGE.template.render(context, request))


def _repeated(found: list[Scenario], many: int) -> list[Scenario]:
    return (found * (many // len(found) + 1))[:many]
