"""What happens to tickets starts runs, and moves those that wait for it; what leaves the machine is done afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from firstline.core import live, outbound
from firstline.core.actions import acting, at_the_end, may, prove_it_is_ours
from firstline.core.database.prepared import Prepared
from firstline.core.events import later, on
from firstline.core.events.models import Event
from firstline.flow.approvals.events import ApprovalDecided
from firstline.flow.approvals.queries.shown import plug_in_details
from firstline.people.accounts.models import Person
from firstline.people.notifications.engine.words import fill
from firstline.work.catalog.models import Offering
from firstline.work.catalog.queries import plug_in_choices
from firstline.work.conversations.events import Replied
from firstline.work.intake.events import SubmissionFiled
from firstline.work.tasks.events import TaskAssigned, TaskDone
from firstline.work.tasks.models import Task
from firstline.work.tasks.rules import plug_in_answering
from firstline.work.tickets.actions._change import was_opened_just_now
from firstline.work.tickets.events import (
    TicketCategorised,
    TicketConverted,
    TicketOpened,
    TicketReopened,
    TicketRouted,
    TicketStatusChanged,
)
from firstline.work.tickets.models import Filing, StatusType, Ticket

from .actions._inviting import cancel_invitations
from .actions.answer import CALLER, hear_decision, hear_reply, hear_task, report
from .actions.repair import withdraw_with_the_ticket
from .actions.start import start_from_form, start_where_a_way_leads_in
from .actions.systems import keep_once, note_asked, note_check
from .engine.definition import CallOut, Connect
from .events import CallDue, RunEnded, SystemCheckAsked
from .jobs.asking import Failed, TryAgain, ask
from .jobs.secrets import headers_of, kept_for
from .models import Invitation, Party, Run, Step, System, Version, Workflow
from .queries.changes import details
from .rules import net_of, raw, words_of

# What workflows themselves do starts no further ones: otherwise two could start each other for ever.
STARTS_NOTHING = {"import", "rule"}


@on(TicketOpened, TicketCategorised, TicketConverted, TicketRouted, TicketStatusChanged, TicketReopened)
def start_workflows(event: Event, ticket: Any) -> None:
    """At the end, when triage has sorted it and its first message is there."""
    if event.via not in STARTS_NOTHING:
        at_the_end(("workflows: start", ticket.pk, event.kind), partial(_start, ticket, event.kind))


def _start(ticket: Ticket, kind: str) -> None:
    if ticket.merged_into_id is None and (ticket.is_unsolved or kind == TicketStatusChanged.key):
        start_where_a_way_leads_in(ticket, kind)


@on(SubmissionFiled)
def start_what_the_offering_names(event: Event, submission: Any) -> None:
    """A form for an offering that names a workflow starts it, with the answers as its data.

    Where each row of the form has a ticket of its own, each of those has a run, and the parent none.
    """
    key = Offering.objects.filter(key=event.facts.get("offering") or "").exclude(workflow="").values("workflow")[:1]
    version = Version.objects.filter(workflow__key__in=key, state=Version.State.PUBLISHED).first()
    if version is None:
        return
    filings = Filing.objects.filter(submission=submission).select_related("ticket", "offering").order_by("place", "id")
    has_rows = any(filing.place for filing in filings)
    for filing in filings:
        if filing.place or not has_rows:
            at_the_end(("workflows: filed", filing.ticket_id), partial(start_from_form, filing, version))


def _workflow_choices() -> Iterable[tuple[str, str]]:
    """Which workflows an offering may start: those in use, and those that one names already."""
    found = Workflow.objects.filter(state=Workflow.State.PUBLISHED).order_by("name", "key")
    known = dict(found.values_list("key", "name"))
    named = Offering.objects.exclude(workflow="").order_by("workflow").values_list("workflow", flat=True).distinct()
    missing = {key: _("%(name)s (not in use yet)") % {"name": key} for key in named if key not in known}
    return [*known.items(), *missing.items()]


plug_in_choices("workflow", _workflow_choices)
plug_in_details(CALLER, details)


@on(ApprovalDecided)
def go_on_when_it_is_decided(event: Event, approval: Any) -> None:
    """At the end: the approval is decided by then, and its ticket goes on."""
    facts = event.facts
    if facts["caller"] == CALLER:
        work = partial(hear_decision, facts["reference"], facts["outcome"])
        at_the_end(("workflows: decided", approval.pk), work)


@on(TaskDone)
def go_on_when_a_task_is_done(event: Event, ticket: Any) -> None:
    """Whoever finishes the task of a step has answered it. What a run settles itself it knows already."""
    facts = event.facts
    if facts["caller"] == CALLER and not facts["is_settled"]:
        by = Person.objects.filter(pk=event.actor_id).first() if event.actor_id is not None else None
        work = partial(hear_task, facts["reference"], facts["remark"], by)
        at_the_end(("workflows: task", facts["task"]), work)


@on(TaskAssigned)
def ask_whoever_has_the_task(event: Event, ticket: Any) -> None:
    """A step asks whoever its task was given to."""
    if event.facts["caller"] == CALLER:
        people = event.facts["people"]
        run_id, number, *place = event.facts["reference"].split(":")
        if place:  # one of several: the others stay
            Party.objects.filter(run=int(run_id), number=int(number), place=int(place[0])).update(
                person=people[0] if people else None, team=None if people else event.facts["team"]
            )
            return
        Step.objects.filter(run=int(run_id), number=int(number), is_open=True).update(
            person=people[0] if people else None, team=event.facts["team"]
        )


def _step_of(task: Task) -> Step | None:
    run_id, number = task.reference.split(":")[:2]
    return Step.objects.select_related("run__ticket__team").filter(run=int(run_id), number=int(number)).first()


def _page_of(task: Task) -> str:
    step = _step_of(task)
    return reverse("workflows:task", args=[step.pk]) if step is not None else ""


def _may_answer(task: Task, person: Any) -> bool:
    step = _step_of(task)
    return step is not None and may(person, "workflow.answer", step)


plug_in_answering(CALLER, _page_of, _may_answer)


@on(Replied)
def go_on_after_a_reply(event: Event, ticket: Any) -> None:
    """Where somebody's reply is waited for, theirs ends the wait."""
    if event.via != "import" and event.actor_id is not None:
        at_the_end(("workflows: reply", ticket.pk, event.actor_id), partial(_hear, ticket, event.actor_id))


_waiting_runs = Prepared(
    lambda ticket: Run.objects.filter(
        pk__in=Step.objects.filter(run__ticket=ticket, is_open=True, kind="wait").values("run")
    ),
    int,
)


def _hear(ticket: Ticket, author: int) -> None:
    for run in () if was_opened_just_now(ticket) else _waiting_runs(ticket.pk):
        run.ticket = ticket
        hear_reply(run, Person.objects.get(pk=author))


@on(RunEnded)
def call_off_its_appointments(event: Event, ticket: Any) -> None:
    """What a run that is called off has invited people to does not take place."""
    if event.facts["how"] != "done":
        invited = Invitation.objects.filter(run=event.facts["run"], is_cancelled=False).select_related("person")
        cancel_invitations(ticket, list(invited))


@on(TicketStatusChanged)
def end_with_the_ticket(event: Event, ticket: Any) -> None:
    """A ticket that somebody closes takes its runs with it; one that a run closes does not."""
    if ticket.state == StatusType.CLOSED and event.via not in STARTS_NOTHING:
        under_way = list(
            Run.objects.filter(ticket=ticket, is_open=True, parent__isnull=True).values_list("pk", flat=True)
        )
        if under_way:  # what the closing itself starts goes on
            at_the_end(("workflows: closed", ticket.pk), partial(_end, ticket, under_way))


def _end(ticket: Ticket, runs: list[int]) -> None:
    if ticket.state != StatusType.CLOSED:
        return
    for run in Run.objects.filter(pk__in=runs, is_open=True):
        run.ticket = ticket
        withdraw_with_the_ticket(run, "The ticket was closed.")


@later(CallDue)
def call_out(event: Event) -> None:
    """Ask the other system, after the commit; again as often as the step says, then the step has failed."""
    row = (
        Step.objects.select_related("run__ticket", "run__version__workflow")
        .filter(run=event.facts["run"], number=event.facts["number"], is_open=True)
        .first()
    )
    if row is None:
        return
    run = row.run
    step = net_of(run.version).nodes[row.step].work
    if not isinstance(step, CallOut | Connect):
        return
    with acting():
        Step.objects.filter(pk=row.pk).update(attempts=row.attempts + 1)
    trouble, code, data = _called(step, row) if isinstance(step, CallOut) else _connected(step, row)
    if trouble and code == "try_again":
        if row.attempts < step.retries:
            raise ConnectionError(trouble)
        code = "unreachable"
    report(run, row.number, data=data, code=code, trouble=trouble, by=None)


def _connected(step: Connect, row: Step) -> tuple[str, str, dict[str, Any]]:
    """Trouble, its code, and what the answer of the system brings into the data."""
    name = step.connection or step.connector
    system = System.objects.filter(key=name, kind=step.connector, is_active=True).first()
    if system is None:
        return f"There is no system “{name}”.", "no_connection", {}
    data = {**row.run.state["data"], **row.local}
    fields = {key: raw(value, data) for key, value in step.with_.items()}
    trouble, code, found = "", "", {}
    try:
        found = ask(system, step.operation, fields, f"firstline-{row.run_id}-{row.number}")
    except Failed as failed:
        trouble, code = str(failed), failed.code
    except TryAgain as later_:
        trouble, code = str(later_), "try_again"
    note_asked(system, step.operation, run=row.run_id, number=row.number, how=code or "done", by=None)
    if trouble:
        return trouble, code, {}
    if secret := found.pop("secret", ""):
        # Neither the data of the run nor any notice holds it: only an address that its owner opens once.
        once = keep_once(row.run.ticket.requester, secret, by=None)
        found["link"] = settings.BASE_URL + reverse("workflows:once", args=[once.key])
    return "", "", {key: _at(found, path) for key, path in step.response.items()}


@later(SystemCheckAsked)
def try_the_system(event: Event) -> None:
    """Whether it answers: asked by a worker, after the page has gone on."""
    system = System.objects.filter(pk=event.subject_id, check_state="asked").first()
    if system is None:
        return
    trouble = ""
    try:
        ask(system, "check_connection", {}, "check")
    except (Failed, TryAgain) as told:
        trouble = str(told)
    note_check(system, trouble, by=None)


def _called(step: CallOut, row: Step) -> tuple[str, str, dict[str, Any]]:
    """Trouble, its code, and what the answer brings into the data."""
    data = {**row.run.state["data"], **row.local}
    words = words_of(data, None)
    url = fill(step.url, {key: quote(value, safe="") for key, value in words.items()})
    kept = None
    if step.secret:
        try:
            kept = kept_for(step.secret, url)
        except Failed as failed:
            return str(failed), failed.code, {}
        note_asked(kept.system, step.method, run=row.run_id, number=row.number, how="sent", by=None)
    headers = headers_of(step, words, kept)
    body = raw(step.body, data)
    content = b""
    if body is not None:
        content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        if not isinstance(body, str):
            headers.setdefault("Content-Type", "application/json")
    # The other system can tell a second try from a second request.
    headers["Idempotency-Key"] = f"firstline-{row.run_id}-{row.number}"
    prove_it_is_ours()
    try:
        answer = outbound.send(url, method=step.method, headers=headers, content=content)
    except outbound.Forbidden as refusal:
        return str(refusal), "forbidden", {}
    except (outbound.TooSlow, outbound.Unreachable) as trouble:
        return str(trouble), "try_again", {}
    if answer.status >= 500 or answer.status == 429:
        return f"The other system answered {answer.status}.", "try_again", {}
    if not 200 <= answer.status < 300:
        return f"The other system answered {answer.status}.", f"http_{answer.status}", {}
    if not step.response:
        return "", "", {}
    try:
        said = json.loads(answer.content)
    except ValueError:
        return "The other system answered something that is no JSON.", "no_json", {}
    found = {key: _at(said, path) for key, path in step.response.items()}
    return "", "", kept.masked(found) if kept is not None else found


def _at(said: Any, path: str) -> Any:
    for part in path.split("."):
        if isinstance(said, Mapping):
            said = said.get(part)
        elif isinstance(said, list) and part.isdecimal() and int(part) < len(said):
            said = said[int(part)]
        else:
            return None
    return said


live.harmless("workflow")
