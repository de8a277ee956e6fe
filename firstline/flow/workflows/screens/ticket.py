"""Starting a workflow by hand on a ticket."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from firstline.core.actions import NotAllowed, Refused, may
from firstline.core.entry import access
from firstline.core.text.numbers import row_number
from firstline.core.ui.render import page
from firstline.flow.workflows.actions.start import start
from firstline.flow.workflows.forms import DataForm, VersionForm
from firstline.flow.workflows.models import Version
from firstline.flow.workflows.queries.filing import asked_at_start, trigger_of
from firstline.flow.workflows.queries.workflows import startable
from firstline.flow.workflows.rules import definition_of, net_of
from firstline.work.tickets.queries import visible_to


@access("desk.enter")
def start_on_ticket(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose a workflow, then say what it asks for at its beginning."""
    ticket = visible_to(request.user).select_related("team").filter(pk=pk).first()
    if ticket is None:
        raise Http404
    if not may(request.user, "workflow.start", ticket):
        raise NotAllowed("workflow.start")
    versions = list(startable())
    asked = row_number(request.POST.get("version") or request.GET.get("version") or "")
    version = next((each for each in versions if each.pk == asked), None)
    form: Any = None
    if version is None:
        form = VersionForm(choices=[(each.pk, each.workflow.name) for each in versions])
    else:
        form = _form(request, version, ticket)
        is_sent = request.method == "POST"
        if is_sent and form.is_valid():
            try:
                start(ticket, version, form.data_said(), by=request.user)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Started."))
                return HttpResponseRedirect(reverse("desk:ticket", args=[ticket.pk]))
    heading = version.workflow.name if version is not None else _("Start a workflow")
    names = {
        "form": form, "version": version, "versions": versions, "heading": heading, "ticket": ticket,
        "breadcrumb": [(f"#{ticket.pk}", reverse("desk:ticket", args=[ticket.pk])), (heading, None)],
    }  # fmt: skip
    return page(request, "workflows/start.html", names, status=422 if form.errors else 200)


def _form(request: HttpRequest, version: Version, ticket: Any) -> DataForm:
    """What is needed, and what is not asked later on."""
    found = trigger_of(version)
    fields = asked_at_start(definition_of(net_of(version)), found[1] if found is not None else None)
    known = {"subject": ticket.subject, **ticket.custom}
    return DataForm(
        request.POST if request.method == "POST" else None, data_fields=fields, known=known, viewer=request.user
    )
