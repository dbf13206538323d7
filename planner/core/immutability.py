"""Tables whose rows never change: the database itself refuses UPDATE, DELETE and REPLACE, whoever asks.

`save()` raising is not enough: `QuerySet.update`, bulk calls and raw SQL pass it by. SQLite drops triggers when a
migration rebuilds a table, so they are made again after every `migrate`, from one list.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

_protected: list[str] = []

_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION genka_refuse_change() RETURNS trigger AS $$
BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE') AND current_setting('genka.may_delete', true) = 'on' THEN
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
    """Makes the triggers of every table that exists, as the model is now. Safe to call at any time."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL_FUNCTION)
        for model in _models():
            if model._meta.db_table in existing:
                for statement in _creation(connection, model):
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
        for model in _models():
            cursor.execute(f"DROP TRIGGER IF EXISTS genka_no_delete_{model._meta.db_table}")
        yield
        recreate_triggers(using)


def _models() -> list[type[Model]]:
    return [apps.get_model(label) for label in protected_labels()]


def _creation(connection: BaseDatabaseWrapper, model: type[Model]) -> list[str]:
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        return [
            f"CREATE OR REPLACE TRIGGER genka_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION genka_refuse_change()",
            f"CREATE OR REPLACE TRIGGER genka_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION genka_refuse_change()",
        ]
    # REPLACE fires no DELETE trigger on a connection that has not asked for it (recursive_triggers): so an INSERT
    # that meets a row, by any of its unique keys, is refused before it can take that row's place.
    conditions = {
        "update": "",
        "delete": "",
        "insert": f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {_meets(model)}) ",  # noqa: S608 - names of our models
    }
    return [
        statement
        for event, condition in conditions.items()
        for statement in (
            f"DROP TRIGGER IF EXISTS genka_no_{event}_{table}",
            f"CREATE TRIGGER genka_no_{event}_{table} BEFORE {event.upper()} ON {table} {condition}"
            f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed ({event.upper()})'); END",
        )
    ]


def _meets(model: type[Model]) -> str:
    """SQL: whether a stored row has a unique key of the NEW one. NULL meets nothing, as in a unique index."""
    meta = model._meta
    columns = {field.name: field.column for field in meta.local_concrete_fields}
    keys = [[field.name] for field in meta.local_concrete_fields if field.unique]
    keys += [list(constraint.fields) for constraint in meta.total_unique_constraints]
    return " OR ".join(
        "(" + " AND ".join(f"{columns[name]} = NEW.{columns[name]}" for name in key) + ")" for key in keys
    )
