"""`manage.py validate_serving FILE.csv`: what published measurements should have been, and how far they are from it.

Needs no server and no database: chips and models are those the product comes with.
"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop

from planner.core.errors import InvalidInput
from planner.runs.management.files import refusal, said, text_of
from planner.runs.serving_checks import checking, example

MEANINGS = {
    "calibrated": gettext_noop("the chip's speed is fitted to measurements of it"),
    "transferred": gettext_noop("efficiencies of related chips, with a wider band"),
    "specification_only": gettext_noop("data sheet and general efficiencies, with the widest band"),
    "unsupported": gettext_noop("no prediction, for the reason given"),
}
"""What a status says of a prediction."""


class Command(BaseCommand):
    """Every refusal is one sentence per problem on stderr and exit status 1; nothing is written then."""

    help = str(lazy("Predicts the rows of a file of serving measurements and says how wrong that is."))
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", help=str(lazy("measurements (CSV); - reads standard input")))
        parser.add_argument("--json", action="store_true", help=str(lazy("print rows and summary as JSON")))
        parser.add_argument(
            "--template", action="store_true", help=str(lazy("print a small CSV to start from"))
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["template"]:
            self.stdout.write(example.text(), ending="")
            return
        try:
            found = checking.checked_file(_read(options["file"]))
        except InvalidInput as refused:
            raise SystemExit("\n".join(said(problem) for problem in refused.problems)) from None
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, allow_nan=False, indent=1))
            return
        self.stdout.write("\n".join(_lines(found["summary"])))


def _read(file: str | None) -> str:
    if file is None:
        raise refusal(_("Name a file, - for standard input, or --template for rows to start from."))
    return text_of(file)


def _lines(summary: dict[str, Any]) -> list[str]:
    """The summary as plain text: what was tried, and errors of each chip, model and source."""
    lines = [_("%(count)d rows") % {"count": summary["rows"]}]
    lines += [f"  {status}: {count}" for status, count in sorted(summary["by_status"].items())]
    lines += _remarks(summary)
    lines.append(_("Median and 90th percentile error, share inside the 80% band"))
    lines.append(_line(_("all"), summary["all"]))
    for group in ("by_chip", "by_model", "by_source"):
        lines += ["", *(_line(name, errors) for name, errors in summary[group].items())]
    return [*lines, "", *_statuses(summary)]


def _statuses(summary: dict[str, Any]) -> list[str]:
    """What the statuses that were counted mean, and why rows have no prediction."""
    said = [f"{status}: {_(MEANINGS[status])}" for status in MEANINGS if status in summary["by_status"]]
    return said + [f"  {one['row_id']}: {one['reason']}" for one in summary["unsupported"]]


def _remarks(summary: dict[str, Any]) -> list[str]:
    """What to know before the errors are read."""
    said = []
    if summary["in_sample"]:
        said.append(_("These rows were used for the fit; for errors on rows held out see /method/serving/."))
    if count := summary["ignored_measured_values"]:
        said.append(_("Measured values that are no number were ignored: %(count)d.") % {"count": count})
    if names := summary["repeated_row_ids"]:
        said.append(
            _("Names that more than one row has: %(count)d, such as %(names)s.")
            % {"count": len(names), "names": ", ".join(names[:5])}
        )
    return said


def _line(name: str, errors: dict[str, Any]) -> str:
    parts = [
        f"{label} {found['median_error']:.1%} {found['p90_error']:.1%} {found['inside_80_percent_band']:.0%}"
        f" ({found['rows']})"
        for label, found in ((_("time"), errors["tpot"]), (_("throughput"), errors["output_tok_s_per_chip"]))
        if found
    ]
    return f"  {name:28} {'   '.join(parts) or '-'}"
