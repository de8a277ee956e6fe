"""A status of its own for what waits for an approval. It can be renamed or retired like any other."""

from django.db import migrations
from django.utils.translation import gettext_noop as _

from firstline.core.actions import acting

KINDS = ("incident", "request", "problem", "change")
NAME = _("Waiting for approval")


def add(apps, schema_editor):
    Status = apps.get_model("tickets", "Status")
    with acting():
        for kind in KINDS:
            Status.objects.get_or_create(
                kind=kind,
                key="waiting-approval-other",
                defaults={"name": NAME, "type": "waiting", "requester_label": NAME, "position": 20},
            )


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial"), ("tickets", "0006_triage_inputs")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
