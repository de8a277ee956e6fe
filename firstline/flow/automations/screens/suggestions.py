"""What could be done by itself, because people do it by hand again and again."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.core.actions import Refused, may
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.flow.automations.actions.suggest import dismiss_suggestion, make_of_suggestion
from firstline.flow.automations.models import Suggestion
from firstline.flow.automations.queries.suggested import suggested

from .automations import where

EDIT = "automation.edit"


@access("automation.view")
@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """What people did by hand under the same facts, how often, and how often not."""
    names = {
        "rows": suggested(), "may_edit": may(request.user, EDIT), "breadcrumb": where((_("Suggestions"), None)),
    }  # fmt: skip
    return page(request, "automations/suggestions.html", names)


@access("automation.view")
@require_POST
def making(request: HttpRequest, pk: int) -> HttpResponse:
    """Make it a draft automation, and show what it would have done."""
    found = _one(request, pk)
    try:
        version = make_of_suggestion(found, by=request.user)
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return HttpResponseRedirect(reverse("automations:suggestions"))
    messages.success(request, _("It is a draft. This is what it would have done."))
    return HttpResponseRedirect(reverse("automations:trial", args=[version.automation_id]))


@access("automation.view")
@require_POST
def dismissal(request: HttpRequest, pk: int) -> HttpResponse:
    """It is not wanted, and does not come back."""
    dismiss_suggestion(_one(request, pk), by=request.user)
    messages.success(request, _("It is not suggested again."))
    return HttpResponseRedirect(reverse("automations:suggestions"))


def _one(request: HttpRequest, pk: int) -> Suggestion:
    if not may(request.user, EDIT):
        raise PermissionDenied
    return get_object_or_404(Suggestion, pk=pk)
