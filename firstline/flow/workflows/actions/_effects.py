"""What a step wants done when it opens, and when it closes: one function per kind of step."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import ceil
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from firstline.core import clock
from firstline.core.actions import NotAllowed, Refused, at_the_end, find, via
from firstline.core.events.record import record
from firstline.flow.approvals.actions.ask import ask
from firstline.flow.approvals.actions.decide import withdraw
from firstline.flow.approvals.engine.plans import Asked, Plan, PlanWrong, Quorum, Who
from firstline.flow.approvals.models import Approval
from firstline.flow.workflows.engine import effects as wanted
from firstline.flow.workflows.engine.definition import (
    Action,
    CallOut,
    Connect,
    Form,
    Notify,
    Stage,
    SubWorkflow,
    duration,
    fields_of,
)
from firstline.flow.workflows.engine.definition import Approval as ApprovalStep
from firstline.flow.workflows.engine.definition import Step as Definition
from firstline.flow.workflows.engine.definition import Task as TaskStep
from firstline.flow.workflows.engine.inputs import Failed, Finished
from firstline.flow.workflows.events import CallDue, PeopleTold, StepReminded
from firstline.flow.workflows.models import Run, Step, System
from firstline.flow.workflows.rules import LANGUAGE, asked_of, filled, members_of, person_of, raw, team_of, words_of
from firstline.people.accounts.actions.open import get_or_open
from firstline.people.accounts.models import Person, is_address
from firstline.people.teams.models import Team
from firstline.work.tasks.actions.add import add_task
from firstline.work.tasks.actions.progress import settle_for
from firstline.work.tasks.models import State, Task
from firstline.work.tickets.models import Ticket

from ._inviting import write_to
from ._plan import open_plan
from ._several import CALLER, ask_several, close_several, reference_of, waited_for

if TYPE_CHECKING:
    from ._moving import Move

DAY_HOURS = 8  # of a working day, where an approval counts hours


def open_step(move: Move, row: Step, step: Definition, _effect: wanted.Opened) -> None:
    if move.run.is_sample and not isinstance(step, Action):
        _show(move, row, step)
        return
    match step:
        case TaskStep() | Form():
            _ask_people(move, row, step)
        case ApprovalStep():
            _ask_approval(move, row, step)
        case Action():
            _act(move, row, step)
        case Notify():
            _tell(move, row, step)
        case Connect() if not System.objects.filter(key=step.connection or step.connector, is_active=True).exists():
            why = f"There is no system “{step.connection or step.connector}”."
            move.told(Failed(str(row.number), "no_connection", why))
        case CallOut() | Connect():
            record(move.ticket, CallDue, by=None, run=move.run.pk, number=row.number, title=row.title)
        case SubWorkflow():
            begin = partial(find("workflow.begin_inside").function, move.run, row.number, by=None)
            at_the_end(("workflows: sub-run", move.run.pk, row.number), begin)
        case _:
            pass  # a wait, a repetition: the row is all there is


def close(move: Move, row: Step) -> None:
    """What is still under way for a step that is not needed any more is called off."""
    if row.kind == "approval" and row.how != Step.How.DONE:
        found = Approval.objects.filter(caller=CALLER, reference=reference_of(row), is_open=True)
        for approval in found.select_related("ticket"):
            approval.ticket = row.run.ticket
            withdraw(approval, by=None)
    elif row.kind == "sub_workflow" and row.how != Step.How.DONE and row.pk is not None:
        cancel = find("workflow.cancel").function
        for run in Run.objects.filter(parent=row, is_open=True).select_related("ticket"):
            run.ticket = row.run.ticket
            at_the_end(("workflows: call off", run.pk), partial(cancel, run, "The run around it went on.", by=None))
    elif row.needs:
        close_several(move, row)
    elif row.waits_for_people:
        is_done = row.how == Step.How.DONE
        state, reason = (State.DONE, row.remark) if is_done else (State.NOT_NEEDED, str(Step.How(row.how).label))
        settle_for(move.ticket, CALLER, reference_of(row), state, reason, by=move.by)


# People.


def _ask_people(move: Move, row: Step, step: TaskStep | Form) -> None:
    seen = move.seen(row)
    title = filled(step.title, seen, move.definition) if isinstance(step, TaskStep) and step.title else row.title
    row.title = " ".join(title.split())[:200] or row.step
    row.text = filled(step.text, seen, move.definition) if isinstance(step, TaskStep) else ""
    row.waits_for_people = True
    if isinstance(step, TaskStep):
        open_plan(move, row, step)
    people, teams = asked_of(step.who or ("team",), move.ticket, seen)
    if step.needs is not None and len(people) + len(teams) > 1:
        ask_several(move, row, step, people, teams, row.text + _checklist(step))
        return
    row.person = people[0] if people else None
    row.team = None if people else teams[0] if teams else move.ticket.team
    if row.person is None and row.team is None:
        row.trouble = "Nobody was found for this task."
    elif not Task.objects.filter(caller=CALLER, reference=reference_of(row)).exists():  # else it is tried again
        add_task(
            move.ticket, row.title, text=row.text + _checklist(step), people=[row.person] if row.person else (),
            team=row.team, due_at=row.due_at, caller=CALLER, reference=reference_of(row),
            is_answered_there=bool(step.fields) or step.outcomes != ("done",) or _has_plan(step), by=None,
        )  # fmt: skip


def _has_plan(step: TaskStep | Form) -> bool:
    return isinstance(step, TaskStep) and step.ticks_off is not None


def _checklist(step: TaskStep | Form) -> str:
    return "".join(f"\n– {line}" for line in getattr(step, "checklist", ()))


def _show(move: Move, row: Step, step: Definition) -> None:
    """Of a sample: what would be said, to nobody."""
    seen = move.seen(row)
    title = getattr(step, "title", "") or getattr(step, "subject", "") or row.title
    row.title = " ".join(filled(title, seen, move.definition).split())[:200] or row.step
    row.text = filled(getattr(step, "text", ""), seen, move.definition)


def remind(move: Move, effect: wanted.Remind | wanted.Escalate) -> None:
    row = move.rows.get(int(effect.instance))
    if row is None or move.run.is_sample:
        return
    if effect.whom:
        people, teams = asked_of(effect.whom, move.ticket, move.seen(row))
        told = [person.pk for person in people] + members_of(teams)
    elif row.needs:
        waiting, teams = waited_for(row)
        told = waiting + members_of(teams)
    elif row.person_id is not None:
        told = [row.person_id]
    else:
        told = members_of([row.team] if row.team is not None else [])
    record(
        move.ticket, StepReminded, by=None, run=move.run.pk, number=row.number, title=row.title,
        people=list(dict.fromkeys(told)), is_escalation=isinstance(effect, wanted.Escalate),
    )  # fmt: skip


def _tell(move: Move, row: Step, step: Notify) -> None:
    seen = move.seen(row)
    people, teams = asked_of(step.whom, move.ticket, seen)
    told = [person.pk for person in people] + members_of(teams)
    named = [_by_address(seen.get(who[6:])) for who in step.whom if who.startswith("field:")]
    row.title = filled(step.subject, seen, move.definition)[:200] or row.title
    row.text = filled(step.text, seen, move.definition)
    is_written = bool(step.meeting or step.files_of)
    if is_written:  # with an appointment or files: as a mail of its own
        write_to(move, row, step, [*people, *(each for each in named if each is not None)], seen)
    record(
        move.ticket, PeopleTold, by=None, run=move.run.pk, number=row.number, subject=row.title, text=row.text,
        people=list(dict.fromkeys(told)), named=[person.pk for person in named if person is not None],
        is_written=is_written,
    )  # fmt: skip


def _by_address(value: Any) -> Person | None:
    """Whom an address in the data means. Whoever is new gets an account, as with a first mail of theirs."""
    text = str(value or "").strip()
    return person_of(text) or (get_or_open(text) if is_address(text) else None)


# Approvals.


def _ask_approval(move: Move, row: Step, step: ApprovalStep) -> None:
    seen = move.seen(row)
    row.title = " ".join(filled(step.title or row.title, seen, move.definition).split())[:200]
    plans, place = [], 0
    try:
        for stage in step.stages:
            if stage.when and not LANGUAGE.predicate(stage.when, fields_of(move.definition))(seen, clock.now()):
                continue
            place += 0 if stage.beside and place else 1
            plans.append(_plan(stage, place, step, seen))
    except PlanWrong:
        move.told(Failed(str(row.number), "nobody", "Nobody was found who may be asked for this approval."))
        return
    if not plans:
        move.told(Finished(str(row.number), "approved"))
        return
    try:
        with transaction.atomic(), via("rule"):
            ask(
                move.ticket, plans, title=row.title, words=filled(step.text, seen, move.definition), caller=CALLER,
                reference=reference_of(row), by=None,
            )  # fmt: skip
    except (Refused, NotAllowed) as refusal:
        move.told(Failed(str(row.number), "refused", str(refusal)))


def _plan(stage: Stage, place: int, step: ApprovalStep, seen: Mapping[str, Any]) -> Plan:
    quorum, number = Quorum.ALL, 1
    if stage.need == "any":
        quorum = Quorum.ANY
    elif stage.need.endswith("%"):
        quorum, number = Quorum.SHARE, int(stage.need[:-1])
    elif stage.need.isdecimal():
        quorum, number = Quorum.NUMBER, int(stage.need)
    asked = tuple(found for who in (*stage.who, *stage.veto) if (found := _asked(who, seen)) is not None)
    has_veto = bool(stage.veto) or quorum in {Quorum.ANY, Quorum.ALL}
    return Plan(
        who=asked, name=stage.name, step=place, quorum=quorum, number=number, has_veto=has_veto,
        hours=_hours(step.expires), is_meeting=stage.meeting,
        fallback=(Asked(Who.MANAGER),) if asked and asked[0].who is Who.OWNER else (),
    )  # fmt: skip


def _hours(expires: str | None) -> int:
    span = duration(expires) if expires else None
    if span is None:
        return 0
    return max(1, span.days * DAY_HOURS + ceil(span.seconds / 3600))


def _asked(who: str, seen: Mapping[str, Any]) -> Asked | None:
    word, _colon, name = who.partition(":")
    plain = {"manager": Who.MANAGER, "department_head": Who.HEAD, "service_owner": Who.OWNER}
    if word in plain:
        return Asked(plain[word])
    if word == "role" and name:
        return Asked(Who.ROLE, name)
    if word in {"team", "leads"} and (team := team_of(name)) is not None:
        return Asked(Who.TEAM if word == "team" else Who.LEADS, team.pk)
    if word in {"person", "field"}:
        person = person_of(seen.get(name) if word == "field" else name)
        return Asked(Who.PERSON, person.pk) if person is not None else None
    return None


# Actions.


def _act(move: Move, row: Step, step: Action) -> None:
    """Do it to the ticket, in this transaction. What does not work is taken back alone: a failure of the step."""
    number = str(row.number)
    try:
        with transaction.atomic(), via("rule"):
            action = find(step.action)
            names, seen = action.types, move.seen(row)
            words = words_of(seen, move.definition)  # a note is read by people
            values = {
                name: _parameter(name, names.get(name, Any), raw(value, seen, words))
                for name, value in step.with_.items()
            }
            given = action.function(move.ticket, **values, by=None)
    except (Refused, NotAllowed) as refusal:
        move.told(Failed(number, "refused", str(refusal)))
    except (KeyError, TypeError, ValueError, models.ObjectDoesNotExist) as error:
        move.told(Failed(number, "wrong", f"“{step.action}” could not be done: {error}"))
    else:
        data = {step.into: _plain(given)} if step.into else {}
        if isinstance(given, Mapping):
            data |= {key: given.get(name) for key, name in step.response.items()}
        move.told(Finished(number, "", data))


def _parameter(name: str, kind: Any, value: Any) -> Any:
    """A plain value as the thing an action means by it: a person by address, a team by name, others by number."""
    options = getattr(kind, "__args__", (kind,))
    for one in options:
        if one is Person or (one is Any and name in {"to", "person", "owner", "requester", "author"}):
            found: Any = person_of(value)
        elif one is Team:
            found = team_of(value)
        elif one is Ticket or (isinstance(one, type) and issubclass(one, models.Model)):
            found = _row_of(one, value)
        else:
            continue
        if found is None and value not in (None, ""):
            raise Refused(f"There is no “{value}” for “{name}”.")
        return found
    if int in options and isinstance(value, str) and value.isdecimal():
        return int(value)
    return value


def _row_of(kind: Any, value: Any) -> Any:
    rows = kind._default_manager
    if isinstance(value, int) or (isinstance(value, str) and value.isdecimal()):
        return rows.filter(pk=int(value)).first()
    names = {field.name for field in kind._meta.get_fields()}
    for column in ("key", "name"):
        if column in names and (found := rows.filter(**{column: value}).first()) is not None:
            return found
    return None


def _plain(given: Any) -> Any:
    if isinstance(given, models.Model):
        return given.pk
    return given if isinstance(given, str | int | float | bool | type(None)) else str(given)
