"""When a ticket needs an approval it is asked; while it is asked the ticket cannot be solved."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from firstline.core import live
from firstline.core.actions import Mark, Refused, at_the_end
from firstline.core.events import on
from firstline.core.events.models import Event
from firstline.work.catalog.models import Offering
from firstline.work.catalog.queries import plug_in_choices
from firstline.work.conversations.events import Replied
from firstline.work.intake.events import SubmissionFiled
from firstline.work.tickets.events import TicketCategorised, TicketConverted, TicketOpened, TicketStatusChanged
from firstline.work.tickets.models import StatusType, Ticket

from .actions._course import WAITING_STATUS, hold_again
from .actions.ask import NAMED_RULE, ask_by_rule, ask_for_offering
from .actions.decide import withdraw
from .models import Approval, Rule
from .queries.lists import visible_to

Outcome = Approval.State
_a_rule = Mark(lambda: Rule.objects.filter(is_active=True).order_by().values("pk")[:1])


@on(TicketOpened, TicketCategorised, TicketConverted)
def ask_where_a_rule_says_so(event: Event, ticket: Any) -> None:
    """At the end, when triage has sorted it and its first message is there."""
    if event.via == "import" or not _a_rule():
        return
    at_the_end(("approvals", ticket.pk), partial(_ask, ticket))


def _ask(ticket: Ticket) -> None:
    if ticket.is_unsolved and ticket.merged_into_id is None:
        ask_by_rule(ticket)


@on(SubmissionFiled)
def ask_where_the_offering_says_so(event: Event, submission: Any) -> None:
    """Of several tickets the first one carries it: the parent, where there is one."""
    offering = Offering.objects.filter(key=event.facts.get("offering") or "").first()
    ticket = Ticket.objects.filter(pk=event.facts.get("ticket")).first() if offering else None
    if offering is not None and ticket is not None:
        ask_for_offering(ticket, offering)


def _choices() -> Iterable[tuple[str, str]]:
    """Who may have to agree to an offering: the usual ones, and every rule that asks somebody."""
    yield "none", _("None: it is approved beforehand")
    yield "manager", _("The requester's manager")
    yield "department_head", _("The head of the department")
    yield "owner", _("The owner of the service")
    for pk, name in Rule.objects.filter(is_active=True, stages__isnull=False).distinct().values_list("pk", "name"):
        yield f"{NAMED_RULE}{pk}", name


plug_in_choices("approval", _choices)


@on(Replied)
def wait_on_when_the_requester_adds_something(event: Event, ticket: Any) -> None:
    """What they add puts a waiting ticket back to work; but it is not theirs that it waits for."""
    if not event.facts["from_desk"] and ticket.status.key == WAITING_STATUS and event.via != "import":
        at_the_end(("approvals: wait on", ticket.pk), partial(hold_again, ticket))


@on(TicketStatusChanged)
def keep_it_open_until_approved(event: Event, ticket: Any) -> None:
    """What waits for an approval, or was refused, is not solved. Whoever asked may take it back at any time."""
    if ticket.is_unsolved or event.via == "import":
        return
    asked = list(Approval.objects.filter(ticket=ticket).order_by("-id"))
    waiting = [approval for approval in asked if approval.is_open]
    if waiting and event.actor_id in {ticket.requester_id, None} and ticket.state == StatusType.CLOSED:
        for approval in waiting:  # taken back, or closed by itself: nobody needs to decide any more
            withdraw(approval, by=None)
        return
    if any(approval.holds for approval in waiting):
        raise Refused(_("This waits for an approval. It can be solved when that is decided, or withdrawn."))
    for approval in waiting:
        withdraw(approval, by=None)
    if ticket.state == StatusType.RESOLVED and _is_refused(asked):
        raise Refused(_("Its approval was not given, so it is not solved. Close it, or ask for the approval again."))


def _is_refused(asked: list[Approval]) -> bool:
    """Whether one that holds was refused, and nobody has agreed since."""
    for approval in asked:  # newest first
        if approval.holds and approval.state == Outcome.GRANTED:
            return False
        if approval.holds and approval.state in {Outcome.REFUSED, Outcome.EXPIRED}:
            return True
    return False


def _may_listen(person: Any, number: int | None) -> bool:
    return number is not None and visible_to(person).filter(pk=number).exists()


live.topic("approval", _may_listen)
live.harmless("approval_rule", "approval_meeting", "category")
