from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.flow.triage.engine.choosing import Choice, choose
from firstline.flow.triage.events import NobodyEligible
from firstline.flow.triage.models import AUTOMATIC, Mode, Pick, TeamRouting
from firstline.flow.triage.queries.availability import candidates
from firstline.flow.triage.queries.book import contents
from firstline.people.accounts.models import Person
from firstline.work.tickets.actions.assign import assign
from firstline.work.tickets.models import Ticket
from firstline.work.tickets.queries import visible_to


@action("ticket.pick", permission="ticket.assign")
def pick(ticket: Ticket, *, by: Any) -> Ticket:
    """Let the mode of its team choose who gets the ticket."""
    routing = TeamRouting.objects.filter(team=ticket.team_id).first()
    if routing is None or routing.mode not in AUTOMATIC:
        raise Refused(_("The work of this team is not handed out by itself. Give it to somebody, or let them take it."))
    pick_for(ticket, by=by)
    return ticket


@action("triage.take_next", permission="ticket.take")
def take_next(team: int, *, by: Any) -> Ticket | None:
    """Take the top of a team's queue oneself; nothing if the queue is empty."""
    # Two people who press at once follow one another here, so that each gets another ticket.
    TeamRouting.objects.get_or_create(team_id=team)
    TeamRouting.objects.select_for_update().get(team=team)
    ticket = (
        visible_to(by)
        .filter(team=team, owner__isnull=True, is_unsolved=True, merged_into__isnull=True)
        .exclude(state="waiting")
        .order_by("priority", "created_at", "id")
        .first()
    )
    if ticket is None:
        return None
    _log(ticket, team, Mode.PULL, Choice(by.pk, [{"person": by.pk, "chosen": True}]))
    return assign(ticket, by, by=by)


@action("triage.pick_again", permission="ticket.assign")
def pick_again(ticket: Any, *, by: Any) -> Any:
    """Try once more to find somebody for a ticket that nobody could take."""
    ticket.refresh_from_db()
    if ticket.owner_id is None and ticket.is_unsolved:
        pick_for(ticket, by=by, is_retry=True)
    return ticket


def pick_for(ticket: Ticket, *, by: Any = None, is_retry: bool = False) -> Person | None:
    """Choose under the lock of the team's row, so that tickets which arrive at once are dealt out one by one."""
    routing = TeamRouting.objects.select_for_update().filter(team=ticket.team_id).first()
    if routing is None or routing.mode not in AUTOMATIC:
        return None
    skill = contents(knowing=ticket.category_id).skill_for(ticket.category_id) if routing.by_skill else ""
    could = candidates(routing, clock.now(), skill=skill)
    choice = choose(could, mode=routing.mode, last=routing.last_place, needs_skill=bool(skill))
    chosen = Person.objects.get(pk=choice.person) if choice.person else None
    if chosen is None and is_retry:
        return None  # nothing has changed: one line in the log is enough
    _log(ticket, routing.team_id, routing.mode, choice)
    if chosen is None:
        record(ticket, NobodyEligible, by=by, team=routing.team_id)
        return None
    place = next(one.place for one in could if one.person == chosen.pk)
    TeamRouting.objects.filter(pk=routing.pk).update(last_place=place, picks=F("picks") + 1)
    assign(ticket, chosen, by=by)
    return chosen


def _log(ticket: Ticket, team: int, mode: str, choice: Choice) -> None:
    Pick(
        ticket=ticket,
        team_id=team,
        chosen_id=choice.person,
        mode=mode,
        verdicts=choice.verdicts,
        at=clock.now(),
        is_alarm=choice.person is None,
    ).save()
