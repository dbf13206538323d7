"""`manage.py defend_headline`: computes the table behind "The headline defended" on the Method page and writes it.

To be run again when the engine or the worked example changes; a test says when it is stale. Needs no database.
"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext_lazy as lazy

from planner.core.errors import InvalidInput
from planner.runs.headline_defence import table
from planner.runs.management.files import said


class Command(BaseCommand):
    """Writes the committed file; every refusal is one sentence per problem and exit status 1."""

    help = str(lazy("Computes what a sceptic would change in the worked example, for the Method page."))
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--draws", type=int, default=table.DRAWS, help=str(lazy("number of draws of each row"))
        )
        parser.add_argument(
            "--workers", type=int, default=1, help=str(lazy("processes; the result is the same"))
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            found = table.computed(options["draws"], options["workers"])
        except InvalidInput as refused:
            raise SystemExit("\n".join(said(problem) for problem in refused.problems)) from None
        text = json.dumps(found, indent=1, ensure_ascii=False, allow_nan=False)
        table.FILE.write_text(text + "\n", encoding="utf-8")
        self.stdout.write(f"{table.FILE.name}: {len(found['rows'])} rows, {found['draws']} draws each")
