"""Keep standings and promised news true, in the transaction of what happened."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Mark, Refused, at_the_end
from firstline.core.calendars.events import CalendarChanged
from firstline.core.events import later, on
from firstline.core.events.models import Event
from firstline.core.jobs import loops
from firstline.flow.sla.events import AgreementChanged
from firstline.work.tickets.events import (
    TicketCategorised,
    TicketOpened,
    TicketPrioritised,
    TicketReopened,
    TicketRouted,
    TicketStatusChanged,
    TicketTagged,
)
from firstline.work.tickets.models import StatusType

from .actions.follow import follow
from .actions.news import promise
from .actions.sweep import follow_the_sun, sweep
from .jobs import follow_open
from .models import Escalation, MajorIncident, NewsClock, Path, Protocol

loops.register("escalation: what is due", sweep, every=20)
loops.register("escalation: follow the sun", follow_the_sun, every=60)

# What may choose another path or bring the next level nearer. Mere movement puts it off: whoever finds a level due
# looks at the ticket again first, so that no reply has to pay for it.
CHANGES_THE_WAY = (
    TicketOpened, TicketCategorised, TicketPrioritised, TicketReopened, TicketRouted, TicketStatusChanged, TicketTagged,
)  # fmt: skip

# Asked for every ticket that comes in, on desks without any of them, too.
_a_path = Mark(lambda: Path.objects.filter(is_active=True).order_by().values("pk")[:1])
_a_protocol = Mark(lambda: Protocol.objects.filter(is_active=True).order_by().values("pk")[:1])


@on(*CHANGES_THE_WAY)
def follow_the_path(event: Event, ticket: Any) -> None:
    """Stand on the right path, and know when its next level is due: once for all that happens in one change."""
    if event.via != "import":
        at_the_end(("escalation", ticket.pk), lambda: _follow(ticket))


def _follow(ticket: Any) -> None:
    if _a_path():
        follow(ticket, by=None)


@later(AgreementChanged, CalendarChanged)
def follow_other_hours(event: Event) -> None:
    """Other promises, other hours: levels that wait for a share of them are due at another time."""
    if _a_path():
        follow_open.enqueue()


@on(TicketOpened, TicketPrioritised, TicketReopened)
def promise_news(event: Event, ticket: Any) -> None:
    """The priority says how often news is promised."""
    if event.via != "import":
        at_the_end(("news", ticket.pk), lambda: _promise(ticket))


def _promise(ticket: Any) -> None:
    if _a_protocol():
        promise(ticket, after=clock.now(), is_first=True)


@on(TicketStatusChanged)
def end_with_the_ticket(event: Event, ticket: Any) -> None:
    """A solved ticket needs no news, and nobody higher up. A major incident is closed with its report."""
    if ticket.is_unsolved:
        return
    major = MajorIncident.objects.filter(ticket=ticket).first()
    if event.facts.get("type") == StatusType.CLOSED and major is not None and major.reported_at is None:
        raise Refused(_("A major incident is closed with its report: root cause, steps and prevention are missing."))
    NewsClock.objects.filter(ticket=ticket).delete()
    Escalation.objects.filter(ticket=ticket, ended_at__isnull=True).update(
        ended_at=clock.now(), outcome=Escalation.Outcome.SOLVED
    )
    MajorIncident.objects.filter(ticket=ticket, ended_at__isnull=True).update(ended_at=clock.now())
