"""My tasks, and changing several at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from firstline.core.actions import NotAllowed, Refused, may
from firstline.core.entry import signed_in
from firstline.core.paging import BadCursor, page_of
from firstline.core.text import row_number
from firstline.core.ui.linked import linked
from firstline.core.ui.render import page
from firstline.work.tasks.actions.edit import assign_task, set_due, take_task
from firstline.work.tasks.actions.progress import begin, drop, finish, reopen
from firstline.work.tasks.forms import DueForm, GiveForm
from firstline.work.tasks.models import State, Task
from firstline.work.tasks.queries import TONES, count_waiting_for, lines_of, tags_of_waiting, visible_to

MOST_AT_ONCE = 100


@signed_in
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What waits for me or my teams, the next due first; and what I have done."""
    show = request.GET.get("show", "waiting")
    if show not in {"waiting", "done"}:
        return redirect("tasks:mine")
    tag = request.GET.get("tag", "").strip()[:60]
    rows, order = lines_of(request.user, show, tag=tag)
    try:
        found = page_of(rows, order, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    except BadCursor:
        found = page_of(rows, order)
    here = reverse("tasks:mine")
    tabs = [
        {"label": _("Waiting for me"), "url": here, "current": show == "waiting",
         "count": count_waiting_for(request.user) or None},
        {"label": _("Done by me"), "url": f"{here}?show=done", "current": show == "done"},
    ]  # fmt: skip
    narrowed = f"&{urlencode({'tag': tag})}" if tag else ""
    known = tags_of_waiting(request.user) if show == "waiting" else []
    known += [tag] if tag and tag not in known else []
    names = {
        "tag": tag, "all_url": here,
        "tags": [{"name": each, "url": f"{here}?{urlencode({'tag': each})}"} for each in known],
        "show": show, "rows": found.rows, "tabs": tabs, "tones": TONES, "states": dict(State.choices),
        "may_give": may(request.user, "task.edit"),
        "newer": f"{here}?show={show}{narrowed}&before={found.newer}" if found.newer else "",
        "older": f"{here}?show={show}{narrowed}&after={found.older}" if found.older else "",
        "give_form": GiveForm(viewer=request.user), "due_form": DueForm(),
        "breadcrumb": [(_("My tasks"), None)],
    }  # fmt: skip
    return page(request, "tasks/mine.html", names, block="content")


@signed_in
@require_POST
def changes(request: HttpRequest) -> HttpResponse:
    """Do one thing to several tasks; what is refused is told, the rest is done."""
    what = request.POST.get("do") or request.GET.get("do", "")
    numbers = request.POST.getlist("selected") or request.GET.get("selected", "").split(",")
    wanted = {row_number(text) for text in numbers[:MOST_AT_ONCE]}
    tasks = list(visible_to(request.user).filter(pk__in=wanted).select_related("ticket__team").order_by("id"))
    back = _back(request)
    try:
        change = _change(what, request)
    except forms.ValidationError as error:
        messages.warning(request, " ".join(error.messages))
        return HttpResponseRedirect(back)
    done, refused = [], []
    for task in tasks if change is not None else []:
        try:
            change(task)  # type: ignore[misc]
            done.append(task.pk)
        except Refused as error:
            refused.append(linked(error))
        except NotAllowed:
            refused.append(format_html(_("“{}”: you may not do this to it."), task.title))
    if done:
        said = ngettext("%(count)s task changed.", "%(count)s tasks changed.", len(done)) % {"count": len(done)}
        undo = f"{reverse('tasks:changes')}?do=reopen&selected={','.join(map(str, done))}&back={back}"
        messages.success(request, said, extra_tags=undo if what in {"done", "drop"} else "")
    for sentence in refused[:5]:
        messages.warning(request, sentence)
    if not done and not refused:
        messages.info(request, _("Select some tasks, and what to do with them."))
    return HttpResponseRedirect(back)


def _change(what: str, request: HttpRequest) -> Callable[[Task], Any] | None:
    by = request.user
    match what:
        case "done":
            return lambda task: finish(task, by=by)
        case "begin":
            return lambda task: begin(task, by=by)
        case "take":
            return lambda task: take_task(task, by=by)
        case "drop":
            return lambda task: drop(task, request.POST.get("reason", ""), by=by)
        case "reopen":
            return lambda task: reopen(task, by=by)
        case "due":
            due = _valid(DueForm(request.POST))["due_at"]
            return lambda task: set_due(task, due, by=by)
        case "give":
            said = _valid(GiveForm(request.POST, viewer=by))
            return lambda task: assign_task(task, said["people"], said["team"], by=by)
    return None


def _valid(form: forms.Form) -> dict[str, Any]:
    if not form.is_valid():
        raise forms.ValidationError([str(each) for errors in form.errors.values() for each in errors])
    return form.cleaned_data


def _back(request: HttpRequest) -> str:
    """My tasks, or the tasks of the ticket they were chosen on."""
    back = request.POST.get("back") or request.GET.get("back", "")
    ticket = row_number(back.removeprefix("/tickets/").removesuffix("/tasks"))
    return reverse("tasks:of_ticket", args=[ticket]) if ticket > 0 else reverse("tasks:mine")
