"""What the table says in one sentence. Chips whose bands overlap are never put in an order."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from planner.core.formatting import rough_price, unit_price
from planner.runs.cost_table.forms import Question
from planner.runs.cost_table.grid import Grid, Priced
from planner.runs.cost_table.prices import IN_WORDS

TOKEN_WORDS = {
    "output": gettext_noop("output tokens"),
    "input": gettext_noop("input tokens"),
    "cached_input": gettext_noop("cached input tokens"),
    "blended": gettext_noop("tokens, input and output together"),
}


def model_spoken_of(grid: Grid, question: Question) -> str:
    """The model of the sentence: the one asked for or sorted by, else the largest of those with most chips."""
    if asked := _model_asked(grid, question):
        return asked
    most = max((len(found) for found in grid.priced.values()), default=0)
    wide = [model for model in grid.models if len(grid.priced[model.key]) == most]
    return max(wide, key=lambda model: float(model.document.total_parameters_b)).key if wide else ""


def _model_asked(grid: Grid, question: Question) -> str:
    """The only model shown or the one sorted by; "" when the reader named none."""
    shown = [model.key for model in grid.models]
    sorted_by = question.sort.removeprefix("-")
    return sorted_by if sorted_by in shown else question.model if question.model in shown else ""


def why_this_model(grid: Grid, question: Question) -> str:
    """Why the sentence speaks of its model; "" when the reader named it or none has a price."""
    key = model_spoken_of(grid, question)
    if len(grid.models) < 2 or _model_asked(grid, question) or not grid.priced.get(key):
        return ""
    said = _(
        "Of the models shown, %(model)s is the largest of those that most chips serve at a known price. Choose a"
        " model, or sort by its column, to read about another."
    )
    return said % {"model": next(one.label for one in grid.models if one.key == key)}


def sentence(grid: Grid, question: Question) -> str | SafeString:
    """The sentence above the table."""
    key = model_spoken_of(grid, question)
    everything = grid.priced.get(key) or []
    found = _comparable(everything)
    model = next((one.label for one in grid.models if one.key == key), "")
    point, kind = _(question.point.label).lower(), _(IN_WORDS[question.kind])
    if not found:
        said = _("No chip shown has a price of this kind (%(kind)s) and serves %(model)s at “%(point)s”.")
        model = model if _model_asked(grid, question) else _("a model")
        return said % {"kind": kind, "model": model, "point": point}
    words = {"model": model, "point": point, "tokens": _(TOKEN_WORDS[question.token])}
    first = found[0]
    opening = format_html(_opening(found, len(everything)), **words, **_figures(first))
    return format_html("{} {}", opening, _rest(found))


def _comparable(found: list[Priced]) -> list[Priced]:
    """Those with a complete price; incomplete sums, which look cheap, only where there is nothing else."""
    return [one for one in found if not one.hour.without] or found


def _opening(found: list[Priced], priced: int) -> str:
    if len(found) > 1 and _overlapping(found):
        return _(
            "The lowest figure for {model} at “{point}” is {chip}'s: <strong>{usd}</strong> per 1M {tokens}"
            " at the {kind}, 80% band {low} to {high}."
        )
    if len(found) == 1 < priced:
        return _(
            "Only {chip} has a complete price for {model} at “{point}”: <strong>{usd}</strong> per 1M {tokens},"
            " 80% band {low} to {high}."
        )
    if len(found) == 1:
        return _(
            "Only {chip} is priced for {model} at “{point}”: <strong>{usd}</strong> per 1M {tokens}"
            " at the {kind}, 80% band {low} to {high}."
        )
    return _(
        "The cheapest chip for {model} at “{point}” is {chip}: <strong>{usd}</strong> per 1M {tokens}"
        " at the {kind}, 80% band {low} to {high}."
    )


def _figures(one: Priced) -> dict[str, str]:
    """What is said of a chip. Each figure has its kind, since a deal's may stand among others; a sum what it lacks."""
    chip = one.chip.label
    if one.hour.without:
        chip = _("%(chip)s (without %(parts)s)") % {"chip": chip, "parts": one.hour.without}
    return {
        "chip": chip,
        "kind": _(IN_WORDS[one.hour.kind]),
        "usd": unit_price(one.usd),
        "low": rough_price(one.low),
        "high": rough_price(one.high),
    }


def _overlapping(found: list[Priced]) -> list[Priced]:
    """The chips after the first whose bands begin before the first one's ends."""
    return [one for one in found[1:] if one.low < found[0].high]


def _rest(found: list[Priced]) -> str | SafeString:
    if len(found) == 1:
        return ""
    close = _overlapping(found)
    figures = _figures(found[1])
    # The kind of the first figure is that of all that follow, unless they say another.
    figures |= {
        "also": "" if found[1].hour.kind == found[0].hour.kind else _(" at the {kind}").format(**figures)
    }
    if not close:
        return format_html(_("Next is {chip} at <strong>{usd}</strong>{also}."), **figures)
    return format_html(
        ngettext(
            "Its band overlaps that of {count} other chip ({chip}, {usd}{also}):"
            " which of them is cheaper is not known.",
            "Its band overlaps those of {count} other chips (the next is {chip}, {usd}{also}):"
            " which of them is cheapest is not known.",
            len(close),
        ),
        count=len(close),
        **figures,
    )
