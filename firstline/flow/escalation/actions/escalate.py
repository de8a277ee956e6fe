from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action, may
from firstline.core.events.record import record
from firstline.flow.escalation.events import NobodyToEscalateTo, TicketEscalated
from firstline.flow.escalation.models import Escalation, Level, Path, Vendor
from firstline.flow.escalation.queries import leads_of, levels_of, path_for
from firstline.people.teams.models import Team
from firstline.people.teams.queries import on_call, on_shift
from firstline.work.tickets.actions.assign import assign
from firstline.work.tickets.actions.participants import add_participant
from firstline.work.tickets.actions.route import route
from firstline.work.tickets.models import Participant, Ticket

from .follow import follow


@action("ticket.escalate", permission="ticket.escalate")
def escalate(
    ticket: Ticket,
    reason: str,
    *,
    level: Level | None = None,
    team: Team | None = None,
    person: Any = None,
    vendor: Vendor | None = None,
    takes_over: bool = False,
    told: dict[str, str] | None = None,
    by: Any,
) -> Escalation:
    """Ask somebody beyond the owner: the next level of the path, or anybody by name. The owner stays visible."""
    reason = " ".join(reason.split())
    if not reason:
        raise Refused(_("Say why, so that whoever is asked knows what is expected of them."))
    if not ticket.is_unsolved:
        raise Refused(_("It is solved. Reopen it first if it is not."))
    step = 0
    if level is None and team is None and person is None and vendor is None:
        level = next_level(ticket)
        if level is None:
            raise Refused(_("The path ends here. Name a team, a person or a supplier."))
    if level is not None:
        path = level.path
        step = [each.pk for each in levels_of(path)].index(level.pk) + 1
        told = _answered(level, told or {})
        return _ask(ticket, level, step=step, reason=reason, because={}, told=told, by=by)
    if person is not None and not may(person, "desk.enter"):
        raise Refused(_("%(person)s does not work on the desk.") % {"person": person})
    who = Level.Who.VENDOR if vendor else Level.Who.PERSON if person else Level.Who.TEAM
    made = Escalation(
        who=who, team=team, person=person, vendor=vendor, way=Level.Way.HAND_OVER if takes_over else Level.Way.JOIN
    )
    return _put(ticket, made, reason=reason, because={}, told=told or {}, by=by)


def escalate_by_itself(ticket: Ticket, level: Level, *, step: int, because: dict[str, Any]) -> Escalation | None:
    """What the sweep does when a level is due; None if its people cannot be found, which is an event of its own."""
    try:
        return _ask(ticket, level, step=step, reason="", because=because, told={}, by=None)
    except NobodyThere:
        record(ticket, NobodyToEscalateTo, by=None, level=level.name, step=step)
        return None


class NobodyThere(Refused):
    """A level without anybody in it."""


def next_level(ticket: Ticket, path: Path | None = None) -> Level | None:
    """The level after those that are already asked."""
    path = path or path_for(ticket)
    if path is None:
        return None
    reached = (
        Escalation.objects.filter(ticket=ticket, path=path, ended_at__isnull=True).order_by("-step").first()
    )  # fmt: skip
    at = reached.step if reached else 0
    return next((level for number, level in enumerate(levels_of(path), 1) if number > at), None)


def _answered(level: Level, told: dict[str, str]) -> dict[str, str]:
    kept = {question: " ".join(told.get(question, "").split())[:500] for question in level.asks_for}
    lacking = [question for question, answer in kept.items() if not answer]
    if lacking:
        raise Refused(_("Tell the next level: %(questions)s") % {"questions": ", ".join(lacking)})
    return kept


def _ask(
    ticket: Ticket, level: Level, *, step: int, reason: str, because: dict[str, Any], told: dict[str, str], by: Any
) -> Escalation:
    team, person = level.team, level.person
    if level.who == Level.Who.LEAD:
        lead = next(iter(leads_of(ticket.team_id)), None)
        if lead is None:
            raise NobodyThere(_("The team has no lead to ask."))
        team, person = None, lead
    elif level.who == Level.Who.ON_CALL:
        person = _on_call(level.team)
    if person is not None and not person.is_active:
        raise NobodyThere(_("%(person)s does not work here any more.") % {"person": person})
    made = Escalation(
        path=level.path, level=level, level_name=level.name, step=step, who=level.who, team=team, person=person,
        vendor=level.vendor, way=level.way,
    )  # fmt: skip
    return _put(ticket, made, reason=reason, because=because, told=told, by=by)


def _on_call(team: Team | None) -> Any:
    """Whoever is on call in the team now; if the rota names nobody, who is on shift, else its lead."""
    now = clock.now()
    there = (on_call(team, now) or on_shift(team, now)) if team else []
    person = next(iter(there or leads_of(team.pk if team else None)), None)
    if person is None:
        raise NobodyThere(_("Nobody is on call, and the team has no lead."))
    return person


def _put(
    ticket: Ticket, made: Escalation, *, reason: str, because: dict[str, Any], told: dict[str, str], by: Any
) -> Escalation:
    now = clock.now()
    Escalation.objects.filter(ticket=ticket, ended_at__isnull=True, step__gt=0, step__lt=made.step).update(
        ended_at=now, outcome=Escalation.Outcome.FURTHER
    )
    made.ticket = ticket
    made.reason = reason[:500]
    made.because = because
    made.told = told
    made.by = by
    made.at = now
    made.from_team_id, made.from_person_id = ticket.team_id, ticket.owner_id
    if made.vendor is not None and made.vendor.answer_minutes:
        made.vendor_due_at = now + timedelta(minutes=made.vendor.answer_minutes)
    made.save(force_insert=True)
    record(
        ticket, TicketEscalated, by=by, escalation=made.pk, step=made.step, level=made.level_name,
        team=made.team_id, person=made.person_id, vendor=made.vendor.name if made.vendor else None, way=made.way,
        reason=made.reason, because=because,
    )  # fmt: skip
    _give(ticket, made)
    follow(ticket, by=None)
    return made


def _give(ticket: Ticket, made: Escalation) -> None:
    """Let those who were asked see and work on it."""
    if made.way == Level.Way.HAND_OVER:
        if made.team is not None:
            route(ticket, made.team, by=None)
            if made.person is None and ticket.owner_id is not None:
                assign(ticket, None, by=None)
        if made.person is not None:
            assign(ticket, made.person, by=None)
    elif made.person is not None and made.person_id != ticket.owner_id:
        add_participant(ticket, made.person, Participant.Role.COLLABORATOR, by=None)
    elif made.team is not None and made.team_id != ticket.team_id:
        # Everybody of the team may look in; whoever accepts becomes a collaborator. Its leads are called at once.
        for lead in leads_of(made.team_id):
            add_participant(ticket, lead, Participant.Role.COLLABORATOR, by=None)
