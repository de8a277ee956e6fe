"""What a step asks people for: a form, or one of several answers. The list of tasks is in work/tasks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from firstline.core.actions import Refused, may
from firstline.core.entry import signed_in
from firstline.core.ui.render import page
from firstline.flow.workflows.actions.answer import answer
from firstline.flow.workflows.engine.definition import Form, Task
from firstline.flow.workflows.forms import AnswerForm
from firstline.flow.workflows.models import PlanStep, Step
from firstline.flow.workflows.queries.changes import change_of
from firstline.flow.workflows.queries.progress import attach_parties
from firstline.flow.workflows.queries.runs import answerable_by
from firstline.flow.workflows.rules import definition_of, net_of
from firstline.work.tickets.queries import visible_to as tickets_visible_to


@signed_in
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be done, and saying that it is."""
    found = (
        answerable_by(request.user)
        .select_related("run__version__workflow", "run__ticket__team", "person", "team", "closed_by")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    attach_parties([found])
    person: Any = request.user
    net = net_of(found.run.version)
    step = net.nodes[found.step].work
    form = _form(request, found, step, definition_of(net))
    may_answer = found.is_open and may(person, "workflow.answer", found)
    if request.method == "POST" and form.is_valid():
        try:
            answer(
                found, request.POST.get("outcome", ""), form.data_said(), form.cleaned_data["remark"], by=request.user
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Thank you. It goes on now."))
            if request.POST.get("next") == "ticket" and may(person, "desk.enter"):
                return HttpResponseRedirect(reverse("desk:ticket", args=[found.run.ticket_id]))
            return HttpResponseRedirect(reverse("tasks:mine"))
    ticket_url = ""
    if tickets_visible_to(person).filter(pk=found.run.ticket_id).exists():
        ticket_url = reverse(
            "desk:ticket" if may(person, "desk.enter") else "portal:request", args=[found.run.ticket_id]
        )
    names = {
        "task": found, "form": form, "checklist": step.checklist if isinstance(step, Task) else (),
        "plan": list(PlanStep.objects.filter(run=found.run_id, number=found.number).select_related("ended_by")),
        "change": change_of(found.run.ticket, person) if ticket_url else None,
        "note": step.note, "may_answer": may_answer, "ticket_url": ticket_url,
        "breadcrumb": [(_("My tasks"), reverse("tasks:mine")), (found.title, None)],
    }  # fmt: skip
    return page(request, "workflows/task.html", names, status=422 if form.errors else 200)


def _form(request: HttpRequest, found: Step, step: Any, definition: Any) -> AnswerForm:
    asked = step.fields if isinstance(step, Task | Form) else ()
    must = getattr(step, "demands", ())
    fields = [
        datum.model_copy(update={"required": datum.required or key in must})
        for key in asked for datum in definition.fields if datum.key == key
    ]  # fmt: skip
    return AnswerForm(
        request.POST if request.method == "POST" else None, outcomes=step.outcomes, data_fields=fields,
        known=found.run.state.get("data", {}), viewer=request.user,
    )  # fmt: skip
