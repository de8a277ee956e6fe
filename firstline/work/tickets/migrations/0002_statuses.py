"""The statuses every desk starts with. They can be renamed, added to and retired."""

from django.db import migrations
from django.utils.translation import gettext_noop as _

from firstline.core.actions import acting

START = {
    "incident": [
        ("new", _("New"), "new", _("Received")),
        ("in-progress", _("In progress"), "open", _("In progress")),
        ("waiting-requester", _("Waiting for requester"), "waiting", _("Waiting for your answer")),
        ("waiting-other", _("Waiting for third party"), "waiting", _("Waiting for somebody else")),
        ("resolved", _("Resolved"), "resolved", _("Solved – please confirm")),
        ("closed", _("Closed"), "closed", _("Closed")),
    ],
    "request": [
        ("new", _("New"), "new", _("Received")),
        ("in-fulfilment", _("In fulfilment"), "open", _("In progress")),
        ("waiting-requester", _("Waiting for requester"), "waiting", _("Waiting for your answer")),
        ("waiting-other", _("Waiting for third party"), "waiting", _("Waiting for somebody else")),
        ("fulfilled", _("Fulfilled"), "resolved", _("Done – please confirm")),
        ("closed", _("Closed"), "closed", _("Closed")),
    ],
    "problem": [
        ("new", _("New"), "new", _("Received")),
        ("under-investigation", _("Under investigation"), "open", _("We look for the cause")),
        ("known-error-other", _("Known error"), "waiting", _("Cause known, solution planned")),
        ("resolved", _("Resolved"), "resolved", _("Solved – please confirm")),
        ("closed", _("Closed"), "closed", _("Closed")),
    ],
    "change": [
        ("draft", _("Draft"), "new", _("Received")),
        ("in-review", _("In review"), "open", _("In review")),
        ("scheduled-other", _("Scheduled"), "waiting", _("Scheduled")),
        ("in-implementation", _("In implementation"), "open", _("Being carried out")),
        ("implemented", _("Implemented"), "resolved", _("Done – please confirm")),
        ("closed", _("Closed"), "closed", _("Closed")),
    ],
}


def add(apps, schema_editor):
    Status = apps.get_model("tickets", "Status")
    with acting():
        for kind, rows in START.items():
            for position, (key, name, type_, label) in enumerate(rows):
                Status.objects.get_or_create(
                    kind=kind,
                    key=key,
                    defaults={"name": name, "type": type_, "requester_label": label, "position": position},
                )


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
