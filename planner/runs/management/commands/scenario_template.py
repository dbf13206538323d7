"""`manage.py scenario_template NAME`: the document of a template, as JSON on stdout."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext_lazy

from planner.core.errors import InvalidInput
from planner.scenarios.worked_examples import template_document


class Command(BaseCommand):
    """Needs no database."""

    help = str(gettext_lazy("Prints the document of a scenario template as JSON."))
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", default="", help=str(gettext_lazy("which template")))

    def handle(self, *_args: Any, name: str, **_options: Any) -> None:
        try:
            document = template_document(name)
        except InvalidInput as refused:
            raise SystemExit("\n".join(problem.message for problem in refused.problems)) from None
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))
