"""The table of attempts and used codes (settings.CACHES): nobody must have to think of creating it."""

from django.core.management import call_command
from django.db import migrations


def create(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_personword")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
