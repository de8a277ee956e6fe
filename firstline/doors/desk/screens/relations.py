from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from firstline.core.actions import Refused
from firstline.core.entry import access
from firstline.core.text import row_number
from firstline.core.ui.render import page
from firstline.work.conversations.actions.split import split as split_ticket
from firstline.work.conversations.queries import messages_visible_to
from firstline.work.tickets.actions.link import link, unlink
from firstline.work.tickets.actions.merge import merge as merge_ticket
from firstline.work.tickets.actions.participants import add_participant, remove_participant
from firstline.work.tickets.models import Link, Participant, Ticket
from firstline.work.tickets.queries import visible_to

from . import people
from . import ticket as ticket_screen


@access("desk.enter")
def participants(request: HttpRequest, pk: int) -> HttpResponse:
    """Add somebody to the ticket, or take them off it."""
    ticket, person = ticket_screen.the_ticket(request, pk), request.user
    if request.method != "POST":
        return _form(request, ticket, "desk/participants.html", {"roles": Participant.Role.choices})
    try:
        role = request.POST.get("role", "")
        if role not in Participant.Role.values:
            raise Refused(_("Choose a part: watcher, collaborator, affected or in copy."))
        if removed := request.POST.get("remove"):
            remove_participant(ticket, people.named(f"#{removed}", person), role, by=person)
        else:
            add_participant(ticket, people.named(request.POST.get("person", ""), person), role, by=person)
    except Refused as error:
        return _form(
            request, ticket, "desk/participants.html", {"roles": Participant.Role.choices, "trouble": str(error)}
        )
    return ticket_screen.changed(request, ticket, _("Saved."))


@access("desk.enter")
def links(request: HttpRequest, pk: int) -> HttpResponse:
    """Link the ticket to another one, or take the link back."""
    ticket, person = ticket_screen.the_ticket(request, pk), request.user
    types = [*Link.Type.choices, ("child", _("is child of"))]
    if request.method != "POST":
        return _form(request, ticket, "desk/links.html", {"types": types})
    try:
        other = other_ticket(request, request.POST.get("ticket", ""))
        relation = request.POST.get("type", "")
        if relation not in {key for key, _label in types}:
            raise Refused(_("Choose how they belong together."))
        source, target = (other, ticket) if relation == "child" or request.POST.get("reverse") else (ticket, other)
        relation = Link.Type.PARENT if relation == "child" else relation
        (unlink if request.POST.get("remove") else link)(source, target, relation, by=person)
    except Refused as error:
        return _form(request, ticket, "desk/links.html", {"types": types, "trouble": str(error)})
    return ticket_screen.changed(request, ticket, _("Saved."))


@access("desk.enter")
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Let this ticket go on in another one."""
    ticket, person = ticket_screen.the_ticket(request, pk), request.user
    twins = visible_to(person).filter(requester=ticket.requester_id, is_unsolved=True).exclude(pk=pk).order_by("-id")
    names: dict[str, Any] = {"twins": list(twins.values("id", "subject", "state", "status__name")[:8])}
    if request.method != "POST":
        return _form(request, ticket, "desk/merge.html", names)
    try:
        into = other_ticket(request, request.POST.get("ticket", ""))
        merge_ticket(ticket, into, by=person)
    except Refused as error:
        return _form(request, ticket, "desk/merge.html", {**names, "trouble": str(error)})
    event = ticket_screen.last_event(ticket, request, "ticket.merged")
    undo_url = reverse("desk:undo", args=[ticket.pk, event.pk]) if event else ""
    said = _("#%(number)s goes on here.") % {"number": ticket.pk}
    messages.success(request, said, extra_tags=undo_url)
    return HttpResponseRedirect(into.get_absolute_url())


@access("desk.enter")
def split(request: HttpRequest, pk: int) -> HttpResponse:
    """Move some of the messages into a ticket of their own."""
    ticket, person = ticket_screen.the_ticket(request, pk), request.user
    names: dict[str, Any] = {
        "texts": list(messages_visible_to(person, ticket).filter(ticket=ticket)[:200]),
        "subject": request.POST.get("subject", ticket.subject),
    }
    if request.method != "POST":
        return _form(request, ticket, "desk/split.html", names)
    chosen = [row_number(text) for text in request.POST.getlist("message")]
    try:
        new = split_ticket(ticket, chosen, request.POST.get("subject", ""), by=person)
    except Refused as error:
        return _form(request, ticket, "desk/split.html", {**names, "trouble": str(error)})
    event = ticket_screen.last_event(ticket, request, "conversation.split")
    messages.success(
        request,
        _("Split off from #%(number)s.") % {"number": ticket.pk},
        extra_tags=reverse("desk:undo", args=[ticket.pk, event.pk]) if event else "",
    )
    return HttpResponseRedirect(new.get_absolute_url())


def other_ticket(request: HttpRequest, text: str) -> Ticket:
    """The ticket of this number, if the person may see it."""
    found = visible_to(request.user).filter(pk=row_number(text.strip().removeprefix("#"))).first()
    if found is None:
        raise Refused(_("There is no ticket “%(text)s” that you can see.") % {"text": text[:20]})
    return found


def _form(request: HttpRequest, ticket: Ticket, template: str, names: dict[str, Any]) -> HttpResponse:
    shown = {
        "ticket": ticket,
        "breadcrumb": [(f"#{ticket.pk}", ticket.get_absolute_url()), (ticket.subject, None)],
        "trouble": "",
        **names,
    }
    return page(request, template, shown, block="form", status=422 if shown["trouble"] else 200)
