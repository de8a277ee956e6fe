"""When the desk says that it is solved, people are asked; when somebody says something else, they are not any more."""

from __future__ import annotations

from typing import Any

from firstline.core.events import on
from firstline.core.events.models import Event
from firstline.work.tickets.events import TicketConfirmed, TicketNotConfirmed, TicketStatusChanged
from firstline.work.tickets.models import UNSOLVED, StatusType

from .actions.ask import ask_after_escalation, ask_how_it_was, ask_to_confirm, end_asking
from .models import Asking
from .queries.involved import involved_in


@on(TicketStatusChanged)
def ask_when_it_is_solved(event: Event, ticket: Any) -> None:
    """Solved: is it? Closed: how was it? At work again: never mind."""
    if event.via == "import":
        return
    state = event.facts.get("type")
    if state == StatusType.RESOLVED:
        ask_to_confirm(ticket, solved_by=event.actor)
    elif state == StatusType.CLOSED:
        end_asking(ticket, Asking.Outcome.NO_ANSWER)
        ask_how_it_was(ticket, closed_by=event.actor)
        people = involved_in(ticket)
        if people:
            ask_after_escalation(ticket, people, by=None)
    elif state in UNSOLVED:
        end_asking(ticket, Asking.Outcome.TAKEN_BACK)


@on(TicketConfirmed)
def note_that_it_is_solved(event: Event, ticket: Any) -> None:
    end_asking(ticket, Asking.Outcome.CONFIRMED, by=event.actor)


@on(TicketNotConfirmed)
def note_that_it_is_not_solved(event: Event, ticket: Any) -> None:
    end_asking(ticket, Asking.Outcome.NOT_CONFIRMED, by=event.actor)
