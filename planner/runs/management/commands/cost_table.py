"""`manage.py cost_table FILE`: what 1M tokens cost, for a table document or a scenario; needs no database."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from planner.core.canonical_json import parse_strict
from planner.core.errors import InvalidInput
from planner.core.formatting import rough_price, unit_price
from planner.runs.cost_table.printing import printed_table
from planner.runs.cost_table.template import table_template
from planner.runs.management.files import bytes_of, refusal, said

_COLUMNS = ("chip", "model", "operating_point", "price", "price_kind", "layout", "status")


class Command(BaseCommand):
    """Every refusal is one sentence per problem on stderr and exit status 1; nothing is written then."""

    help = str(lazy("Computes what 1M tokens cost from a table document or a scenario document."))
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", help=str(lazy("a JSON document; - reads standard input")))
        parser.add_argument("--json", action="store_true", help=str(lazy("print JSON, not a table of text")))
        parser.add_argument("--template", action="store_true", help=str(lazy("print a small table document")))

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["template"]:
            self.stdout.write(json.dumps(table_template(), indent=2, ensure_ascii=False))
            return
        try:
            found = printed_table(parse_strict(_read(options["file"])))
        except InvalidInput as refused:
            raise SystemExit("\n".join(said(problem) for problem in refused.problems)) from None
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, allow_nan=False, indent=1))
        else:
            self.stdout.write("\n".join(_lines(found)))


def _read(file: str | None) -> bytes:
    if file is None:
        raise refusal(_("Name a file, - for standard input, or --template for a document to start from."))
    return bytes_of(file)


def _lines(found: dict[str, Any]) -> list[str]:
    """The table as text: a line per row, figures right aligned; what is not served says why below the table."""
    heads = [_("Chip"), _("Model"), _("Point"), _("Price"), _("Kind"), _("Layout"), _("Status")]
    heads += [_("USD/hour"), _("Input"), _("Cached"), _("Output"), _("Output, band"), _("Request")]
    table = [heads, *(_texts(row) for row in found["rows"])]
    widths = [max(len(line[place]) for line in table) for place in range(len(heads))]
    words = len(_COLUMNS)
    lines = [
        "  ".join(
            text.ljust(width) if place < words else text.rjust(width)
            for place, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in table
    ]
    share = f"{found['band_share'] * 100:.0f}%"
    band = _("USD per 1M tokens; band: %(share)s of the time the cost lies inside.") % {"share": share}
    reasons = dict.fromkeys(row["reason"] for row in found["rows"] if row["usd_per_1m_output"] is None)
    return [*lines, "", band, *reasons]


def _texts(row: dict[str, Any]) -> list[str]:
    texts = {name: str(row[name] or "") for name in _COLUMNS}
    words = [text.replace("_", " ") if name == "status" else text for name, text in texts.items()]
    prices = [unit_price(row["chip_hour_usd"])]
    if row["usd_per_1m_output"] is None:
        return [*words, *prices, "", "", "", "", ""]
    prices += [unit_price(row[f"usd_per_1m_{name}"]) for name in ("input", "cached_input", "output")]
    ends = (rough_price(row[f"{end}_usd_per_1m_output"]) for end in ("low", "high"))
    return [*words, *prices, " to ".join(ends), unit_price(row["request_usd"])]
