"""Who is told what of workflows: whoever has a task, whom a step tells something, and who can repair a run."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from firstline.core.actions import may
from firstline.core.events import later
from firstline.core.events.models import Event
from firstline.people.access.models import Grant, Role
from firstline.people.accounts.models import Person
from firstline.people.notifications.actions.give import notify
from firstline.people.notifications.fields import Channel, Kind, Reason, Subject, declare, declare_subject
from firstline.people.teams.models import TeamMember
from firstline.work.tickets.models import Ticket

from .events import PeopleTold, ReviewDue, RunStuck, StepReminded
from .models import Step, Workflow

INBOX, MAIL, PUSH = Channel.INBOX, Channel.MAIL, Channel.PUSH
WORKFLOWS = _("Workflows")
WHAT = {"task": _("what is to be done"), "details": _("what the task says")}

REMINDED = declare(
    Kind(
        "workflow.reminded",
        label=_("A task of a workflow still waits, or takes too long"),
        title=_("Still waiting: {task} (#{number})"),
        text=_("It belongs to: {subject}"),
        group=WORKFLOWS,
        desk={INBOX, MAIL, PUSH},
        others={INBOX, MAIL},
        for_others=True,
        facts={"task": WHAT["task"]},
    )
)
TOLD = declare(
    Kind(
        "workflow.told",
        label=_("A workflow tells you something"),
        title=_("{told} (#{number})"),
        text=_("{details}"),
        group=WORKFLOWS,
        desk={INBOX, MAIL},
        others={INBOX, MAIL},
        for_others=True,
        facts={"told": _("the subject the workflow has for it"), "details": _("what the workflow says")},
    )
)
# To whom the ticket itself is not shown: a new colleague reads their welcome, not what was written about them.
TOLD_BESIDE = declare(
    Kind(
        "workflow.told_beside",
        label=_("A workflow tells you something about a request that is not yours"),
        title=_("{told}"),
        text=_("{details}"),
        group=WORKFLOWS,
        desk={INBOX, MAIL},
        others={INBOX, MAIL},
        for_others=True,
        facts={"told": _("the subject the workflow has for it"), "details": _("what the workflow says")},
    )
)


def read(person: Any, numbers: Collection[int]) -> Mapping[int, Mapping[str, str]]:
    if not may(person, "workflow.view"):
        return {}
    rows = Workflow.objects.filter(pk__in=list(numbers)).values_list("pk", "key", "name", "goal")
    return {pk: {"key": key, "name": name, "goal": goal} for pk, key, name, goal in rows}


def _page(_person: Any, number: int) -> str:
    key = Workflow.objects.filter(pk=number).values_list("key", flat=True).first()
    return reverse("workflows:workflow", args=[key]) if key else ""


declare_subject(
    Subject(
        "workflow",
        read=read,
        link=_page,
        placeholders={"name": _("the name of the workflow"), "goal": _("what it is for")},
    )
)
STUCK = declare(
    Kind(
        "workflow.stuck",
        label=_("A workflow stands still and has to be repaired"),
        title=_("A workflow stands still: {task} (#{number})"),
        text=_("{details}\n\nIt belongs to: {subject}"),
        group=WORKFLOWS,
        desk={INBOX, MAIL},
        facts=WHAT,
    )
)


REVIEW = declare(
    Kind(
        "workflow.review",
        label=_("A workflow of mine should be looked at again"),
        title=_("Look at the workflow again: {name}"),
        text=_("Its goal: {goal}\nDoes it still do what it is for? Is there a step that nobody needs?"),
        group=WORKFLOWS,
        desk={INBOX, MAIL},
    )
)


@later(ReviewDue)
def tell_of_the_review(event: Event) -> None:
    workflow = Workflow.objects.select_related("owner").filter(pk=event.subject_id).first()
    if workflow is not None and workflow.owner is not None:
        notify(REVIEW, {"owner": [workflow.owner]}, about=workflow, event=event, by=None)


@later(StepReminded)
def remind_them(event: Event) -> None:
    facts = event.facts
    is_open = Step.objects.filter(run=facts["run"], number=facts["number"], is_open=True).exists()
    ticket = Ticket.objects.filter(pk=event.subject_id).first()
    if ticket is not None and is_open:
        to: dict[str, list[int]] = {Reason.RULE: facts["people"]}
        notify(REMINDED, to, about=ticket, event=event, facts={"task": facts["title"]}, by=None)


@later(PeopleTold)
def pass_it_on(event: Event) -> None:
    ticket = Ticket.objects.filter(pk=event.subject_id).first()
    if ticket is not None:
        facts = {"told": event.facts.get("subject", ""), "details": event.facts.get("text", "")}
        to: dict[str, list[int]] = {Reason.RULE: event.facts["people"]}
        written = {*event.facts["people"], *event.facts.get("named", ())} if event.facts.get("is_written") else ()
        given = notify(TOLD, to, about=ticket, event=event, facts=facts, knows_by_mail=written, by=None)
        known = {notice.person_id for notice in given} | set(event.facts["people"])
        named = Person.objects.filter(pk__in=event.facts.get("named", ()))
        beside = [each.pk for each in named if each.pk not in known or not may(each, "ticket.view", ticket)]
        if beside:
            to = {Reason.RULE: beside}
            notify(TOLD_BESIDE, to, event=event, facts=facts, knows_by_mail=written, by=None)


@later(RunStuck)
def tell_who_can_repair_it(event: Event) -> None:
    ticket = Ticket.objects.filter(pk=event.subject_id).first()
    if ticket is None:
        return
    leads = TeamMember.objects.filter(team=ticket.team_id, is_lead=True).values_list("person_id", flat=True)
    admins = Grant.objects.filter(role=Role.ADMIN).values_list("person_id", flat=True)
    facts = {"task": event.facts.get("title", ""), "details": event.facts.get("why", "")}
    notify(
        STUCK, {Reason.LEAD: list(leads), Reason.RULE: list(admins)}, about=ticket, event=event, facts=facts, by=None
    )
