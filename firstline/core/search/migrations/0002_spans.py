"""PostgreSQL's rows say in which spans their ids lie, as core/search/postgresql.py writes them from now on."""

from django.db import migrations

_ADD = """
UPDATE search_index SET words = words || format('''§%%sa%%s'' ''§%%sb%%s''', noun, id >> 10, noun, id >> 15)::tsvector
"""


def add(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_ADD)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
