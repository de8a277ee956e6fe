"""Answering what a run waits for: a task by a person, an approval, a call, a reply, a timer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.flow.workflows.engine.inputs import Answer, Arrived, Failed, TimerFired
from firstline.flow.workflows.events import StepAnswered
from firstline.flow.workflows.models import Run, Step, Timer
from firstline.flow.workflows.rules import address_of, asked_of

from ._moving import Move
from ._plan import close_plan
from ._several import CALLER, heard

LONGEST_REMARK = 5_000


@action("workflow.answer", permission="workflow.answer")
def answer(
    step: Step, outcome: str = "", data: Mapping[str, Any] | None = None, remark: str = "", *,
    place: int | None = None, by: Any,
) -> Step:  # fmt: skip
    """Say that a task is done, or how; fill in what it asks for. The run goes on at once."""
    move = Move(step.run)
    row = move.row(step.number)
    remark = remark.strip()[:LONGEST_REMARK]
    if row.needs:
        together = heard(move, row, outcome, data or {}, remark, place=place, by=by)
        if together is None:
            return row
        outcome, data, remark = together
    _must_say(move, row, data or {})
    became = close_plan(move, row, outcome)
    row.remark = remark
    said = address_of(by) if by is not None else None
    move.give(Answer(str(row.number), outcome, {**(data or {}), **became}, said), by=by)
    if row.outcome not in {"", "done"}:  # that a task is done is told by the task
        record(
            move.ticket, StepAnswered, by=by, run=step.run_id, number=row.number, title=row.title, outcome=row.outcome,
            remark=row.remark,
        )  # fmt: skip
    return row


def _must_say(move: Move, row: Step, data: Mapping[str, Any]) -> None:
    """What a task demands is said now, or is known already."""
    known = (move.state or {}).get("data", {})
    labels = {datum.key: datum.label or datum.key for datum in move.definition.fields}
    missing = [
        labels[key] for key in getattr(move.steps[row.step], "demands", ())
        if (data[key] if key in data else known.get(key)) in (None, "", [])
    ]  # fmt: skip
    if missing:
        raise Refused(_("Say this first: %(fields)s.") % {"fields": ", ".join(missing)})


@action("workflow.report", permission="workflow.repair")
def report(
    run: Run, number: int, outcome: str = "", data: Mapping[str, Any] | None = None, *, code: str = "",
    trouble: str = "", by: Any,
) -> bool:  # fmt: skip
    """Say how something ended that was done elsewhere. False if nobody waits for it any more."""
    move = Move(run)
    if number not in move.rows:
        return False
    if trouble:
        move.give(Failed(str(number), code, trouble), by=by)
    else:
        move.finish(number, outcome, dict(data or {}))
    return True


def hear_decision(reference: str, decided: str) -> None:
    """An approval that a run has asked for is decided. Within the action that decides it."""
    run_id, _colon, number = reference.partition(":")
    run = Run.objects.select_related("ticket").filter(pk=int(run_id), is_open=True).first()
    if run is None:
        return
    if decided == "withdrawn":
        report(run, int(number), code="withdrawn", trouble="The approval was withdrawn.", by=None)
        return
    outcome = {"granted": "approved", "refused": "refused", "expired": "expired"}[decided]
    move = Move(run)
    row = move.rows.get(int(number))
    if row is None:
        return
    if outcome not in move.steps[row.step].outcomes:
        outcome = "refused"
    move.finish(row.number, outcome, {})


def hear_task(reference: str, remark: str, by: Any) -> None:
    """The task that a step has opened is done. Within the action that finishes it; only who is asked may."""
    run_id, number, *place = map(int, reference.split(":"))
    step = Step.objects.select_related("run__ticket").filter(run=run_id, number=number, is_open=True).first()
    if step is not None:
        answer(step, "done", remark=remark, place=place[0] if place else None, by=by)


def hear_reply(run: Run, author: Any) -> None:
    """Somebody has written on the ticket: every wait for a reply of theirs ends. Within the action that replies."""
    move = Move(run)
    for name in sorted(
        {trigger.name for node in move.net.nodes.values() for trigger in node.triggers if trigger.kind == "reply"}
    ):
        people, _teams = asked_of([name], move.ticket, move.state["data"] if move.state else {})
        if author in people:
            try:
                with transaction.atomic():
                    move.give(Arrived("reply", name, by=address_of(author)), by=author)
            except Refused:
                continue  # nobody waits for it now


@action("workflow.fire_timer", permission="workflow.repair")
def fire_timer(timer: Timer, *, by: Any) -> bool:
    """Let a timer that is due have its effect. False if it is over, or not due any more."""
    move = Move(timer.run)
    found = Timer.objects.filter(pk=timer.pk, due_at__lte=clock.now()).first()
    if found is None:
        return False
    found.delete()
    try:
        with transaction.atomic():
            move.give(TimerFired(str(found.number), found.key), by=by)
    except Refused:
        _keep_running(move, found)
        return False
    return True


def _keep_running(move: Move, timer: Timer) -> None:
    """The clock was set back since it was claimed: the run still waits for it, and would wait for ever without it."""
    still = ((move.state or {}).get("at", {}).get(str(timer.number)) or {}).get("t", {})
    if timer.key in still:
        due = still[timer.key][0]
        due_at = datetime.fromisoformat(due) if due else timer.due_at
        Timer(run=timer.run, number=timer.number, key=timer.key, due_at=due_at).save(force_insert=True)


__all__ = ["CALLER", "answer", "fire_timer", "hear_decision", "hear_reply", "hear_task", "report"]
