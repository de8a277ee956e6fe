"""The tasks of one ticket: all of them, a new one, a whole checklist."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from firstline.core.actions import Refused, may
from firstline.core.entry import access
from firstline.core.text import row_number
from firstline.core.ui.linked import linked
from firstline.core.ui.render import page
from firstline.work.tasks.actions.add import add_task, put_checklist, take_away
from firstline.work.tasks.forms import DueForm, GiveForm, TaskForm
from firstline.work.tasks.models import Task
from firstline.work.tasks.queries import checklists_for, panel, tasks_of
from firstline.work.tickets.models import Ticket
from firstline.work.tickets.queries import visible_to


def the_ticket(request: HttpRequest, pk: int) -> Ticket:
    return get_object_or_404(visible_to(request.user).select_related("team", "status", "requester"), pk=pk)


@access("desk.enter")
def tasks(request: HttpRequest, pk: int) -> HttpResponse:
    """All tasks of the ticket, with what one may do; a POST adds one by its title."""
    ticket = the_ticket(request, pk)
    if request.method == "POST":
        task = add_task(ticket, request.POST.get("title", ""), by=request.user)
        messages.success(request, _("Added."), extra_tags=_way_back(ticket, [task.pk]))
        return _answer(request, ticket)
    if not may(request.user, "task.view", ticket):
        raise Http404
    names = {"ticket": ticket, "tasks": [], "may_edit_tasks": False} | (panel(ticket, request.user) or {})
    names |= {
        "tasks": tasks_of(ticket), "give_form": GiveForm(viewer=request.user), "due_form": DueForm(),
        "breadcrumb": [(f"#{pk} {ticket.subject}", ticket.get_absolute_url()), (_("Tasks"), None)],
    }  # fmt: skip
    return page(request, "tasks/of_ticket.html", names, block="content")


@access("desk.enter")
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """A task with everything that can be said about it."""
    ticket = the_ticket(request, pk)
    if not may(request.user, "task.edit", ticket):
        raise Http404
    others = [each for each in tasks_of(ticket) if each.ticket_id == pk]
    form = TaskForm(request.POST or None, others=others, viewer=request.user, initial={"team": ticket.team_id})
    if request.method == "POST" and form.is_valid():
        said: dict[str, Any] = {"needs": ()} | form.cleaned_data
        try:
            task = add_task(ticket, **said, by=request.user)
        except Refused as refusal:
            form.add_error(None, linked(refusal))
        else:
            messages.success(request, _("Added."), extra_tags=_way_back(ticket, [task.pk]))
            return HttpResponseRedirect(reverse("tasks:of_ticket", args=[pk]))
    names = {
        "form": form, "heading": _("New task"), "ticket": ticket, "back": reverse("tasks:of_ticket", args=[pk]),
        "breadcrumb": [
            (f"#{pk} {ticket.subject}", ticket.get_absolute_url()),
            (_("Tasks"), reverse("tasks:of_ticket", args=[pk])), (_("New task"), None),
        ],
    }  # fmt: skip
    return page(request, "tasks/form.html", names, status=422 if form.errors else 200)


@access("desk.enter")
@require_POST
def checklist(request: HttpRequest, pk: int) -> HttpResponse:
    """Put all tasks of a checklist on it."""
    ticket = the_ticket(request, pk)
    number = row_number(request.POST.get("checklist", ""))
    found = next((each for each in checklists_for(ticket) if each.pk == number), None)
    if found is None:
        raise Refused(_("Choose a checklist that is in use for this ticket."))
    before = set(Task.objects.filter(ticket=ticket).values_list("pk", flat=True))
    put_checklist(ticket, found, by=request.user)
    made = sorted(set(Task.objects.filter(ticket=ticket).values_list("pk", flat=True)) - before)
    said = ngettext("%(count)s task added.", "%(count)s tasks added.", len(made)) % {"count": len(made)}
    messages.success(request, said, extra_tags=_way_back(ticket, made))
    return _answer(request, ticket)


@access("desk.enter")
@require_POST
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back tasks that were added by a slip."""
    ticket = the_ticket(request, pk)
    numbers = [row_number(text) for text in request.GET.get("task", "").split(",")[:100]]
    gone = take_away(ticket, list(Task.objects.filter(ticket=ticket, pk__in=numbers).order_by("-id")), by=request.user)
    if gone:
        messages.info(request, _("Taken back."))
    return _answer(request, ticket)


def _way_back(ticket: Ticket, tasks: list[int]) -> str:
    return f"{reverse('tasks:removal', args=[ticket.pk])}?task={','.join(map(str, tasks))}"


def _answer(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    if request.POST.get("next") == "ticket":
        return HttpResponseRedirect(ticket.get_absolute_url())
    return HttpResponseRedirect(reverse("tasks:of_ticket", args=[ticket.pk]))
