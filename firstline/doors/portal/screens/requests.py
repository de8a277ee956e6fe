from __future__ import annotations

from typing import Any

from django.contrib import messages as toasts
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from firstline.core.actions import Refused, may, via
from firstline.core.entry import access
from firstline.core.ui.render import page, wants_piece
from firstline.doors.portal import mine
from firstline.doors.portal.files import uploaded
from firstline.flow.approvals.queries.shown import approvals_of
from firstline.flow.escalation.actions.obstacle import chase as chase_ticket
from firstline.flow.surveys.actions.answer import rate
from firstline.flow.surveys.queries.shown import own_feedback
from firstline.flow.workflows.queries.progress import shown_to_requester as workflow_progress
from firstline.work.conversations.actions.say import reply
from firstline.work.conversations.queries import timeline
from firstline.work.tasks.queries import shown_to_requester
from firstline.work.tickets.actions.confirm import confirm
from firstline.work.tickets.actions.follow_up import follow_up
from firstline.work.tickets.actions.status import reopen, withdraw
from firstline.work.tickets.models import StatusType, Ticket
from firstline.work.tickets.queries import answers_of, custom_fields, going_on_in, requested_by
from firstline.work.tickets.rules import is_past_reopening

MOST = 50


@access("ticket.ask")
def requests(request: HttpRequest) -> HttpResponse:
    """My requests: those that go on, or those that are done."""
    done = request.GET.get("show") == "done"
    found = list(mine.rows(request.user, is_unsolved=not done)[: MOST + 1])
    return page(request, "portal/requests.html", {"rows": found[:MOST], "is_done": done, "more": len(found) > MOST})


@access("ticket.ask")
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: where it stands, who has it, what was said."""
    ticket = _mine(request, pk)
    if ticket.merged_into_id is not None:
        return HttpResponseRedirect(reverse("portal:request", args=[going_on_in(ticket).pk]))
    return page(request, "portal/request.html", _context(request, ticket), block="live")


@access("ticket.ask")
@require_POST
def messages(request: HttpRequest, pk: int) -> HttpResponse:
    """Write to whoever looks after it."""
    ticket = _mine(request, pk)
    text = request.POST.get("body", "")
    try:
        with via("portal"):
            ticket = reply(ticket, text, files=uploaded(request), by=request.user).ticket
    except Refused as error:
        names = _context(request, ticket) | {"trouble": str(error), "written": text}
        return page(request, "portal/request.html", names, status=422)
    return _back(request, ticket, _("Sent."))


@access("ticket.ask")
@require_POST
def confirmation(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whether it is solved."""
    ticket = _mine(request, pk)
    is_solved = request.POST.get("solved") == "yes"
    remark = request.POST.get("remark", "")
    with via("portal"):
        confirm(ticket, is_solved, remark=remark, by=request.user)
        if not is_solved and remark.strip():
            reply(ticket, remark, by=request.user)
    said = _("Thank you! The request is closed.") if is_solved else _("We work on it again.")
    return _back(request, ticket, said)


@access("ticket.ask")
@require_POST
def reopening(request: HttpRequest, pk: int) -> HttpResponse:
    """It came back: the request is opened again, or another one that follows it."""
    ticket = _mine(request, pk)
    if is_past_reopening(ticket):
        with via("portal"):
            new = follow_up(ticket, by=request.user)
        return HttpResponseRedirect(reverse("portal:request", args=[new.pk]) + "?new")
    with via("portal"):
        reopen(ticket, by=request.user)
    return _back(request, ticket, _("We work on it again."))


@access("ticket.ask")
@require_POST
def chase(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask to have it looked at higher up."""
    ticket = _mine(request, pk)
    try:
        with via("portal"):
            chase_ticket(ticket, request.POST.get("words", ""), by=request.user)
    except Refused as error:
        return page(request, "portal/request.html", _context(request, ticket) | {"trouble": str(error)}, status=422)
    return _back(request, ticket, _("We have asked somebody higher up to look at it."))


@access("ticket.ask")
@require_POST
def rating(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how it was."""
    ticket = _mine(request, pk)
    with via("portal"):
        rate(ticket, request.POST.get("satisfied") == "yes", remark=request.POST.get("remark", ""), by=request.user)
    return _back(request, ticket, _("Thank you! We have your answer."))


@access("ticket.ask")
@require_POST
def withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """It is not needed any more."""
    ticket = _mine(request, pk)
    with via("portal"):
        withdraw(ticket, by=request.user)
    return _back(request, ticket, _("The request is withdrawn."))


def _mine(request: HttpRequest, pk: int) -> Ticket:
    """The request if it is the person's own or they are copied on it; 404 as for one that does not exist."""
    found = requested_by(request.user).select_related("status", "owner", "team", "merged_into").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _context(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    person: Any = request.user
    fields = [field for field in custom_fields(ticket.kind) if field.is_shown_to_requester]
    return {
        "ticket": ticket,
        "entries": timeline(ticket, person, as_requester=True),
        "steps": mine.steps(ticket),
        "who_has_it": mine.who_has_it(ticket),
        "fields": [(field.label, ticket.custom.get(field.key)) for field in fields],
        "answers": answers_of(ticket)[1],
        "is_new": "new" in request.GET,
        "asks_to_confirm": ticket.state == StatusType.RESOLVED and may(person, "ticket.confirm", ticket),
        "may_reopen": ticket.state == StatusType.CLOSED and may(person, "ticket.reopen", ticket),
        "may_chase": ticket.is_unsolved and may(person, "ticket.chase", ticket),
        "is_past_reopening": is_past_reopening(ticket),
        "may_rate": ticket.state == StatusType.CLOSED and may(person, "ticket.rate", ticket),
        "said": own_feedback(ticket, person) if ticket.state == StatusType.CLOSED else None,
        "approvals": approvals_of(ticket),
        "task_progress": shown_to_requester(ticket),
        "workflow_progress": workflow_progress(ticket),
        "may_withdraw": ticket.is_unsolved and may(person, "ticket.withdraw", ticket),
        "may_reply": may(person, "ticket.reply", ticket),
    }


def _back(request: HttpRequest, ticket: Ticket, said: str) -> HttpResponse:
    if wants_piece(request):
        return page(request, "portal/request.html", _context(request, ticket), block="live")
    toasts.success(request, said)
    return HttpResponseRedirect(reverse("portal:request", args=[ticket.pk]))
