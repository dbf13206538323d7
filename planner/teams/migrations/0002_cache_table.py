from django.core.management import call_command
from django.db import migrations


def make_cache_table(apps, schema_editor):
    """Sign-in limits are counted in a table of the database (settings.CACHES); nothing to do for other caches."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("teams", "0001_initial")]
    operations = [migrations.RunPython(make_cache_table, migrations.RunPython.noop)]
