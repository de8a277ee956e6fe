"""Major incidents: declare, steer, end, report."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action, may
from firstline.core.events.record import record
from firstline.flow.escalation.events import MajorChanged, MajorDeclared, MajorEnded, MajorReported
from firstline.flow.escalation.models import MajorIncident, Stakeholder
from firstline.work.tickets.actions.edit import prioritise
from firstline.work.tickets.actions.participants import add_participant
from firstline.work.tickets.models import Kind, Participant, Priority, Ticket

from .news import promise

REPORT = ("summary", "root_cause", "steps", "prevention", "lessons")


@action("ticket.declare_major", permission="ticket.major")
def declare_major(ticket: Ticket, *, coordinator: Any = None, notice: str = "", by: Any) -> MajorIncident:
    """Declare a major incident: highest priority, one coordinator, promised news, and a report at the end."""
    if ticket.kind != Kind.INCIDENT:
        raise Refused(_("Only an incident can be a major incident. Convert the ticket first."))
    if not ticket.is_unsolved:
        raise Refused(_("It is solved. Reopen it first if it is not."))
    if MajorIncident.objects.filter(ticket=ticket, ended_at__isnull=True).exists():
        raise Refused(_("It is a major incident already."))
    coordinator = coordinator or by
    _must_work_here(coordinator)
    found, _is_new = MajorIncident.objects.update_or_create(
        ticket=ticket,
        defaults={
            "declared_by": by, "declared_at": clock.now(), "coordinator": coordinator, "ended_at": None,
            "notice": " ".join(notice.split())[:300],
        },
    )  # fmt: skip
    record(ticket, MajorDeclared, by=by, coordinator=coordinator.pk if coordinator else None)
    if ticket.priority != Priority.CRITICAL:
        prioritise(ticket, Priority.CRITICAL, reason=_("Major incident"), by=None)
    if coordinator is not None and coordinator.pk != ticket.owner_id:
        add_participant(ticket, coordinator, Participant.Role.COLLABORATOR, by=None)
    promise(ticket, after=clock.now(), is_first=True)
    return found


@action("major.steer", permission="ticket.major")
def steer(incident: MajorIncident, *, notice: str | None = None, coordinator: Any = None, by: Any) -> MajorIncident:
    """Change the public note or who coordinates."""
    fields = []
    if notice is not None and (words := " ".join(notice.split())[:300]) != incident.notice:
        incident.notice = words
        fields.append("notice")
    if coordinator is not None and coordinator.pk != incident.coordinator_id:
        _must_work_here(coordinator)
        incident.coordinator = coordinator
        fields.append("coordinator")
        add_participant(incident.ticket, coordinator, Participant.Role.COLLABORATOR, by=None)
    if fields:
        incident.save(update_fields=fields)
        record(incident.ticket, MajorChanged, by=by, fields=fields)
    return incident


@action("major.stakeholder", permission="ticket.major")
def name_stakeholder(incident: MajorIncident, person: Any, *, is_out: bool = False, by: Any) -> None:
    """Let somebody be told about this incident, or no more."""
    if is_out:
        Stakeholder.objects.filter(incident=incident, person=person).delete()
    else:
        Stakeholder.objects.get_or_create(incident=incident, person=person)
        add_participant(incident.ticket, person, Participant.Role.AFFECTED, by=None)
    record(incident.ticket, MajorChanged, by=by, fields=["stakeholders"], person=person.pk)


@action("major.end", permission="ticket.major")
def end_major(incident: MajorIncident, *, by: Any) -> MajorIncident:
    """Declare it over; the report is due."""
    if incident.ended_at is None:
        incident.ended_at = clock.now()
        incident.save(update_fields=["ended_at"])
        record(incident.ticket, MajorEnded, by=by)
    return incident


@action("major.report", permission="ticket.major")
def write_report(incident: MajorIncident, *, is_finished: bool = False, by: Any, **parts: str) -> MajorIncident:
    """Write the report: summary, root_cause, steps, prevention, lessons. Finished, it opens the way to closing."""
    for name, words in parts.items():
        if name not in REPORT:
            raise Refused(_("A report has no part “%(name)s”.") % {"name": name})
        setattr(incident, name, words.strip()[:5000])
    if is_finished:
        if incident.lacks:
            raise Refused(_("The report is not finished: root cause, steps and prevention have to be told."))
        incident.reported_by, incident.reported_at = by, clock.now()
    incident.save(update_fields=[*parts, "reported_by", "reported_at"])
    record(incident.ticket, MajorReported if is_finished else MajorChanged, by=by, fields=sorted(parts))
    return incident


def _must_work_here(person: Any) -> None:
    if person is not None and not may(person, "desk.enter"):
        raise Refused(_("%(person)s does not work on the desk.") % {"person": person})
