"""`manage.py scenario_schema`: the JSON Schema of a scenario document on stdout."""

import json
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext_lazy

from planner.scenarios.documents import ScenarioDocument


class Command(BaseCommand):
    """Needs no database."""

    help = str(gettext_lazy("Prints the JSON Schema of a scenario document."))
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(json.dumps(ScenarioDocument.model_json_schema(), indent=2, ensure_ascii=False))
