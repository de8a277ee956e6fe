from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import may
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.flow.sla.engine import durations
from firstline.flow.sla.engine.clocks import Round, rounds
from firstline.flow.sla.engine.receipt import Receipt, receipt
from firstline.flow.sla.forms import condition_as_text
from firstline.flow.sla.models import Agreement, Measure
from firstline.flow.sla.queries import Terms, book, facts_of
from firstline.people.accounts.models import Person
from firstline.work.tickets.models import Status, Ticket
from firstline.work.tickets.queries import visible_to


@dataclass(frozen=True, slots=True)
class Shown:
    """One clock on the page."""

    measure: str
    terms: Terms
    round: Round
    receipt: Receipt
    now: datetime

    @property
    def used(self) -> timedelta:
        return self.round.counted_until(self.now)

    @property
    def left(self) -> timedelta:
        return self.round.left(self.now)

    @property
    def is_late(self) -> bool:
        return self.round.is_late(self.now)

    @property
    def share(self) -> int:
        return min(999, int(100 * self.used / self.round.amount))

    @staticmethod
    def hours(span: timedelta) -> str:
        """Working time in hours: a working day is no day of 24 of them."""
        return durations.shown(int(abs(span).total_seconds() // 60)) or "0 min"

    def local(self, at: datetime) -> datetime:
        return self.round.promise.working.local(at)


@access("desk.enter")
def clocks(request: HttpRequest, pk: int) -> HttpResponse:
    """Why this deadline? Every clock of the ticket, minute by minute."""
    ticket = visible_to(request.user).select_related("status").filter(pk=pk).first()
    if ticket is None:
        raise Http404
    now = clock.now()
    agreements = book()
    found = list(_rounds(ticket, now))
    events = [line.because for each in found for line in each.receipt.lines if line.because]
    people = Person.objects.in_bulk([fact.by for fact in events if fact.by])
    statuses = Status.objects.in_bulk([fact.status for fact in events if fact.status])
    names: dict[str, Any] = {
        "ticket": ticket,
        "found": found,
        "asked": request.GET.get("clock", ""),
        "people": {pk: person.display_name for pk, person in people.items()},
        "statuses": {pk: _(status.name) for pk, status in statuses.items()},
        "conditions": {terms.agreement.pk: condition_as_text(terms.agreement) for terms in agreements.terms},
        "audiences": dict(Agreement.Audience.choices),
        "may_edit": may(request.user, "sla.edit"),
        "breadcrumb": [
            (_("Queue"), reverse("desk:queue")), (f"#{ticket.pk}", ticket.get_absolute_url()), (_("Clocks"), None),
        ],
    }  # fmt: skip
    return page(request, "sla/clocks.html", names)


def _rounds(ticket: Ticket, now: datetime) -> Any:
    agreements = book()
    facts = facts_of([ticket], agreements.statuses)[ticket.pk]
    for terms in agreements.for_ticket(ticket):
        for promise in terms.promises(ticket.priority):
            for one in rounds(facts, promise):
                yield Shown(str(Measure(promise.measure).label), terms, one, receipt(one, now), now)
