from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from firstline.core.actions import Refused
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.flow.sla.actions.agreement import save_agreement
from firstline.flow.sla.actions.start import start
from firstline.flow.sla.engine import durations
from firstline.flow.sla.forms import AgreementForm, condition_as_text
from firstline.flow.sla.models import Agreement, Measure, Target
from firstline.flow.sla.queries import book, results
from firstline.work.tickets.models import Priority


@access("sla.edit")
def agreements(request: HttpRequest) -> HttpResponse:
    """All agreements in their order: what is promised, and how it has been kept for thirty days."""
    kept = results()
    troubles = {terms.agreement.pk: terms.trouble for terms in book().terms if terms.trouble}
    cards = [
        {
            "agreement": each,
            "condition": condition_as_text(each),
            "trouble": troubles.get(each.pk, ""),
            "promises": _promises(list(each.targets.all())),
            "results": kept.get(each.pk),
        }
        for each in Agreement.objects.select_related("calendar")
        .prefetch_related("targets")
        .order_by("-is_active", "audience", "position", "id")
    ]
    names = {"cards": cards, "priorities": list(Priority), "breadcrumb": _where((_("Agreements"), None))}
    return page(request, "sla/agreements.html", names)


@access("sla.edit")
def new(request: HttpRequest) -> HttpResponse:
    """Add an agreement."""
    return _form(request, Agreement(warn_at=[75]), _("New agreement"))


@access("sla.edit")
def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """One agreement: for which tickets, what is promised, in which hours."""
    found = get_object_or_404(Agreement, pk=pk)
    return _form(request, found, found.name)


@access("sla.edit")
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begin with the usual promises."""
    try:
        start(by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("sla:agreements"))


def _form(request: HttpRequest, agreement: Agreement, heading: str) -> HttpResponse:
    form = AgreementForm(request.POST or None, instance=agreement)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_agreement(
                form.agreement(), form.promised(), runs_on=form.cleaned_data["runs_on"], by=request.user
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved. The clocks of open tickets are being computed anew."))
            return HttpResponseRedirect(reverse("sla:agreement", args=[saved.pk]))
    names: dict[str, Any] = {
        "form": form,
        "heading": heading,
        "priorities": list(Priority),
        "breadcrumb": _where((_("Agreements"), reverse("sla:agreements")), (heading, None)),
    }
    return page(request, "sla/agreement.html", names, status=422 if form.errors else 200)


def _promises(targets: list[Target]) -> list[dict[str, Any]]:
    found = {(each.measure, each.priority): each for each in targets}
    return [
        {
            "measure": measure,
            "cells": [
                (durations.shown(each.minutes), each.is_round_the_clock)
                if (each := found.get((measure.value, priority.value)))
                else None
                for priority in Priority
            ],
        }
        for measure in Measure
        if any(key[0] == measure.value for key in found)
    ]


def _where(*steps: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    return [(_("Settings"), reverse("desk:settings")), *steps]
