from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.core.actions import Refused, may
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.flow.automations.actions.canned import EDIT, remove_canned, save_canned
from firstline.flow.automations.forms import CannedForm
from firstline.flow.automations.models import CannedReply, CannedUse
from firstline.flow.automations.queries.explaining import teams_in_words
from firstline.flow.automations.queries.macros import may_shape_any

from .automations import where


@access("automation.view")
@require_safe
def canned_replies(request: HttpRequest) -> HttpResponse:
    """All canned replies, in which languages, for whom, and how often they are used."""
    used = {
        number: (times, last)
        for number, times, last in CannedUse.objects.values_list("reply")
        .annotate(times=Count("id"), last=Max("at"))
        .order_by()
    }
    rows = [
        {
            "reply": each, "languages": list(each.texts), "teams": teams_in_words(each.teams),
            "used": used.get(each.pk, (0, None)), "may_edit": may(request.user, EDIT, each),
        }
        for each in CannedReply.objects.all()
    ]  # fmt: skip
    names = {
        "rows": rows, "may_add": may_shape_any(request.user, EDIT), "breadcrumb": where((_("Canned replies"), None)),
    }  # fmt: skip
    return page(request, "automations/canned_replies.html", names)


@access("automation.view")
def new(request: HttpRequest) -> HttpResponse:
    """Add a canned reply."""
    if not may_shape_any(request.user, EDIT):
        raise PermissionDenied
    return _form(request, CannedReply(), _("New canned reply"))


@access("automation.view")
def canned_reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a canned reply."""
    found = get_object_or_404(CannedReply, pk=pk)
    if not may(request.user, EDIT, found):
        raise PermissionDenied
    return _form(request, found, found.name)


@access("automation.view")
@require_POST
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a canned reply."""
    remove_canned(get_object_or_404(CannedReply, pk=pk), by=request.user)
    messages.success(request, _("Removed."))
    return HttpResponseRedirect(reverse("automations:canned_replies"))


def _form(request: HttpRequest, found: CannedReply, heading: str) -> HttpResponse:
    form = CannedForm(request.POST or None, reply=found)
    if request.method == "POST" and form.is_valid():
        try:
            save_canned(form.filled(), by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("automations:canned_replies"))
    names = {
        "form": form, "heading": heading, "reply": found if found.pk else None,
        "breadcrumb": where((_("Canned replies"), reverse("automations:canned_replies")), (heading, None)),
    }  # fmt: skip
    return page(request, "automations/canned_reply.html", names, status=422 if form.errors else 200)
