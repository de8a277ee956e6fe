"""What macros and canned replies have in common: one is added, changed and removed by whoever shapes its teams."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from firstline.core.actions import Refused, may
from firstline.core.ui.render import page
from firstline.flow.automations.queries.macros import may_shape_any

from .automations import where


@dataclass(frozen=True)
class Kept:
    """One kind of thing that is kept for agents to use."""

    model: Any
    permission: str
    form: Callable[[HttpRequest, Any], BaseForm]
    save: Callable[..., Any]
    remove: Callable[..., Any]
    words: tuple[str | Promise, str | Promise]  # all of them, and a new one
    route: str  # the list of all
    template: str


def added(request: HttpRequest, kind: Kept) -> HttpResponse:
    if not may_shape_any(request.user, kind.permission):
        raise PermissionDenied
    return _filled(request, kind, kind.model(), str(kind.words[1]))


def changed(request: HttpRequest, kind: Kept, pk: int) -> HttpResponse:
    found = get_object_or_404(kind.model, pk=pk)
    if not may(request.user, kind.permission, found):
        raise PermissionDenied
    return _filled(request, kind, found, found.name)


def removed(request: HttpRequest, kind: Kept, pk: int) -> HttpResponse:
    kind.remove(get_object_or_404(kind.model, pk=pk), by=request.user)
    messages.success(request, _("Removed."))
    return HttpResponseRedirect(reverse(kind.route))


def _filled(request: HttpRequest, kind: Kept, found: Any, heading: str) -> HttpResponse:
    form: Any = kind.form(request, found)
    if request.method == "POST" and form.is_valid():
        try:
            kind.save(form.filled(), by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse(kind.route))
    names = {
        "form": form, "heading": heading, "saved": found if found.pk else None,
        "breadcrumb": where((str(kind.words[0]), reverse(kind.route)), (heading, None)),
    }  # fmt: skip
    return page(request, kind.template, names, status=422 if form.errors else 200)
