"""Django's `flush`, which empties every table, also where rows are otherwise never deleted."""

from typing import Any

from django.core.management.commands.flush import Command as DjangoFlush

from planner.core.immutability import maintenance_may_delete


class Command(DjangoFlush):
    def handle(self, **options: Any) -> None:
        with maintenance_may_delete(options["database"]):
            super().handle(**options)
