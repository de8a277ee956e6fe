"""What steps ask people for stands in work/tasks from now on: the steps that wait get a task each."""

from django.db import migrations
from django.db.models import Count, Q


def open_tasks(apps, _schema):
    Step, Task, Assignee, Progress = (
        apps.get_model(*name)
        for name in (("workflows", "Step"), ("tasks", "Task"), ("tasks", "Assignee"), ("tasks", "Progress"))
    )
    waiting = Step.objects.filter(is_open=True, waits_for_people=True).select_related("run__version")
    places = {}
    for step in waiting.order_by("id"):
        ticket = step.run.ticket_id
        places[ticket] = places.get(ticket, 0) + 1
        due = {"due_at": step.due_at, "due_or_never": step.due_at} if step.due_at else {}
        task = Task.objects.create(
            ticket_id=ticket, position=places[ticket], title=step.title, text=step.text, team_id=step.team_id,
            has_people=step.person_id is not None, caller="workflow", reference=f"{step.run_id}:{step.number}",
            is_answered_there=True, opened_at=step.opened_at, is_told_due=True, **due,
        )  # fmt: skip
        if step.person_id is not None:
            Assignee.objects.create(task=task, person_id=step.person_id)
    counted = Task.objects.values("ticket_id").annotate(all=Count("pk"), open=Count("pk", filter=Q(is_open=True)))
    Progress.objects.bulk_create(Progress(**each) for each in counted if each["ticket_id"] in places)


class Migration(migrations.Migration):
    dependencies = [("workflows", "0002_sample_runs"), ("tasks", "0001_initial")]
    operations = [migrations.RunPython(open_tasks, migrations.RunPython.noop)]
