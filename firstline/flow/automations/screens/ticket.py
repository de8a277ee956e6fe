"""Automations, macros and canned replies on the page of one ticket."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.core.actions import Refused, may
from firstline.core.entry import access
from firstline.core.text import row_number
from firstline.core.ui.render import page
from firstline.flow.automations.actions.canned import use_canned
from firstline.flow.automations.actions.macro import apply_macro
from firstline.flow.automations.models import CannedReply, Macro
from firstline.flow.automations.queries.deeds import in_words
from firstline.flow.automations.queries.explaining import fired_on, why_not
from firstline.flow.automations.queries.macros import canned_for, macros_for, preview
from firstline.work.conversations.actions.say import save_draft
from firstline.work.conversations.models import Draft, Visibility
from firstline.work.tickets.models import Ticket
from firstline.work.tickets.queries import visible_to


@access("desk.enter")
@require_safe
def why(request: HttpRequest, pk: int) -> HttpResponse:
    """What was set off here and why, and why the others were not."""
    ticket = _the_ticket(request, pk)
    names = {
        "ticket": ticket, "fired": fired_on(ticket), "others": why_not(ticket),
        "breadcrumb": _where(ticket, _("Automations")),
    }  # fmt: skip
    return page(request, "automations/why.html", names)


@access("desk.enter")
def macros(request: HttpRequest, pk: int) -> HttpResponse:
    """The macros for this ticket, each with what it would change; one is applied."""
    ticket = _the_ticket(request, pk)
    if request.method == "POST":
        found = get_object_or_404(Macro, pk=row_number(request.POST.get("macro", "")))
        try:
            apply_macro(ticket, found, by=request.user)
        except Refused as refusal:
            messages.warning(request, str(refusal))
        else:
            messages.success(request, _("“%(macro)s” was applied.") % {"macro": found.name})
        return HttpResponseRedirect(reverse("desk:ticket", args=[pk]))
    rows = [
        {"macro": each, "deeds": in_words(each.deeds), "changes": preview(each, ticket)}
        for each in macros_for(ticket.team_id)
    ]
    names = {
        "ticket": ticket, "rows": rows, "may_edit": may(request.user, "ticket.edit", ticket),
        "breadcrumb": _where(ticket, _("Macros")),
    }  # fmt: skip
    return page(request, "automations/ticket_macros.html", names)


@access("desk.enter")
@require_safe
def canned(request: HttpRequest, pk: int) -> HttpResponse:
    """The canned replies for this ticket, as they would read here."""
    ticket = _the_ticket(request, pk)
    asked = request.GET.get("q", "")[:100]
    names = {
        "ticket": ticket, "rows": canned_for(ticket, request.user, asked=asked), "asked": asked,
        "may_reply": may(request.user, "ticket.reply", ticket), "breadcrumb": _where(ticket, _("Canned replies")),
    }  # fmt: skip
    return page(request, "automations/ticket_canned.html", names, block="list")


@access("desk.enter")
@require_POST
def insertion(request: HttpRequest, pk: int, reply: int) -> HttpResponse:
    """Its text for the page that asks; without a script it is added to what one is writing."""
    ticket = _the_ticket(request, pk)
    person: Any = request.user
    try:
        text = use_canned(ticket, get_object_or_404(CannedReply, pk=reply), by=person)
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return HttpResponseRedirect(reverse("desk:ticket", args=[pk]))
    if request.headers.get("Accept", "").startswith("text/plain"):
        return HttpResponse(text, content_type="text/plain; charset=utf-8")
    before = Draft.objects.filter(ticket=ticket, person=person, visibility=Visibility.PUBLIC).first()
    written = f"{before.text.rstrip()}\n\n{text}" if before is not None and before.text.strip() else text
    save_draft(ticket, written, Visibility.PUBLIC, by=person)
    return HttpResponseRedirect(reverse("desk:ticket", args=[pk]) + "#composer")


def _the_ticket(request: HttpRequest, pk: int) -> Ticket:
    seen = visible_to(request.user).filter(pk=pk).select_related("status", "requester", "owner", "team", "category")
    found = seen.prefetch_related("tags", "participants").first()
    if found is None:
        raise Http404
    return found


def _where(ticket: Ticket, here: str) -> list[tuple[str, str | None]]:
    return [(f"#{ticket.pk}", ticket.get_absolute_url()), (here, None)]
