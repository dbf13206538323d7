from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "planner.core"

    def ready(self) -> None:
        from planner.core.immutability import recreate_triggers

        post_migrate.connect(recreate_triggers, dispatch_uid="planner.core.immutability")
