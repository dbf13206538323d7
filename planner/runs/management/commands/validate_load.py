"""`manage.py validate_load FILE.csv`: what a load curve predicts of capacity, and what replaying the load found.

Needs no server and no database: archetypes are those the product comes with.
"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from planner.core.errors import InvalidInput
from planner.runs.load_checks import checking
from planner.runs.management.files import bytes_of, refusal, said


class Command(BaseCommand):
    """Every refusal is one sentence per problem on stderr and exit status 1; nothing is written then."""

    help = str(lazy("Predicts what capacity does for a recorded load, and says how wrong that is."))
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", help=str(lazy("recorded load (CSV); - reads standard input")))
        parser.add_argument("--shape", help=str(lazy("an archetype's name, such as ordinary_api or pooled")))
        days = lazy("learn from so many days and judge by the rest, shrunk towards --shape or all archetypes")
        parser.add_argument("--learn-days", help=str(days))
        mean = lazy("given: of the rows judged by; learned: of the days learned from")
        parser.add_argument("--mean", default=checking.GIVEN, help=str(mean))
        parser.add_argument("--json", action="store_true", help=str(lazy("print plans and summary as JSON")))

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            asked = checking.question(options["shape"], options["learn_days"], options["mean"])
            if options["file"] is None:
                raise refusal(_("Name a file, or - for standard input."))
            found = checking.checked_file(bytes_of(options["file"]), asked)
        except InvalidInput as refused:
            raise SystemExit("\n".join(said(problem) for problem in refused.problems)) from None
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, allow_nan=False, indent=1))
            return
        self.stdout.write("\n".join(_lines(found)))


_HEADS = ("burst", "unserved", "time > c1", "time > c2")


def _lines(found: dict[str, Any]) -> list[str]:
    """The plans as a table: predicted and replayed percent of each figure, and the mean error in points."""
    summary, waiting = found["summary"], found["capacity_when_deferred"]
    lines = [
        _("%(rows)d rows, %(skipped)d skipped as gaps, %(learned_from)d learned from, %(scored)d judged by")
        % summary,
        _("Curve: %(shape)s") % summary,
        _("Percent, predicted / replayed"),
        "   c1    c2" + "".join(f"{head:>17}" for head in _HEADS),
    ]
    for plan in found["plans"]:
        pairs = [
            f"{plan['predicted'][name]:.2f} / {plan['replayed'][name]:.2f}" for name in plan["predicted"]
        ]
        lines.append(f"{plan['c1']:5.2f} {plan['c2']:5.2f}" + "".join(f"{pair:>17}" for pair in pairs))
    errors = "".join(f"{error:>17.2f}" for error in summary["mean_absolute_error"].values())
    lines.append(_("error      ")[:11].ljust(11) + errors)
    lines.append(
        _(
            "Capacity for 0.1%% unserved when 30%% may wait 4 hours, over the mean: "
            "%(predicted).2f predicted, %(replayed).2f replayed"
        )
        % waiting
    )
    return lines
