"""The war room of a major incident."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from firstline.core.actions import Refused, may
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.flow.escalation.actions.major import (
    declare_major,
    end_major,
    name_stakeholder,
    steer,
    write_report,
)
from firstline.flow.escalation.forms import MajorForm, ReportForm, StakeholderForm
from firstline.flow.escalation.models import MajorIncident, NewsClock
from firstline.flow.escalation.queries import escalations_of, news_of
from firstline.people.accounts.models import Person
from firstline.work.tickets.models import Participant, Ticket
from firstline.work.tickets.queries import visible_to

from .ticket import must, on_ticket, seen_ticket

PARTS = ("summary", "root_cause", "steps", "prevention", "lessons")


def _incident(request: HttpRequest, pk: int) -> MajorIncident:
    seen = visible_to(request.user).filter(pk=pk)
    return get_object_or_404(MajorIncident.objects.select_related("ticket__status", "coordinator"), ticket__in=seen)


def _room(ticket: Ticket) -> HttpResponse:
    return HttpResponseRedirect(reverse("escalation:major", args=[ticket.pk]))


@access("desk.enter")
def declaration(request: HttpRequest, pk: int) -> HttpResponse:
    """Declare a major incident."""
    ticket = seen_ticket(request, pk)
    must(request, "ticket.major", ticket)
    form = MajorForm(request.POST or None)
    form.viewer = request.user
    if request.method == "POST" and form.is_valid():
        try:
            declare_major(ticket, **form.cleaned_data, by=request.user)
            return _room(ticket)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    detail = _("It becomes critical, news is promised at once, and it can be closed only with a report.")
    return on_ticket(request, ticket, _("Declare a major incident"), form, detail=detail, send=_("Declare"))


@access("desk.enter")
def major(request: HttpRequest, pk: int) -> HttpResponse:
    """The war room: who coordinates, who is told, what was told, what is due, who was asked."""
    incident = _incident(request, pk)
    ticket = incident.ticket
    form = MajorForm(
        request.POST or None,
        initial={"notice": incident.notice, "coordinator": incident.coordinator.email if incident.coordinator else ""},
    )
    form.viewer = request.user
    if request.method == "POST" and form.is_valid():
        try:
            steer(incident, **form.cleaned_data, by=request.user)
            messages.success(request, _("Saved."))
            return _room(ticket)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    parts = Participant.objects.filter(ticket=ticket).select_related("person").order_by("id")
    return page(
        request,
        "escalation/major.html",
        {
            "incident": incident,
            "ticket": ticket,
            "form": form,
            "stakeholder_form": StakeholderForm(),
            "stakeholders": list(incident.stakeholders.select_related("person").order_by("id")),
            "affected": [part.person for part in parts if part.role == Participant.Role.AFFECTED],
            "helpers": [part.person for part in parts if part.role == Participant.Role.COLLABORATOR],
            "told": list(news_of(ticket)[:50]),
            "due": NewsClock.objects.filter(ticket=ticket).first(),
            "escalations": escalations_of(ticket),
            "may_steer": may(request.user, "ticket.major", incident),
            "breadcrumb": [(_("Queue"), reverse("desk:queue")), (f"#{ticket.pk}", ticket.get_absolute_url()),
                           (_("Major incident"), None)],
        },
        block="live",
    )  # fmt: skip


@access("desk.enter")
@require_POST
def stakeholders(request: HttpRequest, pk: int) -> HttpResponse:
    """Add somebody who is told, or take them out."""
    incident = _incident(request, pk)
    must(request, "ticket.major", incident)
    if request.POST.get("remove", "").isdecimal():
        person = get_object_or_404(Person, pk=request.POST["remove"], pk__in=incident.stakeholders.values("person"))
        name_stakeholder(incident, person, is_out=True, by=request.user)
        return _room(incident.ticket)
    form = StakeholderForm(request.POST)
    form.viewer = request.user
    if form.is_valid():
        name_stakeholder(incident, form.cleaned_data["person"], by=request.user)
    else:
        messages.warning(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return _room(incident.ticket)


@access("desk.enter")
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Declare it over."""
    incident = _incident(request, pk)
    end_major(incident, by=request.user)
    messages.success(request, _("It is over. The report is due now."))
    return HttpResponseRedirect(reverse("escalation:report", args=[pk]))


@access("desk.enter")
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The report on a major incident: written in any number of sittings, finished once."""
    incident = _incident(request, pk)
    may_write = may(request.user, "ticket.major", incident)
    form = ReportForm(request.POST or None, initial={name: getattr(incident, name) for name in PARTS})
    if request.method == "POST" and form.is_valid():
        try:
            is_finished = "finish" in request.POST
            write_report(incident, **form.cleaned_data, is_finished=is_finished, by=request.user)
            messages.success(request, _("The report is finished.") if is_finished else _("Saved."))
            return HttpResponseRedirect(request.path)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return page(
        request,
        "escalation/report.html",
        {
            "incident": incident,
            "ticket": incident.ticket,
            "form": form,
            "may_write": may_write,
            "told": list(news_of(incident.ticket).order_by("at", "id")[:200]),
            "breadcrumb": [(f"#{pk}", incident.ticket.get_absolute_url()),
                           (_("Major incident"), reverse("escalation:major", args=[pk])), (_("Report"), None)],
        },
    )  # fmt: skip
