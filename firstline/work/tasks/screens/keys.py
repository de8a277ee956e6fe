"""The licence keys of a task: masked until somebody who works on it asks to see one."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from firstline.core.actions import may
from firstline.core.entry import signed_in
from firstline.core.ui.render import page
from firstline.work.tasks.actions.keys import keep_key, look_at_key, remove_key
from firstline.work.tasks.models import Task, TaskKey

from .task import context_of, the_task


@signed_in
@require_POST
def keys(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a key with the task."""
    found = _workable(request, pk)
    made = keep_key(found, request.POST.get("name", ""), request.POST.get("key", ""), by=request.user)
    undo = reverse("tasks:remove_key", args=[pk, made.pk])
    messages.success(request, _("Kept. It is shown masked."), extra_tags=undo)
    return HttpResponseRedirect(f"{found.get_absolute_url()}#keys")


@signed_in
@require_POST
def sight(request: HttpRequest, pk: int, key: int) -> HttpResponse:
    """Show one key, on this answer only; the timeline of the ticket tells who has looked."""
    found = _workable(request, pk)
    kept = _one(found, key)
    said = look_at_key(found, kept, by=request.user)
    answer = page(request, "tasks/task.html", context_of(request, found) | {"opened_key": kept.pk, "opened": said})
    answer.headers["Cache-Control"] = "no-store"
    return answer


@signed_in
@require_POST
def removal(request: HttpRequest, pk: int, key: int) -> HttpResponse:
    """Remove a key, or bring it back."""
    found = _workable(request, pk)
    kept = _one(found, key)
    is_removed = "back" not in request.GET
    remove_key(found, kept, is_removed, by=request.user)
    undo = f"{reverse('tasks:remove_key', args=[pk, key])}?back" if is_removed else ""
    messages.success(request, _("Removed.") if is_removed else _("It is back."), extra_tags=undo)
    return HttpResponseRedirect(f"{found.get_absolute_url()}#keys")


def _workable(request: HttpRequest, pk: int) -> Task:
    found = the_task(request, pk)
    if not may(request.user, "task.work", found):
        raise Http404
    return found


def _one(task: Task, pk: int) -> TaskKey:
    kept = task.keys.filter(pk=pk).first()
    if kept is None:
        raise Http404
    return kept
