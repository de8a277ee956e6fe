"""Runs of workflows under drills:  python -m tests.drills.courses WORDS…, within a desk's settings. Prints JSON.

`prepare URL` makes people, sessions and a workflow with every kind of step that can be cut in two; `begin KEY` opens a
ticket with a run; `look KEY` tells what it waits for; `judge KEY…` tells what is wrong.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Any

import django

OUTER = """
workflow: outer
name: Everything once
fields: [{{key: said}}]
steps:
  - {{kind: start, id: begin, next: agree}}
  - kind: approval
    id: agree
    stages: [{{who: ["person:lin@example.org"], need: any}}]
    next: [{{to: call, outcome: approved}}, {{to: end, outcome: refused}}]
  - {{kind: call_out, id: call, url: "{url}", method: POST, retries: 10, response: {{said: said}}, next: work}}
  - {{kind: task, id: work, who: ["person:lin@example.org"], next: inside}}
  - {{kind: sub_workflow, id: inside, workflow: inner, next: mark}}
  - {{kind: action, id: mark, action: ticket.tag, with: {{tags: [marked]}}, next: rest}}
  - {{kind: wait, id: rest, until: time, span: 2 seconds, next: tell}}
  - {{kind: notify, id: tell, whom: [requester], subject: "It is done: {{said}}", next: end}}
  - {{kind: end, id: end}}
"""
INNER = """
workflow: inner
name: Inside
steps:
  - {kind: start, id: begin, next: look}
  - {kind: task, id: look, who: ["person:lin@example.org"], next: end}
  - {kind: end, id: end}
"""
STEPS = ["agree", "call", "work", "inside", "mark", "rest", "tell"]
EVENTS = {
    "ticket.approval_asked": 1, "ticket.approval_voted": 1, "ticket.task_added": 2, "ticket.task_done": 2,
    "ticket.tagged": 1,
}  # fmt: skip


def main() -> None:
    django.setup()
    match sys.argv[1:]:
        case ["prepare", url]:
            said: Any = prepare(url)
        case ["begin", key]:
            said = begin(key)
        case ["look", key]:
            said = look(key)
        case ["judge", *keys]:
            said = [trouble for key in keys for trouble in judge(key)]
        case words:
            raise SystemExit(f"Nobody knows what {words} means.")
    print(json.dumps(said))


def prepare(url: str) -> dict[str, Any]:
    from firstline.flow.workflows.actions.draft import save_draft
    from firstline.flow.workflows.actions.publish import publish
    from firstline.people.accounts.models import Person
    from tests.bench.filling import _session

    for text in (INNER, OUTER.format(url=url)):
        draft, problems = save_draft(None, text, by=None)
        assert not problems, problems
        publish(draft.workflow, by=None)
    return {"session": _session(Person.objects.get(email="lin@example.org"))}


def begin(key: str) -> int:
    from firstline.core.actions import together
    from firstline.flow.workflows.actions.start import start
    from firstline.flow.workflows.queries.workflows import in_use
    from firstline.people.accounts.actions.open import open_person
    from firstline.work.tickets.actions.open import open_ticket

    version = in_use("outer")
    assert version is not None
    with together():
        rosa = open_person(f"{key}@drill.example", name=key, is_verified=True, by=None)
        ticket = open_ticket(rosa, key, kind="request", by=None)
        start(ticket, version, by=None)
    return int(ticket.pk)


def look(key: str) -> dict[str, Any]:
    """What a person, the worker or time has to do next."""
    from firstline.flow.approvals.models import Approval, Stage
    from firstline.flow.workflows.models import Run, Step, Timer

    runs = Run.objects.filter(ticket__subject=key)
    approval = Approval.objects.filter(ticket__subject=key, is_open=True).first()
    step = Step.objects.filter(run__in=runs, is_open=True, waits_for_people=True).order_by("pk").first()
    return {
        "open": runs.filter(is_open=True).count(),
        "stuck": list(Step.objects.filter(run__in=runs).exclude(trouble="").values_list("step", "trouble")),
        "approval": approval and [approval.pk, Stage.objects.filter(approval=approval).values_list("pk")[0][0]],
        "step": step and step.pk,
        "timers": Timer.objects.filter(run__in=runs).count(),
    }


def judge(key: str) -> list[str]:
    """Every step exactly once, every consequence exactly once, and what was recorded gives what is there."""
    from firstline.core.events.models import Event
    from firstline.flow.approvals.models import Approval
    from firstline.flow.workflows.actions._replaying import replayed
    from firstline.flow.workflows.models import Run, Step, Timer
    from firstline.people.notifications.models import Notice
    from firstline.work.tasks.models import Task

    wrong = []
    runs = list(Run.objects.filter(ticket__subject=key).select_related("version__workflow").order_by("id"))
    names = [run.version.workflow.key for run in runs]
    if names != ["outer", "inner"]:
        return [f"{key} has the runs {names}"]
    outer = runs[0]
    for run in runs:
        if run.status != "ended":
            wrong.append(f"{key}: {run.version.workflow.key} is {run.status}")
        if replayed(run) != run.state:
            wrong.append(f"{key}: what was recorded does not give what is stored")
        if Timer.objects.filter(run=run).exists():
            wrong.append(f"{key}: a timer is left")
    went = list(Step.objects.filter(run=outer).order_by("number").values_list("step", flat=True))
    if [step for step in went if step in STEPS] != STEPS:
        wrong.append(f"{key} went through {went}")
    if bad := list(Step.objects.filter(run__in=runs).exclude(how="done").values_list("step", "how")):
        wrong.append(f"{key}: {bad}")
    ticket = outer.ticket_id
    happened = Counter(Event.objects.filter(subject_noun="ticket", subject_id=ticket).values_list("kind", flat=True))
    wrong += [f"{key}: {happened[kind]} times {kind}" for kind, many in EVENTS.items() if happened[kind] != many]
    counts = {
        "approvals": (Approval.objects.filter(ticket=ticket, state="granted").count(), 1),
        "tasks": (Task.objects.filter(ticket=ticket, state="done").count(), 2),
        "notices": (Notice.objects.filter(kind="workflow.told", person=outer.ticket.requester_id).count(), 1),
    }
    return wrong + [f"{key}: {found} {what}" for what, (found, right) in counts.items() if found != right]


if __name__ == "__main__":
    main()
