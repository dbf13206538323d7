"""`manage.py tabulate_loads FOLDER`: makes the load archetypes and their replays anew from traces and laws.

FOLDER holds the traces that archetypes name. Words, weights and shares of time stay as they are; curves and replays are
written beside them and committed.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext_lazy as lazy

from planner.core.errors import InvalidInput
from planner.runs.load_checks import tabulating
from planner.runs.management.files import said


class Command(BaseCommand):
    """Every refusal is one sentence per problem on stderr and exit status 1."""

    help = str(lazy("Makes the load archetypes and their replays anew."))
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", help=str(lazy("where the traces are (CSV)")))

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            written = tabulating.tabulate(Path(options["folder"]))
        except InvalidInput as refused:
            raise SystemExit("\n".join(said(problem) for problem in refused.problems)) from None
        self.stdout.write("\n".join(written))
