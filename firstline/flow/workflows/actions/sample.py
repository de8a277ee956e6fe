"""Trying a workflow out: a ticket marked as a sample goes through it to its end, and nobody is asked or told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action, via
from firstline.flow.workflows.engine.definition import Datum, Step, Wait
from firstline.flow.workflows.engine.inputs import Answer, Arrived, Finished, Input, Skip, TimerFired
from firstline.flow.workflows.models import Run, Timer, Version
from firstline.flow.workflows.models import Step as Row
from firstline.flow.workflows.rules import address_of, definition_of, net_of
from firstline.people.teams.models import Team
from firstline.work.tickets.actions.edit import set_tags
from firstline.work.tickets.actions.open import open_ticket

from ._moving import Move
from .start import begin

MOST = 300  # steps
TAG = "sample"


@action("workflow.try_sample", permission="workflow.edit")
def try_sample(version: Version, data: Mapping[str, Any] | None = None, *, kind: str = "request", by: Any) -> Run:
    """Let a sample run through it. Every question is answered with what stands first; time does not matter."""
    fields = definition_of(net_of(version)).fields
    given = data or {}
    said = {datum.key: given[datum.key] if datum.key in given else _value(datum, by) for datum in fields}
    # Like what is taken in from elsewhere: it is nobody's work, so no clock runs and no rule looks at it.
    with via("import"):
        ticket = open_ticket(by, _("Sample: %(name)s") % {"name": version.workflow.name}, kind=kind, by=by)
        set_tags(ticket, [TAG], by=by)
        run = begin(ticket, version, said, is_sample=True, by=by)
        for _turn in range(MOST):
            row = _next(run)
            if row is None:
                break
            _go_on(run, row, said, by)
    if run.is_open:
        raise Refused(_("The sample did not come to an end."))
    return run


def _next(run: Run) -> Row | None:
    """The oldest step that can be gone on from; a repetition waits for what is inside of it."""
    rows = Row.objects.filter(run=run, is_open=True).exclude(kind="for_each")
    return rows.order_by("number").first() if run.is_open else None


def _go_on(run: Run, row: Row, said: Mapping[str, Any], by: Any) -> None:
    move = Move(run)
    step = move.steps[row.step]
    try:
        with transaction.atomic():
            move.give(_input(move, step, row, said, by), by=by)
    except Refused as refusal:
        Move(run).give(Skip(str(row.number), str(refusal), (*step.outcomes, "")[0]), by=by)


def _input(move: Move, step: Step, row: Row, said: Mapping[str, Any], by: Any) -> Input:
    number = str(row.number)
    outcome = (*step.outcomes, "")[0]
    if row.trouble or (isinstance(step, Wait) and step.until == "condition"):
        return Skip(number, row.trouble or _("A sample does not wait."), outcome)
    if isinstance(step, Wait):
        return _arrival(move.run, step, row, by)
    known = {datum.key: said[datum.key] for datum in move.definition.fields if datum.key in said}
    if row.kind in {"task", "form"}:
        asked: Iterable[str] = getattr(step, "fields", ())
        return Answer(number, outcome, {key: known[key] for key in asked if key in known}, address_of(by))
    return Finished(number, outcome, {key: known.get(key) for key in getattr(step, "response", {})})


def _arrival(run: Run, step: Wait, row: Row, by: Any) -> Input:
    number = str(row.number)
    if step.until in {"reply", "message"}:
        name = step.whom if step.until == "reply" else step.message or ""
        return Arrived("reply" if step.until == "reply" else "message", name, instance=number, by=address_of(by))
    timer = Timer.objects.filter(run=run, number=row.number).order_by("due_at", "id").first()
    return TimerFired(number, timer.key) if timer is not None else Skip(number, _("A sample does not wait."), "done")


def _value(datum: Datum, by: Any) -> Any:
    match datum.type:
        case "number":
            return 100
        case "yes_no":
            return True
        case "date":
            return (clock.now() + timedelta(days=7)).date().isoformat()
        case "moment":
            return clock.now().isoformat()  # has come, so that nothing waits for it
        case "choice":
            return datum.choices[0].key if datum.choices else None
        case "person":
            return address_of(by)
        case "team":
            return Team.objects.filter(is_active=True).order_by("pk").values_list("name", flat=True).first()
        case "list" | "items":
            return [datum.label or datum.key]
        case "plan":
            return [f"{datum.label or datum.key} | {address_of(by)} | 15"]
    return datum.label or datum.key
