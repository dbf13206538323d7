"""The page of one cell: every step from specification to dollars, the front, the bill of a request, the chip-hours."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from planner.catalog.documents import ReleasedEntry
from planner.core.formatting import percent, rough_price, unit_price
from planner.runs.cost_table.chip_hours import ShownHour, shown_hours
from planner.runs.cost_table.facts import Facts, Subject
from planner.runs.cost_table.forms import Question
from planner.runs.cost_table.front_chart import front_chart
from planner.runs.cost_table.next_steps import Step as NextStep
from planner.runs.cost_table.next_steps import kind_step, point_steps
from planner.runs.cost_table.owning import why_not_owned
from planner.runs.cost_table.points import POINTS
from planner.runs.cost_table.prices import IN_WORDS, PICKS, Hour, Prices
from planner.runs.cost_table.sentences import TOKEN_WORDS
from planner.runs.cost_table.speeds import SECONDS_PER_HOUR, Bill, bill_of
from planner.runs.engine import catalog_table
from planner.runs.presentation.charts import Chart
from planner.runs.presentation.chip_hours import footing

_FAR = 4.0
"""Beyond this multiple of the price the upper end of a band needs an explanation: it is not the speed's own band."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the trace. `entry` is the catalog entry it was read from; `source` says the rest in words.

    `is_fitted`: the source is the fit, which the page of the method explains.
    """

    words: str
    value: str
    unit: str
    entry: ReleasedEntry | None
    source: str
    equation: str = ""
    is_total: bool = False
    is_fitted: bool = False


@dataclass(frozen=True, slots=True)
class BillLine:
    """One kind of token in the bill of a request."""

    words: str
    tokens: str
    price: str
    usd: str
    share: str


@dataclass(frozen=True, slots=True)
class CellPage:
    """Everything the page shows. `hour` None: the chip has no price of the kind; `reason`: why it is not served."""

    chip: Subject
    model: Subject
    sentence: str | SafeString
    status: str
    reason: str
    is_served: bool
    groups: list[tuple[str, list[Step]]]
    chart: Chart | None
    bill: list[BillLine]
    total: BillLine | None
    hour: Hour | None
    hours: list[Hour]
    bars: list[ShownHour]
    missing_owned: str
    pick: str
    notes: list[str]
    is_wide: bool
    """Whether the upper end of the band is far from the price."""
    instead: NextStep | None
    """A kind of price that is known, where the one asked for is not."""
    elsewhere: list[NextStep]
    """Operating points at which the chip does serve the model, where it does not here."""


def cell_page(facts: Facts, prices: Prices, chip: Subject, model: Subject, question: Question) -> CellPage:
    """The cell of one chip and model at what was asked."""
    found = catalog_table.cells([chip.document], [model.document], [question.point])[0]
    hour = prices.hour(chip.label, question.kind)
    is_served = found["status"] != "unsupported"
    bill = None
    if is_served and hour is not None:
        bill = bill_of(found["chip_seconds_per_1m"], question.point, hour.usd, question.utilisation)
    return CellPage(
        chip=chip,
        model=model,
        sentence=_sentence(found, chip, model, hour, bill, question),
        status=found["status"],
        reason=found["reason"],
        is_served=is_served,
        groups=_groups(found, chip, model, hour, bill, question) if is_served else [],
        chart=_chart(chip, model, question) if is_served else None,
        bill=_bill_lines(bill) if bill else [],
        total=_total(bill, question) if bill else None,
        hour=hour,
        hours=prices.hours(chip.label, question.kind),
        bars=shown_hours(prices, chip.label),
        missing_owned=why_not_owned(facts, chip),
        pick=_pick(prices, chip, question),
        is_wide=found["high_factor"] > _FAR,
        notes=[hour.owned.lacks] if hour and hour.owned else [],
        instead=None if hour else kind_step(prices.kinds_of(chip.label)),
        elsewhere=[] if is_served else point_steps(chip, model, question.point.key),
    )


def _groups(
    found: Mapping[str, Any],
    chip: Subject,
    model: Subject,
    hour: Hour | None,
    bill: Bill | None,
    question: Question,
) -> list[tuple[str, list[Step]]]:
    """The whole trace; without a price it ends at chip-seconds."""
    groups = _specification_groups(found["trace"], chip, model)
    if hour is not None and bill is not None:
        groups.append((_("Dollars"), _dollars(found, bill, hour, question)))
    return groups


def _pick(prices: Prices, chip: Subject, question: Question) -> str:
    """Which offer the table takes, in words."""
    all_of_them = prices.hours(chip.label, question.kind)
    if len(prices.choosable(chip.label, question.kind)) < len(all_of_them):
        return _("%(pick)s that is complete") % {"pick": _(PICKS[prices.pick])}
    return _(PICKS[prices.pick])


def _chart(chip: Subject, model: Subject, question: Question) -> Chart | None:
    points = {key: question.point if key == question.point.key else point for key, point in POINTS.items()}
    return front_chart(chip, model, question.point, points)


def _sentence(
    found: Mapping[str, Any],
    chip: Subject,
    model: Subject,
    hour: Hour | None,
    bill: Bill | None,
    question: Question,
) -> str | SafeString:
    words = {"chip": chip.label, "model": model.label, "point": _(question.point.label).lower()}
    if not found["chip_seconds_per_1m"]:
        return _("%(chip)s does not serve %(model)s at “%(point)s”.") % words
    if hour is None or bill is None:
        said = _("%(chip)s serves %(model)s, but the release holds no %(kind)s of it.")
        return said % {**words, "kind": _(IN_WORDS[question.kind])}
    usd = bill.usd_per_1m[question.token]
    said = _(
        "1M {tokens} of {model} on {chip} at “{point}” cost <strong>{usd}</strong> at the {kind},"
        " 80% band {low} to {high}."
    )
    return format_html(
        said,
        **words,
        tokens=_(TOKEN_WORDS[question.token]),
        kind=_(IN_WORDS[hour.kind]),
        usd=unit_price(usd),
        low=rough_price(usd * found["low_factor"]),
        high=rough_price(usd * found["high_factor"]),
    )


_GROUPS = (
    ("rate", gettext_noop("Specification and request")),
    ("memory", gettext_noop("Memory: how many requests fit")),
    ("read_weights", gettext_noop("One step: what it takes")),
    ("user_speed", gettext_noop("Speed")),
)


def _specification_groups(
    trace: list[Mapping[str, Any]], chip: Subject, model: Subject
) -> list[tuple[str, list[Step]]]:
    """The engine's steps under their heads: each group begins at the step it is known by."""
    heads = {key: _(title) for key, title in _GROUPS}
    groups: list[tuple[str, list[Step]]] = []
    for step in trace:
        if step["key"] in heads or not groups:
            groups.append((heads.get(step["key"], _("Specification and request")), []))
        groups[-1][1].append(_step(step, chip, model))
    return groups


def _step(step: Mapping[str, Any], chip: Subject, model: Subject) -> Step:
    entry, source, equation, is_fitted = None, "", "", False
    origin, _colon, name = str(step["source"]).partition(":")
    if origin in ("chip", "model"):
        entry = (chip if origin == "chip" else model).source(name)
    elif origin == "request":
        source = _("operating point")
    elif origin == "calibration":
        source, is_fitted = _("fit to measurements, see the method"), True
    else:
        equation = origin
    unit = str(step["unit"])
    value = percent(step["value"]) if unit == "share" else figure(step["value"])
    said = "" if unit == "share" else _(unit)
    return Step(_(str(step["words"])), value, said, entry, source, equation, is_fitted=is_fitted)


def figure(value: float) -> str:
    """Four digits that count, or all before the point: "1,979", "0.4028"."""
    if value == 0 or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def _dollars(found: Mapping[str, Any], bill: Bill, hour: Hour, question: Question) -> list[Step]:
    """From the price of a chip-hour to the price of 1M tokens, utilisation last."""
    said = {
        "input": _("1M input tokens"),
        "cached_input": _("1M cached input tokens"),
        "output": _("1M output tokens"),
        "blended": _("1M tokens of a whole request, input and output together"),
    }
    per_second = hour.usd / SECONDS_PER_HOUR
    price = _("Price of a chip-hour: %(kind)s") % {"kind": _(IN_WORDS[hour.kind])}
    steps = [
        Step(
            price, unit_price(hour.usd), _("USD per chip-hour"), hour.entry, "" if hour.entry else hour.label
        ),
        Step(_("Of a chip-second: over 3,600"), unit_price(per_second), "USD", None, "", "E8"),
        Step(
            _("Share of paid hours that serve requests"),
            percent(question.utilisation),
            "",
            None,
            _("your use of paid hours"),
        ),
        Step(
            _("Of a chip-second that serves: over that share"),
            unit_price(per_second / question.utilisation),
            "USD",
            None,
            "",
            "E8",
        ),
    ]
    low, high = found["low_factor"], found["high_factor"]
    for name, usd in bill.usd_per_1m.items():
        band = _("80%% band %(low)s to %(high)s") % {
            "low": rough_price(usd * low),
            "high": rough_price(usd * high),
        }
        steps.append(Step(said[name], unit_price(usd), "USD", None, band, is_total=name == question.token))
    return steps


def _bill_lines(bill: Bill) -> list[BillLine]:
    said = {"input": _("Input, not cached"), "cached_input": _("Cached input"), "output": _("Output")}
    whole = bill.request_usd
    shares = footing([bill.usd[name] / whole * 100 for name in said], 0) if whole else []
    return [
        BillLine(
            words=said[name],
            tokens=f"{bill.tokens[name]:,.0f}",
            price=unit_price(bill.usd_per_1m[name]),
            usd=unit_price(bill.usd[name]),
            share=f"{share}%" if share else "",
        )
        for name, share in zip_longest(said, shares)
    ]


def _total(bill: Bill, question: Question) -> BillLine:
    tokens = question.point.input_tokens + question.point.output_tokens
    return BillLine(
        words=_("One request"),
        tokens=f"{tokens:,.0f}",
        price=unit_price(bill.usd_per_1m["blended"]),
        usd=unit_price(bill.request_usd),
        share="100%" if bill.request_usd else "",
    )
