"""Tables whose rows never change: the database itself refuses UPDATE and DELETE, whoever asks.

`save()` raising is not enough: `QuerySet.update`, bulk calls and raw SQL pass it by. SQLite drops triggers when a
migration rebuilds a table, so they are made again after every `migrate`, from one list.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

_protected: list[str] = []

_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION genka_refuse_change() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('genka.may_delete', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'rows of % are never changed (%)', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END;
$$ LANGUAGE plpgsql
"""


def protect_table(model_label: str) -> None:
    """Says, in an app's `models.py`, that rows of this model ("scenarios.ScenarioVersion") are never changed."""
    if model_label not in _protected:
        _protected.append(model_label)


def protected_labels() -> list[str]:
    return sorted(_protected)


def recreate_triggers(using: str = "default", **_signal: Any) -> None:
    """Makes every missing trigger whose table exists. Safe to call at any time."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL_FUNCTION)
        for table in _tables():
            if table in existing:
                for statement in _creation(connection, table):
                    cursor.execute(statement)


@contextmanager
def maintenance_may_delete(using: str = "default") -> Iterator[None]:
    """The one way to delete protected rows (an erased team, emptied test tables). UPDATE stays refused.

    One transaction: no other connection ever sees the tables unguarded, and an error puts everything back.
    """
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL genka.may_delete = 'on'")
            yield
            cursor.execute("SET LOCAL genka.may_delete = 'off'")
            return
        for table in _tables():
            cursor.execute(f"DROP TRIGGER IF EXISTS genka_no_delete_{table}")
        yield
        recreate_triggers(using)


def _tables() -> list[str]:
    return [apps.get_model(label)._meta.db_table for label in protected_labels()]


def _creation(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    if connection.vendor == "postgresql":
        return [
            f"CREATE OR REPLACE TRIGGER genka_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION genka_refuse_change()"
        ]
    return [
        f"CREATE TRIGGER IF NOT EXISTS genka_no_{event.lower()}_{table} BEFORE {event} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed ({event})'); END"
        for event in ("UPDATE", "DELETE")
    ]
