"""What is done about escalation on one ticket."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from firstline.core.actions import NotAllowed, Refused, may
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.flow.escalation.actions.answer import accept, end, note_vendor
from firstline.flow.escalation.actions.escalate import escalate, next_level
from firstline.flow.escalation.actions.news import draft, tell_news
from firstline.flow.escalation.actions.obstacle import clear_obstacle, flag_obstacle
from firstline.flow.escalation.forms import EndForm, EscalateForm, NewsForm, ObstacleForm, VendorAnswerForm
from firstline.flow.escalation.models import Escalation
from firstline.flow.escalation.queries import escalations_for, events_since, protocol_for
from firstline.work.tickets.models import Ticket
from firstline.work.tickets.queries import visible_to

FORM = "escalation/form.html"


def seen_ticket(request: HttpRequest, pk: int) -> Ticket:
    return get_object_or_404(visible_to(request.user).select_related("team", "owner", "status"), pk=pk)


def seen_escalation(request: HttpRequest, pk: int) -> Escalation:
    return get_object_or_404(escalations_for(request.user), pk=pk)


def on_ticket(request: HttpRequest, ticket: Ticket, heading: str, form: Any, **more: Any) -> HttpResponse:
    """A form about a ticket, with the way back."""
    where = [(_("Queue"), reverse("desk:queue")), (f"#{ticket.pk}", ticket.get_absolute_url()), (heading, None)]
    return page(request, FORM, {"heading": heading, "form": form, "ticket": ticket, "breadcrumb": where} | more)


def back(ticket: Ticket, request: HttpRequest, said: str) -> HttpResponse:
    messages.success(request, said)
    return HttpResponseRedirect(ticket.get_absolute_url())


def must(request: HttpRequest, permission: str, thing: Any) -> None:
    """Show no form to somebody who may not send it."""
    if not may(request.user, permission, thing):
        raise NotAllowed(f"{permission} is not allowed.")


@access("desk.enter")
def escalation(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the next level, or anybody beyond the owner."""
    ticket = seen_ticket(request, pk)
    must(request, "ticket.escalate", ticket)
    coming = next_level(ticket)
    form = EscalateForm(request.POST or None, next_level=coming)
    form.viewer = request.user
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        named = {key: said[key] for key in ("person", "team", "vendor") if key == said["whom"]}
        try:
            made = escalate(
                ticket, said["reason"], **named, level=coming if said["whom"] == "next" else None,
                takes_over=said["takes_over"], told=form.told, by=request.user,
            )  # fmt: skip
            whom = made.vendor or made.person or made.team
            return back(ticket, request, _("%(whom)s is asked.") % {"whom": whom})
        except Refused as refusal:
            form.add_error(None, str(refusal))
    detail = _("The owner stays visible, and everybody on the desk sees who was asked, why and since when.")
    return on_ticket(request, ticket, _("Escalate"), form, detail=detail, send=_("Escalate"))


@access("desk.enter")
@require_POST
def acceptance(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an escalation on."""
    found = seen_escalation(request, pk)
    accept(found, by=request.user)
    return back(found.ticket, request, _("You have it now."))


@access("desk.enter")
def ending(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what came of an escalation."""
    found = seen_escalation(request, pk)
    must(request, "ticket.escalate", found)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        could = {"yes": True, "no": False}.get(said["first_level_could"])
        end(found, said["outcome"], first_level_could=could, missing=said["missing"], by=request.user)
        return back(found.ticket, request, _("Saved."))
    return on_ticket(request, found.ticket, _("What came of the escalation?"), form)


@access("desk.enter")
def vendor(request: HttpRequest, pk: int) -> HttpResponse:
    """The supplier's number and answer."""
    found = seen_escalation(request, pk)
    must(request, "ticket.escalate", found)
    if found.vendor is None:
        raise Http404
    form = VendorAnswerForm(request.POST or None, initial={"reference": found.vendor_reference})
    if request.method == "POST" and form.is_valid():
        note_vendor(found, **form.cleaned_data, by=request.user)
        return back(found.ticket, request, _("Saved."))
    return on_ticket(request, found.ticket, found.vendor.name, form, vendor=found.vendor)


@access("desk.enter")
def obstacle(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that something stands in the way."""
    ticket = seen_ticket(request, pk)
    must(request, "ticket.edit", ticket)
    form = ObstacleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        flag_obstacle(ticket, form.cleaned_data["reason"], by=request.user)
        return back(ticket, request, _("Noted. The path may call the next level for it."))
    return on_ticket(request, ticket, _("Something is in the way"), form)


@access("desk.enter")
@require_POST
def free_way(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that nothing stands in the way any more."""
    ticket = seen_ticket(request, pk)
    clear_obstacle(ticket, by=request.user)
    return back(ticket, request, _("The way is free again."))


@access("desk.enter")
def news(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell everybody concerned how it stands; drafted from the last news and what happened since."""
    ticket = seen_ticket(request, pk)
    must(request, "ticket.reply", ticket)
    drafted = draft(ticket)
    if drafted["expected_at"]:
        drafted["expected_at"] = timezone.localtime(drafted["expected_at"])
    form = NewsForm(request.POST or None, initial=drafted)
    if request.method == "POST" and form.is_valid():
        try:
            tell_news(ticket, **form.cleaned_data, by=request.user)
            return back(ticket, request, _("Everybody concerned is told."))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return on_ticket(
        request, ticket, _("Tell how it stands"), form, send=_("Tell"), protocol=protocol_for(ticket.priority),
        happened=events_since(ticket, drafted["since"], request.user),
    )  # fmt: skip
