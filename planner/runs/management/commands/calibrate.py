"""`manage.py calibrate FILE.csv`: refits the constants of the serving model to published measurements (E9).

Writes the constants and the report on held-out rows beside the engine's code; both are committed with it. Takes about
half an hour on two cores.
"""

import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext_lazy as lazy

from planner.core.errors import InvalidInput
from planner.runs.cost_table.facts import seeded_documents
from planner.runs.engine import calibration
from planner.runs.management.files import said, text_of
from planner.runs.serving_checks import rows, templates

_FOLDER = Path(__file__).resolve().parents[4] / "costmodel" / "calibration"


class Command(BaseCommand):
    """Every refusal is one sentence per problem on stderr and exit status 1; nothing is written then."""

    help = str(lazy("Fits the serving model's constants to a file of measurements and writes them."))
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("file", nargs="?", help=str(lazy("measurements (CSV)")))
        kept = lazy("fit nothing: bring the templates' chips up to the constants that are kept")
        what.add_argument("--templates", action="store_true", help=str(kept))
        parser.add_argument(
            "--folder", default=str(_FOLDER), help=str(lazy("where the constants are written"))
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["templates"]:
            self.stdout.write("\n".join(templates.rewrite()))
            return
        try:
            text = text_of(options["file"])
            found = rows.read_for_a_fit(text)
        except InvalidInput as refused:
            raise SystemExit("\n".join(said(problem) for problem in refused.problems)) from None
        provenance = {
            "on": datetime.now(UTC).date().isoformat(),
            "measurements_sha256": rows.digest_of(text),
        }
        constants, report = calibration.calibrate(found, *seeded_documents(), provenance)
        folder = Path(options["folder"])
        _write(folder / calibration.CONSTANTS, constants)
        _write(folder / calibration.HELD_OUT, report)
        summary = {name: report[name] for name in ("time_dense", "time_experts", "throughput", "all")}
        self.stdout.write(json.dumps(summary, indent=1))


def _write(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=1, sort_keys=True) + "\n", encoding="utf-8")
