"""The book has its token from the first day: without one, what triage reads could not be kept from ticket to ticket."""

import secrets

from django.db import migrations


def give_a_token(apps, schema_editor):
    apps.get_model("triage", "Book").objects.get_or_create(pk=1, defaults={"token": secrets.token_hex(12)})


class Migration(migrations.Migration):
    dependencies = [("triage", "0001_initial")]
    operations = [migrations.RunPython(give_a_token, migrations.RunPython.noop)]
