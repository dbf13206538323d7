"""`manage.py demo_data`: accounts, teams, catalog and worked scenarios. Safe to run again."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from planner.pages import demo, demo_reset
from planner.runs.models import State


class Command(BaseCommand):
    """Makes what is missing and leaves the rest as it is."""

    help = "Creates the demo accounts, two teams, the price catalog and the worked scenarios with their runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--migrate", action="store_true", help="bring the database up to date first")
        parser.add_argument(
            "--reset",
            action="store_true",
            help="put the demo's teams back as they were; what was made is archived",
        )

    def handle(self, *_args: Any, migrate: bool, reset: bool, **_options: Any) -> None:
        if not settings.DEMO_DATA_ALLOWED:
            raise CommandError(
                "Demo accounts have a known password, so this installation refuses to make them."
            )
        if migrate:
            call_command("migrate", verbosity=0)
        people = demo.make_people()
        demo.make_catalog(people)
        if reset:
            demo_reset.reset(actor=None)
        for username, template, name in demo.worked_scenarios():
            version = demo.make_scenario(people[username], template, name)
            run = demo.compute(people[username], version)
            if run.state != State.DONE:
                raise CommandError(f"The run of {name} ended as {run.get_state_display()}: {run.failure}")
        if not settings.DEMO_MODE:  # `manage.py up` says it itself, when the pages are served
            self.stdout.write("\n".join([*demo.account_lines(), "The demo data is ready."]))
