"""One task: what it says, how it goes on, and what is added to it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.core import files as storage
from firstline.core.actions import Refused, may, together
from firstline.core.entry import signed_in
from firstline.core.files.serve import download
from firstline.core.text import whole_number
from firstline.core.ui.linked import linked
from firstline.core.ui.render import page
from firstline.work.tasks.actions import progress as verbs
from firstline.work.tasks.actions.edit import assign_task, edit_task, place_task, set_needs, take_task
from firstline.work.tasks.actions.say import attach, detach, remark_on, spend, take_back_time
from firstline.work.tasks.forms import TaskForm, said_of
from firstline.work.tasks.models import State, Task
from firstline.work.tasks.queries import TONES, file_visible_to, tasks_of, visible_to
from firstline.work.tasks.rules import answer_url, may_finish
from firstline.work.tickets.queries import visible_to as tickets_visible_to

LARGEST_FILE = 25 * 1024 * 1024  # bytes; as on messages


def the_task(request: HttpRequest, pk: int) -> Task:
    """The task if the person may see it; 404 as for one that does not exist."""
    seen = visible_to(request.user).select_related("ticket__team", "ticket__status", "team", "opened_by", "ended_by")
    found = seen.prefetch_related("assignees__person", "ticket__participants").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@signed_in
@require_safe
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be done, how it stands, what was said about it."""
    return page(request, "tasks/task.html", context_of(request, the_task(request, pk)), block="live")


def context_of(request: HttpRequest, found: Task) -> dict[str, Any]:
    """What the page of one task shows to whoever asks."""
    person: Any = request.user
    may_work = may(person, "task.work", found)
    ticket_url = ""
    if tickets_visible_to(person).filter(pk=found.ticket_id).exists():
        ticket_url = reverse("desk:ticket" if may(person, "desk.enter") else "portal:request", args=[found.ticket_id])
    return {
        "task": found, "tone": TONES[State(found.state)], "ticket_url": ticket_url,
        "people": [each.person for each in found.assignees.all()],
        "is_mine": any(each.person_id == person.pk for each in found.assignees.all()),
        "needs": list(found.needs.order_by("position", "id")),
        "needed_by": list(found.needed_by.order_by("position", "id")),
        "remarks": list(found.remarks.select_related("author")),
        "files": list(found.files.filter(is_removed=False)),
        "keys": list(found.keys.filter(is_removed=False)) if may_work else [], "opened_key": 0, "opened": "",
        "spent": list(found.spent.select_related("person")),
        "may_work": may_work, "may_finish": may_work and may_finish(person, found),
        "may_edit": may(person, "task.edit", found),
        "answer_url": answer_url(found) if found.is_answered_there and found.is_open else "",
        "breadcrumb": [(_("My tasks"), reverse("tasks:mine")), (found.title, None)],
    }  # fmt: skip


@signed_in
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what it says, whose it is, when it is due, what it waits for."""
    found = the_task(request, pk)
    if not may(request.user, "task.edit", found):
        raise Http404
    others = [each for each in tasks_of(found.ticket) if each.pk != pk and each.ticket_id == found.ticket_id]
    initial = {
        "title": found.title, "text": found.text, "due_at": found.due_at, "team": found.team_id,
        "people": ", ".join(said_of(each.person) for each in found.assignees.all()),
        "needs": [each.pk for each in found.needs.all()], "blocks_closing": found.blocks_closing,
        "is_shown_to_requester": found.is_shown_to_requester,
    }  # fmt: skip
    form = TaskForm(request.POST or None, initial=initial, others=others, viewer=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            _save(found, form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(None, linked(refusal))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(found.get_absolute_url())
    names = {
        "form": form, "heading": _("Change the task"), "back": found.get_absolute_url(), "ticket": found.ticket,
        "breadcrumb": [(found.title, found.get_absolute_url()), (_("Change"), None)],
    }  # fmt: skip
    return page(request, "tasks/form.html", names, status=422 if form.errors else 200)


def _save(found: Task, said: dict[str, Any], *, by: Any) -> None:
    facts = {name: said[name] for name in ("title", "text", "due_at", "blocks_closing", "is_shown_to_requester")}
    with together():
        edit_task(found, **facts, by=by)
        if found.is_open:
            assign_task(found, said["people"], said["team"], by=by)
            set_needs(found, said.get("needs", ()), by=by)


@signed_in
@require_POST
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin it, have it looked at, block it, finish it, drop it, open it again."""
    found, by = the_task(request, pk), request.user
    words = request.POST.get("words", "")
    undo = ""
    match request.POST.get("to") or request.GET.get("to", ""):
        case "begin":
            verbs.begin(found, by=by)
            said = _("You work on it.")
        case "take":
            take_task(found, by=by)
            said = _("It is yours.")
        case "review":
            verbs.ask_review(found, by=by)
            said = _("Somebody should look at it now.")
        case "block":
            verbs.block(found, words, by=by)
            said = _("Blocked. Whoever has the ticket is told.")
        case "rest":
            verbs.rest(found, by=by)
            said = _("It is open.")
        case "done":
            verbs.finish(found, words, by=by)
            said, undo = _("“%(task)s” is done.") % {"task": found.title}, "reopen"
        case "drop":
            verbs.drop(found, words, by=by)
            said, undo = _("“%(task)s” is not needed.") % {"task": found.title}, "reopen"
        case "reopen":
            verbs.reopen(found, by=by)
            said = _("“%(task)s” is open again.") % {"task": found.title}
        case _:
            raise Refused(_("Say how the task goes on."))
    can_undo = undo and not found.caller
    going_back = f"{reverse('tasks:progress', args=[pk])}?to={undo}&next={_next(request)}" if can_undo else ""
    messages.success(request, said, extra_tags=going_back)
    return _answer(request, found)


@signed_in
@require_POST
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down among the tasks of its ticket."""
    found = the_task(request, pk)
    order = [each.pk for each in tasks_of(found.ticket) if each.ticket_id == found.ticket_id]
    at = order.index(pk)
    to = max(0, at - 1) if request.POST.get("to") == "up" else at + 2
    before = visible_to(request.user).filter(pk=order[to]).first() if to < len(order) else None
    place_task(found, before, by=request.user)
    return HttpResponseRedirect(reverse("tasks:of_ticket", args=[found.ticket_id]))


@signed_in
@require_POST
def remarks(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something about it."""
    found = the_task(request, pk)
    remark_on(found, request.POST.get("text", ""), by=request.user)
    messages.success(request, _("Remark added."))
    return _answer(request, found)


@signed_in
@require_POST
def files(request: HttpRequest, pk: int) -> HttpResponse:
    """Add files to it."""
    found = the_task(request, pk)
    if not may(request.user, "task.work", found):
        raise Http404
    uploads = request.FILES.getlist("files")
    if not uploads:
        raise Refused(_("Choose a file first."))
    for upload in uploads:
        if (upload.size or 0) > LARGEST_FILE:
            raise Refused(_("“%(name)s” is larger than 25 MB. Share a link to it instead.") % {"name": upload.name})
        stored = storage.store(upload.chunks())
        attach(
            found, name=upload.name or _("file"), type=upload.content_type or "application/octet-stream",
            size=stored.size, sha256=stored.sha256, by=request.user,
        )  # fmt: skip
    messages.success(request, _("Added."))
    return _answer(request, found)


@signed_in
@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file, for whoever may see its task."""
    found = file_visible_to(request.user, pk)
    if found is None:
        raise Http404
    return download(request, found.sha256, found.name, found.type, inline="inline" in request.GET)


@signed_in
@require_POST
def file_removal(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """Remove a file, or bring it back."""
    found = the_task(request, pk)
    kept = found.files.filter(pk=file).first()
    if kept is None:
        raise Http404
    is_removed = "back" not in request.GET
    detach(found, kept, is_removed, by=request.user)
    undo = f"{reverse('tasks:remove_file', args=[pk, file])}?back" if is_removed else ""
    messages.success(request, _("Removed.") if is_removed else _("It is back."), extra_tags=undo)
    return _answer(request, found)


@signed_in
@require_POST
def time(request: HttpRequest, pk: int) -> HttpResponse:
    """Note how long one has worked on it."""
    found = the_task(request, pk)
    spent = spend(found, whole_number(request.POST.get("minutes", "").strip()) or 0, by=request.user)
    messages.success(request, _("Noted."), extra_tags=reverse("tasks:remove_time", args=[pk, spent.pk]))
    return _answer(request, found)


@signed_in
@require_POST
def time_removal(request: HttpRequest, pk: int, spent: int) -> HttpResponse:
    """Take back time one has noted."""
    found = the_task(request, pk)
    noted = found.spent.filter(pk=spent).first()
    if noted is None:
        raise Http404
    take_back_time(found, noted, by=request.user)
    messages.success(request, _("Taken back."))
    return _answer(request, found)


def _next(request: HttpRequest) -> str:
    said = request.POST.get("next") or request.GET.get("next", "")
    return said if said in {"ticket", "tasks", "mine"} else ""


def _answer(request: HttpRequest, found: Task) -> HttpResponse:
    """Back to where the button was."""
    match _next(request):
        case "ticket":
            return HttpResponseRedirect(reverse("desk:ticket", args=[found.ticket_id]))
        case "tasks":
            return HttpResponseRedirect(reverse("tasks:of_ticket", args=[found.ticket_id]))
        case "mine":
            return HttpResponseRedirect(reverse("tasks:mine"))
    return HttpResponseRedirect(found.get_absolute_url())
