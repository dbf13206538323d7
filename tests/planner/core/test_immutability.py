import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from planner.audit.actions import record
from planner.audit.models import AuditEntry
from planner.core.immutability import maintenance_may_delete, protected_labels, recreate_triggers
from planner.core.models import InsertOnly, NeverChanged

pytestmark = pytest.mark.django_db
TABLE = AuditEntry._meta.db_table


def _entry() -> AuditEntry:
    return record(actor=None, action="tested", object_kind="test", object_uuid=None)


def _sql(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_every_insert_only_model_is_protected_by_the_database() -> None:
    written_once = [model._meta.label for model in apps.get_models() if issubclass(model, InsertOnly)]

    assert set(written_once) <= set(protected_labels())


def test_save_update_and_delete_of_a_row_are_refused() -> None:
    entry = _entry()
    entry.action = "changed"

    for attempt in (entry.save, entry.delete, AuditEntry.objects.all().delete):
        with pytest.raises(NeverChanged):
            attempt()
    for attempt in (
        lambda: AuditEntry.objects.update(action="changed"),
        lambda: AuditEntry.objects.bulk_update([entry], ["action"]),
    ):
        with pytest.raises(NeverChanged):
            attempt()


@pytest.mark.parametrize("statement", [f"UPDATE {TABLE} SET action = 'changed'", f"DELETE FROM {TABLE}"])
def test_the_database_refuses_raw_sql(statement: str) -> None:
    _entry()

    with pytest.raises(DatabaseError, match="never changed"):
        _sql(statement)

    assert AuditEntry.objects.get().action == "tested"


@pytest.mark.parametrize("key", ["id", "uuid"])
@pytest.mark.parametrize("recursive_triggers", ["ON", "OFF"])
def test_a_row_cannot_be_replaced_on_any_connection(key: str, recursive_triggers: str) -> None:
    if connection.vendor != "sqlite":
        return  # REPLACE is SQLite's alone
    _entry()
    columns = [field.column for field in AuditEntry._meta.concrete_fields if field.column != "id"]
    forged = ["'forged'" if name == "action" else name for name in columns]
    if key == "uuid":
        names, values = columns, forged
    else:
        names, values = ["id", *columns], ["id", *("'another'" if v == "uuid" else v for v in forged)]
    _sql(f"PRAGMA recursive_triggers={recursive_triggers}")
    try:
        with pytest.raises(DatabaseError, match="never changed"):
            _sql(
                f"INSERT OR REPLACE INTO {TABLE} ({', '.join(names)}) SELECT {', '.join(values)} FROM {TABLE}"
            )
    finally:
        _sql("PRAGMA recursive_triggers=ON")

    assert AuditEntry.objects.get().action == "tested"


def test_connections_of_the_product_fire_triggers_for_replaced_rows() -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA recursive_triggers").fetchone() == (1,)


def test_a_table_cannot_be_emptied_at_one_stroke() -> None:
    _entry()
    statement = f"DELETE FROM {TABLE}"
    if connection.vendor == "postgresql":
        _sql("SET CONSTRAINTS ALL IMMEDIATE")  # else TRUNCATE waits for what this test has just inserted
        statement = f"TRUNCATE {TABLE}"

    with pytest.raises(DatabaseError, match="never changed"):
        _sql(statement)
    with maintenance_may_delete():
        _sql(statement)

    assert not AuditEntry.objects.exists()


def test_a_plain_queryset_cannot_go_round_the_model() -> None:
    from django.db.models import QuerySet

    _entry()

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        QuerySet(AuditEntry).update(action="changed")


def test_maintenance_lifts_delete_alone_and_only_while_it_lasts() -> None:
    _entry()

    with maintenance_may_delete():
        with pytest.raises(DatabaseError, match="never changed"):
            _sql(f"UPDATE {TABLE} SET action = 'changed'")
        _sql(f"DELETE FROM {TABLE}")
    _entry()

    with pytest.raises(DatabaseError, match="never changed"):
        _sql(f"DELETE FROM {TABLE}")


def test_an_error_during_maintenance_puts_the_rows_and_the_guard_back() -> None:
    _entry()

    def interrupted() -> None:
        with maintenance_may_delete():
            _sql(f"DELETE FROM {TABLE}")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        interrupted()

    assert AuditEntry.objects.count() == 1
    with pytest.raises(DatabaseError, match="never changed"):
        _sql(f"DELETE FROM {TABLE}")


def test_a_guard_lost_to_a_rebuilt_table_is_made_again_by_migrate() -> None:
    _entry()
    if connection.vendor == "sqlite":
        _sql(f"DROP TRIGGER genka_no_update_{TABLE}")
    else:
        _sql(f"DROP TRIGGER genka_no_change ON {TABLE}")

    call_command("migrate", verbosity=0)

    with pytest.raises(DatabaseError, match="never changed"):
        _sql(f"UPDATE {TABLE} SET action = 'changed'")


def test_making_the_guards_twice_is_harmless() -> None:
    recreate_triggers()
    recreate_triggers()
