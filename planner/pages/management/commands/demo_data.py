"""`manage.py demo_data`: accounts, teams, catalog and worked scenarios. Safe to run again."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from planner.pages import demo


class Command(BaseCommand):
    help = "Creates the demo accounts, two teams, the price catalog and the worked scenarios with their runs."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.DEMO_DATA_ALLOWED:
            raise CommandError(
                "Demo accounts have a known password, so this installation refuses to make them."
            )
        people = demo.make_people()
        demo.make_catalog(people)
