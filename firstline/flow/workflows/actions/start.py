"""Starting a run: by hand, by something that happened to the ticket, or by a step of another run."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Mark, Refused, action
from firstline.core.conditions import matches, parse
from firstline.core.database.prepared import Prepared
from firstline.core.events.record import record
from firstline.core.fields import ConditionError, Context
from firstline.flow.workflows.engine.definition import Datum, SubWorkflow
from firstline.flow.workflows.engine.inputs import Failed, Start
from firstline.flow.workflows.events import RunNotStarted, RunStarted
from firstline.flow.workflows.models import Run, Step, Version, Way
from firstline.flow.workflows.queries.workflows import in_use
from firstline.flow.workflows.rules import address_of, by_name, definition_of, net_of, next_moment, person_of, raw
from firstline.work.tickets.actions._change import lock, must_be_live
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.fields import catalogue
from firstline.work.tickets.models import Filing, Ticket

from ._moving import Move

DEEPEST = 10  # runs within runs


@action("workflow.start", permission="workflow.start")
def start(ticket: Ticket, version: Version, data: Mapping[str, Any] | None = None, *, at: str = "", by: Any) -> Run:
    """Start a workflow on a ticket. `data`: what it asks for at its beginning."""
    return begin(ticket, version, dict(data or {}), at=at, by=by)


_a_way = Mark(lambda: Way.objects.exclude(event="").order_by().values("pk")[:1])  # any that an event leads in by
_ways = Prepared(lambda event: Way.objects.filter(event=event).select_related("version__workflow"), str)


def start_where_a_way_leads_in(ticket: Ticket, event: str) -> None:
    """Start the workflows in use that this kind of event starts, where their condition fits; each once at a time."""
    for way in _ways(event) if _a_way() else ():
        under_way = Run.objects.filter(ticket=ticket, version__workflow=way.version.workflow_id, is_open=True)
        if _fits(way, ticket) and not under_way.exists():
            start(ticket, way.version, at=way.step, by=None)


@action("workflow.start_by_calendar", permission="workflow.repair")
def start_by_calendar(way: Way, *, by: Any) -> Run | None:
    """Start what the calendar says, on a ticket of its own: once for each moment, however many were missed."""
    now = clock.now()
    found = Way.objects.select_for_update(of=("self",)).filter(pk=way.pk, next_at__lte=now).first()
    if found is None:
        return None
    found.next_at = next_moment(found.condition, now)
    found.save(update_fields=["next_at"])
    version = Version.objects.select_related("workflow__owner", "published_by").get(pk=found.version_id)
    requester = version.workflow.owner or version.published_by
    if requester is None or not requester.is_active:
        raise Refused(_("Nobody looks after this workflow, so nobody can be asked."))
    ticket = open_ticket(requester, version.workflow.name, kind="request", source="schedule", by=None)
    return start(ticket, version, at=found.step, by=None)


def start_from_form(filing: Filing, version: Version) -> None:
    """Start what the offering names, with the answers as data. What cannot begin is told in the ticket's history.

    Within the action that files the form.
    """
    definition = definition_of(net_of(version))
    price = filing.offering.cost if filing.offering is not None else None
    said = {"price": price} | dict(filing.answers)
    data = {}
    for datum in definition.fields:
        value = typed(datum, said.get(datum.key))
        if value is not None:
            data[datum.key] = value
    try:
        with transaction.atomic():
            start(filing.ticket, version, data, by=None)
    except Refused as refusal:
        record(filing.ticket, RunNotStarted, by=None, name=version.workflow.name, why=str(refusal))


def typed(datum: Datum, value: Any) -> Any:
    """An answer of a form as a field of a run wants it; None for nothing, or for what cannot be read so."""
    if value in (None, "", [], {}):
        return None
    match datum.type:
        case "number":
            return _number(value)
        case "yes_no":
            return value if isinstance(value, bool) else str(value).lower() in {"yes", "true", "1"}
        case "list" | "items" | "plan":
            return [_plain(each) for each in value] if isinstance(value, list | tuple) else [_plain(value)]
        case "choice":
            known = {choice.key for choice in datum.choices}
            return value if value in known else None
        case "person":
            person = person_of(value) or by_name(str(value))
            return address_of(person) if person is not None else None
        case "date":
            return str(value)[:10]
    return _plain(value)


def _number(value: Any) -> Any:
    text = str(value.get("amount", "") if isinstance(value, Mapping) else value)
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return int(number) if number == number.to_integral_value() else str(number)


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(_plain(each) for each in value.values() if each not in (None, ""))
    return ", ".join(map(_plain, value)) if isinstance(value, list | tuple) else str(value)


@action("workflow.begin_inside", permission="workflow.repair")
def begin_inside(run: Run, number: int, *, by: Any) -> Run | None:
    """Start the run that a step of another run waits for."""
    waiting = Step.objects.filter(run=run, number=number).first()
    net = net_of(run.version)
    step = next(
        (each.work for each in net.nodes.values() if waiting and each.id == waiting.step), None
    )  # fmt: skip
    if waiting is None or not isinstance(step, SubWorkflow):
        return None
    version = in_use(step.workflow)
    trouble = ""
    if version is None:
        trouble = f"There is no workflow “{step.workflow}” in use."
    elif run.depth >= DEEPEST:
        trouble = "Too many runs have been started inside of each other."
    else:
        data = {key: raw(value, {**run.state["data"], **waiting.local}) for key, value in step.with_.items()}
        try:
            with transaction.atomic():
                return begin(
                    run.ticket, version, data, parent=waiting if step.waits else None, depth=run.depth + 1, by=by
                )
        except Refused as refusal:
            trouble = str(refusal)
    if waiting.is_open:
        Move(run).give(Failed(str(number), "not_started", trouble), by=None)
    return None


def begin(
    ticket: Ticket, version: Version, data: dict[str, Any], *, at: str = "", parent: Step | None = None,
    depth: int = 0, is_sample: bool = False, once: str | None = None, by: Any,
) -> Run:  # fmt: skip
    lock(ticket)
    must_be_live(ticket)
    if version.state != Version.State.PUBLISHED:
        raise Refused(_("This version is not in use."))
    run = Run(
        version=version, ticket=ticket, parent=parent, depth=depth, is_sample=is_sample, state={}, started_by=by,
        started_at=clock.now(), once=once,
    )  # fmt: skip
    run.save(force_insert=True)
    record(
        ticket, RunStarted, by=by, run=run.pk, name=version.workflow.name, version=version.number
    )  # fmt: skip
    move = Move(run, is_new=True)
    first = at or move.net.processes[0].starts[0].id
    said = _known(ticket, version) | data | _of_every_run(ticket, version)
    move.give(Start(said, by=address_of(by) if by is not None else None, at=first), by=by)
    return run


def _known(ticket: Ticket, version: Version) -> dict[str, Any]:
    """What the workflow asks for and the ticket says already, in a field of the same name."""
    declared = {datum.key for datum in definition_of(net_of(version)).fields}
    said = {"subject": ticket.subject, **ticket.custom}
    return {key: value for key, value in said.items() if key in declared and value not in (None, "")}


def _of_every_run(ticket: Ticket, version: Version) -> dict[str, Any]:
    return {
        "requester": address_of(ticket.requester),
        "started": clock.now().isoformat(),
        "workflow": version.workflow.name,
        "ticket": str(ticket.pk),
    }


def _fits(way: Way, ticket: Ticket) -> bool:
    """Whether it is meant for tickets like this one. What cannot be read any more starts nothing."""
    if not way.condition.strip():
        return True
    context = Context(viewer=None, trusted=True)
    try:
        return matches(parse(way.condition, catalogue, context), catalogue, ticket, context)
    except ConditionError:
        return False
