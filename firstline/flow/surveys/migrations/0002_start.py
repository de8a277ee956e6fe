"""What every desk begins with: one question after a ticket, three after an escalation, and a pulse that sleeps."""

from django.db import migrations
from django.utils.translation import gettext_noop as _

from firstline.core.actions import acting

START = [
    ("ticket", _("After a ticket"), {"is_active": True}, []),
    (
        "escalation",
        _("After an escalation"),
        {"is_active": True, "rest_days": 0, "valid_days": 14},
        [
            ("rating", _("How well were you kept informed?"), []),
            ("rating", _("How fast were the right people there?"), []),
            ("yes_no", _("Was it clear who was in charge?"), []),
            ("text", _("What should we do differently next time?"), []),
        ],
    ),
    (
        "pulse",
        _("Quarterly pulse"),
        {"is_active": False, "valid_days": 14, "every_months": 3, "follows_up": False},
        [
            ("rating", _("I know where to turn and get an answer."), []),
            ("rating", _("Things are solved fast enough."), []),
            ("rating", _("The way requests are handled makes sense."), []),
            ("text", _("What gets in your way?"), []),
        ],
    ),
]


def add(apps, schema_editor):
    Survey, Question = apps.get_model("surveys", "Survey"), apps.get_model("surveys", "Question")
    with acting():
        for occasion, name, facts, questions in START:
            survey = Survey.objects.create(occasion=occasion, name=name, **facts)
            for position, (type_, text, options) in enumerate(questions):
                Question.objects.create(survey=survey, position=position, type=type_, text=text, options=options)


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
