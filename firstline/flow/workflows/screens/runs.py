"""One run with all its steps; those that stand still; and what an operator does about them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.core.actions import NotAllowed, Refused, may
from firstline.core.entry import access
from firstline.core.paging import BadCursor, page_of
from firstline.core.text.numbers import row_number
from firstline.core.ui.render import page
from firstline.flow.workflows.actions.invite import move_appointment
from firstline.flow.workflows.actions.repair import cancel, retry, skip
from firstline.flow.workflows.engine.definition import Action, CallOut, Connect
from firstline.flow.workflows.forms import AppointmentForm, ReasonForm
from firstline.flow.workflows.models import Invitation, Run, Step
from firstline.flow.workflows.queries.changes import change_of, plans_of
from firstline.flow.workflows.queries.progress import attach_parties
from firstline.flow.workflows.queries.runs import STUCK_ORDER, stuck_for, troubles_of, visible_to
from firstline.flow.workflows.rules import definition_of, net_of, words_of

MOST_INVITED = 200
BY_ITSELF = {"action", "call_out", "connect", "notify", "sub_workflow"}
TONES = {"running": "open", "stuck": "breach", "ended": "resolved", "cancelled": "neutral"}
STEP_TONES = {
    "": "waiting", "done": "resolved", "failed": "breach", "called_off": "neutral", "timed_out": "waiting",
    "skipped": "internal",
}  # fmt: skip


@access("workflow.view")
@require_safe
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Where it stands, and every step it has taken."""
    found = _one(request, pk)
    net = net_of(found.version)
    definition = definition_of(net)
    said = words_of(found.state.get("data", {}), definition)
    steps = list(Step.objects.filter(run=found).select_related("person", "team", "closed_by").order_by("number"))
    attach_parties(steps)
    names = {
        "invitations": list(Invitation.objects.filter(run=found).select_related("person")[:MOST_INVITED]),
        "change": change_of(found.ticket, request.user), "plans": plans_of(found),
        "run": found, "steps": steps, "tones": TONES, "step_tones": STEP_TONES,
        "by_itself": {step.pk: _what_ran(net.nodes[step.step].work) for step in steps if step.kind in BY_ITSELF},
        "outcomes": {step.pk: net.nodes[step.step].outcomes for step in steps if step.is_open},
        "fields": [(_label_of(each), said[each.key]) for each in definition.fields if said.get(each.key)],
        "required": {step.pk for step in steps if step.is_open and net.nodes[step.step].work.required},
        "may_repair": found.is_open and may(request.user, "workflow.repair", found),
        "reason_form": ReasonForm(),
        "breadcrumb": [
            (f"#{found.ticket_id}", reverse("desk:ticket", args=[found.ticket_id])),
            (found.version.workflow.name, None),
        ],
    }  # fmt: skip
    return page(request, "workflows/run.html", names)


def _what_ran(step: Any) -> str:
    """What did a step that nobody is asked for, by its name in this house."""
    match step:
        case Action():
            return str(step.action)
        case CallOut():
            return f"{step.method} {step.url.partition('?')[0]}"
        case Connect():
            return f"{step.connection or step.connector}: {step.operation}"
    return ""


def _label_of(field: Any) -> str:
    """Its label; a field without one is called by its key, as one writes words."""
    return str(field.label or field.key.replace("_", " ").capitalize())


@access("workflow.view")
@require_POST
def cancellation(request: HttpRequest, pk: int) -> HttpResponse:
    """Call the run off."""
    found = _one(request, pk)
    return _done(
        request, found, lambda: cancel(found, request.POST.get("reason", ""), by=request.user), _("It is called off.")
    )


@access("workflow.view")
@require_POST
def retrial(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a step again."""
    found = _one(request, pk)
    text = request.POST.get("number", "")
    number = row_number(text) if text else None
    return _done(request, found, lambda: retry(found, number, by=request.user), _("It is tried again."))


@access("workflow.view")
@require_POST
def leap(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on without a step."""
    found = _one(request, pk)
    number = row_number(request.POST.get("number", ""))
    if number is None:
        raise Http404
    said = request.POST
    return _done(
        request, found,
        lambda: skip(found, number, said.get("reason", ""), said.get("outcome", ""), by=request.user),
        _("It goes on without this step."),
    )  # fmt: skip


@access("workflow.view")
@require_POST
def appointment(request: HttpRequest, pk: int, invitation: int) -> HttpResponse:
    """Put an appointment to another time or place; everybody invited gets the change."""
    found = _one(request, pk)
    form = AppointmentForm(request.POST)
    if not form.is_valid():
        messages.warning(request, " ".join(str(line) for lines in form.errors.values() for line in lines))
        return HttpResponseRedirect(reverse("workflows:run", args=[found.pk]))
    said = form.cleaned_data
    return _done(
        request, found,
        lambda: move_appointment(found, invitation, said["begins_at"], said["place"], by=request.user),
        _("Everybody invited gets the change."),
    )  # fmt: skip


@access("workflow.repair")
@require_safe
def stuck(request: HttpRequest) -> HttpResponse:
    """Runs that stand still until somebody repairs them."""
    rows = stuck_for(request.user)
    try:
        found = page_of(rows, STUCK_ORDER, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    except BadCursor:
        found = page_of(rows, STUCK_ORDER)
    names = {
        "rows": found.rows,
        "troubles": troubles_of([row["id"] for row in found.rows]),
        "newer": f"{request.path}?before={found.newer}" if found.newer else "",
        "older": f"{request.path}?after={found.older}" if found.older else "",
        "breadcrumb": [(_("Workflows"), reverse("workflows:workflows")), (_("What stands still"), None)],
    }
    return page(request, "workflows/stuck.html", names)


def _one(request: HttpRequest, pk: int) -> Run:
    seen = visible_to(request.user).select_related("version__workflow", "ticket__team", "started_by", "parent")
    found = seen.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _done(request: HttpRequest, found: Run, act: Any, said: str) -> HttpResponse:
    if not may(request.user, "workflow.repair", found):
        raise NotAllowed("workflow.repair")
    try:
        act()
        messages.success(request, said)
    except Refused as refusal:
        messages.warning(request, str(refusal))
    return HttpResponseRedirect(reverse("workflows:run", args=[found.pk]))
