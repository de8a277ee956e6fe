"""Ticking off the steps of a plan at the task that follows it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from firstline.core.actions import Refused
from firstline.core.entry import signed_in
from firstline.core.text.numbers import row_number
from firstline.flow.workflows.actions.plan import tick
from firstline.flow.workflows.queries.runs import answerable_by


@signed_in
@require_POST
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """A step began, ended, or is left out."""
    found = answerable_by(request.user).select_related("run__ticket").filter(pk=pk).first()
    place = row_number(request.POST.get("place", ""))
    if found is None or place is None:
        raise Http404
    try:
        tick(found, place, request.POST.get("how", ""), request.POST.get("reason", ""), by=request.user)
    except Refused as refusal:
        messages.warning(request, str(refusal))
    return HttpResponseRedirect(reverse("workflows:task", args=[found.pk]) + f"#plan-{place}")
