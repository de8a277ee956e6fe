"""Doing what `queries/deeds.py` can say: each deed is one of the registered actions of a ticket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from firstline.core import clock
from firstline.core.actions import Refused
from firstline.core.events.record import record
from firstline.flow.automations.events import AutomationTold
from firstline.flow.automations.models import CannedReply
from firstline.flow.automations.queries.deeds import (
    NOBODY,
    OF_TYPE,
    ORDER,
    Change,
    differences,
    due_from,
    filled,
    text_of,
)
from firstline.flow.escalation.actions.escalate import escalate
from firstline.flow.escalation.queries import leads_of
from firstline.flow.triage.actions.pick import pick
from firstline.people.accounts.models import Person
from firstline.people.notifications.queries import language_of
from firstline.people.teams.models import Team
from firstline.work.conversations.actions.say import note, reply, tell
from firstline.work.tickets.actions.assign import assign
from firstline.work.tickets.actions.edit import assess, categorise, prioritise, set_custom, set_due, set_tags
from firstline.work.tickets.actions.participants import add_participant
from firstline.work.tickets.actions.route import route
from firstline.work.tickets.actions.status import change_status
from firstline.work.tickets.models import Category, CustomField, Participant, Status, Ticket
from firstline.work.tickets.queries import first_status, members_of, people_of

Deed = Mapping[str, Any]


def do(ticket: Ticket, deeds: Iterable[Deed], *, name: str, by: Any) -> list[Change]:
    """Do them to the ticket, in their order, and answer with what has changed. What is so already is left alone."""
    done: list[Change] = []
    for deed in sorted(deeds, key=lambda each: ORDER.index(each["do"])):
        changes = differences(ticket, [deed])
        if changes:
            _one(ticket, deed["do"], deed.get("value"), name=name, by=by)
            done += changes
    return done


def _one(ticket: Ticket, what: str, value: Any, *, name: str, by: Any) -> None:
    match what:
        case "category":
            categorise(ticket, _there(Category.objects.filter(pk=value, is_active=True).first(), what), by=by)
        case "impact" | "urgency":
            now = {"impact": ticket.impact, "urgency": ticket.urgency}
            assess(ticket, **(now | {what: value}), by=by)
        case "priority":
            prioritise(ticket, value, reason=name, by=by)
        case "add_tags":
            set_tags(ticket, [*ticket.tags.values_list("name", flat=True), *value], by=by)
        case "remove_tags":
            set_tags(ticket, [tag for tag in ticket.tags.values_list("name", flat=True) if tag not in value], by=by)
        case "custom":
            for field in CustomField.objects.filter(key__in=list(value), is_active=True):
                set_custom(ticket, field, value[field.key], by=by)
        case "due":
            set_due(ticket, due_from(value, clock.now()), by=by)
        case "team":
            route(ticket, _there(Team.objects.filter(pk=value).first(), what), by=by)
        case "owner":
            owner = None if value == NOBODY else _there(Person.objects.filter(pk=value).first(), what)
            assign(ticket, owner, by=by)
        case "pick":
            pick(ticket, by=by)
        case "watch":
            person = _there(Person.objects.filter(pk=value).first(), what)
            add_participant(ticket, person, Participant.Role.WATCHER, by=by)
        case "status":
            change_status(ticket, _status(ticket, value), by=by)
        case _:
            _say(ticket, what, value, name=name, by=by)


def _say(ticket: Ticket, what: str, value: Any, *, name: str, by: Any) -> None:
    match what:
        case "note":
            note(ticket, filled(value, ticket, by), by=by)
        case "reply":
            _write(ticket, value, by=by)
        case "answer":
            canned = _there(CannedReply.objects.filter(pk=value, is_active=True).first(), what)
            _write(ticket, text_of(canned, ticket.requester)[1], by=by)
        case "notify":
            people = whom(ticket, value)
            if people:
                text = filled(value.get("text", ""), ticket, by)
                record(ticket, AutomationTold, by=by, name=name, text=text, people=people)
        case "escalate":
            escalate(ticket, filled(value, ticket, by), by=by)
        case _:
            raise Refused(_("Nobody knows how to do this: %(what)s.") % {"what": what})


def _write(ticket: Ticket, text: str, *, by: Any) -> None:
    """To everybody on the ticket: by the agent, or in the name of the desk."""
    with override(language_of(ticket.requester)):
        said = filled(text, ticket, by)
    if by is None:
        tell(ticket, said, by=None)
    else:
        reply(ticket, said, by=by)


def whom(ticket: Ticket, value: Mapping[str, Any]) -> list[int]:
    """Whom a notice goes to."""
    match value.get("whom"):
        case "owner":
            return [ticket.owner_id] if ticket.owner_id is not None else members_of(ticket.team_id)
        case "team":
            return members_of(ticket.team_id)
        case "leads":
            return [person.pk for person in leads_of(ticket.team_id)]
        case "watchers":
            return people_of(ticket).get(Participant.Role.WATCHER, [])
    return [int(value["person"])] if value.get("person") else []


def _status(ticket: Ticket, key: str) -> Status:
    if key.startswith(OF_TYPE):
        return first_status(ticket.kind, key.removeprefix(OF_TYPE))
    found = Status.objects.filter(kind=ticket.kind, key=key, is_active=True).first()
    if found is None:
        raise Refused(_("Tickets of this kind have no status “%(status)s”.") % {"status": key})
    return found


def _there[T](found: T | None, what: str) -> T:
    if found is None:
        raise Refused(_("What it sets does not exist any more: %(what)s.") % {"what": what})
    return found
