"""Checklists: lists of tasks that are put on a ticket with one click."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from firstline.core.actions import NotAllowed, Refused, may
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.work.tasks.actions.checklists import place_item, remove_item, save_checklist, save_item
from firstline.work.tasks.forms import ChecklistForm, ItemForm
from firstline.work.tasks.models import Checklist, ChecklistItem
from firstline.work.tasks.queries import checklists_edited_by


@access("checklist.edit")
def checklists(request: HttpRequest) -> HttpResponse:
    """Those one may write."""
    names = {
        "checklists": checklists_edited_by(request.user),
        "breadcrumb": [(_("Settings"), reverse("desk:settings")), (_("Checklists"), None)],
    }
    return page(request, "tasks/checklists.html", names)


@access("checklist.edit")
def new_checklist(request: HttpRequest) -> HttpResponse:
    return _edit(request, Checklist())


@access("checklist.edit")
def checklist(request: HttpRequest, pk: int) -> HttpResponse:
    """Its name and its tasks."""
    return _edit(request, _one(request, pk))


def _edit(request: HttpRequest, found: Checklist) -> HttpResponse:
    form = ChecklistForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_checklist(form.instance, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        except NotAllowed:
            form.add_error("team", _("You may write checklists of your own teams only."))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("tasks:checklist", args=[saved.pk]))
    items = found.items.select_related("person", "team").prefetch_related("needs") if found.pk else []
    heading = found.name if found.pk else _("New checklist")
    names = {
        "form": form, "checklist": found, "items": list(items), "heading": heading,
        "breadcrumb": _breadcrumb((heading, None)),
    }  # fmt: skip
    return page(request, "tasks/checklist.html", names, status=422 if form.errors else 200)


@access("checklist.edit")
def new_item(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit_item(request, _one(request, pk), ChecklistItem())


@access("checklist.edit")
def item(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """One task of a checklist."""
    found = _one(request, pk)
    return _edit_item(request, found, _item(found, item))


def _edit_item(request: HttpRequest, found: Checklist, one: ChecklistItem) -> HttpResponse:
    others = [each for each in found.items.all() if each.pk != one.pk]
    form = ItemForm(request.POST or None, instance=one, viewer=request.user, others=others)
    here = reverse("tasks:checklist", args=[found.pk])
    if request.method == "POST" and form.is_valid():
        try:
            save_item(found, form.instance, form.cleaned_data.get("needs", ()), by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            again = "again" in request.POST
            return HttpResponseRedirect(reverse("tasks:new_item", args=[found.pk]) if again else here)
    names = {
        "form": form, "heading": _("Change the task") if one.pk else _("New task"), "back": here, "item": one,
        "checklist": found, "breadcrumb": _breadcrumb((found.name, here), (one.title or _("New task"), None)),
    }  # fmt: skip
    return page(request, "tasks/item.html", names, status=422 if form.errors else 200)


@access("checklist.edit")
@require_POST
def item_removal(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    found = _one(request, pk)
    remove_item(found, _item(found, item), by=request.user)
    messages.success(request, _("Removed."))
    return HttpResponseRedirect(reverse("tasks:checklist", args=[pk]))


@access("checklist.edit")
@require_POST
def item_place(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    found = _one(request, pk)
    place_item(found, _item(found, item), request.POST.get("to") == "up", by=request.user)
    return HttpResponseRedirect(reverse("tasks:checklist", args=[pk]))


def _one(request: HttpRequest, pk: int) -> Checklist:
    found = get_object_or_404(Checklist.objects.select_related("team"), pk=pk)
    if not may(request.user, "checklist.edit", found):
        raise Http404
    return found


def _item(found: Checklist, pk: int) -> ChecklistItem:
    return get_object_or_404(found.items.select_related("person", "team"), pk=pk)


def _breadcrumb(*more: tuple[Any, Any]) -> list[tuple[Any, Any]]:
    return [(_("Settings"), reverse("desk:settings")), (_("Checklists"), reverse("tasks:checklists")), *more]
