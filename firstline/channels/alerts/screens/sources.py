from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.channels.alerts.actions.receive import receive, take_message
from firstline.channels.alerts.actions.source import rotate, save_source
from firstline.channels.alerts.forms import SourceForm
from firstline.channels.alerts.models import AlertGroup, AlertMessage, AlertSource
from firstline.channels.alerts.queries import sources as all_sources
from firstline.core.actions import Refused, via
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.people.accounts.rules import fresh, fresh_for_secrets

SHOWN = 30


@access("alert.manage")
@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """All monitoring systems that report here, and how they fare."""
    rows = [{"source": source, "word": word(source), "tone": tone(source)} for source in all_sources()]
    return page(request, "alerts/sources.html", {"rows": rows, "breadcrumb": _where()})


@access("alert.manage")
@fresh_for_secrets
def new(request: HttpRequest) -> HttpResponse:
    """Add a monitoring system."""
    return _form(request, AlertSource(), _("New source of alerts"))


@access("alert.manage")
@fresh_for_secrets
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """One monitoring system: its address, its health, its last messages."""
    found = get_object_or_404(AlertSource, pk=pk)
    return _form(request, found, found.name)


@access("alert.manage")
@fresh
@require_POST
def address(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it a new address. It is shown once."""
    found = get_object_or_404(AlertSource, pk=pk)
    return _form(request, found, found.name, token=rotate(found, by=request.user))


@access("alert.manage")
@require_POST
def sample(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in a sample, as if it had been sent: firing, or (`over`) its end."""
    found = get_object_or_404(AlertSource, pk=pk)
    state = "resolved" if "over" in request.POST else "firing"
    body = {"title": _("Test of %(name)s") % {"name": found.name}, "key": "firstline-test", "state": state,
            "severity": "info", "description": _("Somebody pressed “Send a sample”.")}  # fmt: skip
    with via("alert"):
        kept = receive(found, json.dumps(body), content_type="application/json", is_sample=True, by=request.user)
        taken = take_message(kept, by=request.user)
    if taken.ticket_id:
        messages.success(request, _("The sample was taken: #%(number)s.") % {"number": taken.ticket_id})
    else:
        messages.info(request, taken.reason or _("The sample was taken."))
    return HttpResponseRedirect(reverse("alerts:source", args=[pk]))


@access("alert.manage")
@require_safe
def message(request: HttpRequest, pk: int, message: int) -> HttpResponse:
    """A message as it came."""
    found = get_object_or_404(AlertMessage.objects.select_related("source", "ticket"), pk=message, source=pk)
    steps = _where((found.source.name, reverse("alerts:source", args=[pk])), (f"{found.pk}", None))
    return page(request, "alerts/message.html", {"message": found, "breadcrumb": steps})


def word(source: AlertSource) -> str:
    """Its health in a word."""
    if not source.is_active:
        return _("not in use")
    if source.last_error:
        return _("in trouble")
    return _("works") if source.last_good_at else _("nothing received yet")


def tone(source: AlertSource) -> str:
    if not source.is_active:
        return "neutral"
    return "breach" if source.last_error else "resolved" if source.last_good_at else "waiting"


def _form(request: HttpRequest, row: AlertSource, heading: str, *, token: str = "") -> HttpResponse:
    is_post = request.method == "POST" and not token
    form = SourceForm(request.POST if is_post else None, instance=row)
    if is_post and form.is_valid():
        try:
            saved, token = save_source(form.filled(), secret=form.cleaned_data["secret"], by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if not token:
                messages.success(request, _("Saved."))
                return HttpResponseRedirect(reverse("alerts:source", args=[saved.pk]))
            row, heading, form = saved, saved.name, SourceForm(instance=saved)
    kept = AlertSource.objects.filter(pk=row.pk).first() if row.pk else None
    names: dict[str, Any] = {
        "form": form,
        "heading": heading,
        "source": kept,
        "address": settings.BASE_URL + reverse("alerts:intake", args=[token]) if token else "",
        "word": word(kept) if kept else "",
        "tone": tone(kept) if kept else "",
        "log": kept.messages.select_related("ticket").order_by("-id")[:SHOWN] if kept else [],
        "firing": AlertGroup.objects.filter(source=kept, is_firing=True).select_related("ticket")[:SHOWN]
        if kept
        else [],
        "breadcrumb": _where((heading, None)),
    }
    return page(request, "alerts/source.html", names, status=422 if form.errors else 200)


def _where(*steps: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    here = reverse("alerts:sources") if steps else None
    return [(_("Settings"), reverse("desk:settings")), (_("Alerts"), here), *steps]
