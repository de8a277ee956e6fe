from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.core.actions import Refused, may
from firstline.core.database import keyset
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.people.organisations.actions.organisation import archive_organisation, save_organisation
from firstline.people.organisations.forms import OrganisationForm
from firstline.people.organisations.models import Organisation
from firstline.people.organisations.queries import departments_for, visible_to


@access("organisation.view")
@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """All organisations by name."""
    rows, following = keyset.page(visible_to(request.user), by="name", after=request.GET.get("after", ""))
    context = {"organisations": rows, "next": following, "may_edit": may(request.user, "organisation.edit")}
    context["breadcrumb"] = [(_("Settings"), "/settings"), (_("Organisations"), None)]
    return page(request, "organisations/organisations.html", context)


@access("organisation.edit")
def new(request: HttpRequest) -> HttpResponse:
    """Add an organisation."""
    form = OrganisationForm(request.POST or None)
    row = _saved(request, None, form)
    if row:
        return HttpResponseRedirect(reverse("organisations:organisation", args=[row.pk]))
    context = {"form": form, "heading": _("New organisation"), "action": reverse("organisations:new")}
    return page(request, "organisations/form.html", context)


@access("organisation.view")
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """One organisation and its departments."""
    row = get_object_or_404(visible_to(request.user), pk=pk)
    before = {"name": row.name, "domains": " ".join(row.domains), "notes": row.notes, "is_important": row.is_important}
    form = OrganisationForm(request.POST or None, initial=before)
    if _saved(request, row, form):
        return HttpResponseRedirect(reverse("organisations:organisation", args=[pk]))
    return page(
        request,
        "organisations/organisation.html",
        {
            "organisation": row,
            "form": form,
            "departments": departments_for(request.user).filter(organisation=row).order_by("name"),
            "may_edit": may(request.user, "organisation.edit"),
            "breadcrumb": [(_("Organisations"), reverse("organisations:organisations")), (row.name, None)],
        },
    )


@access("organisation.edit")
@require_POST
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it into the archive, or (`undo`) take it out."""
    row = get_object_or_404(visible_to(request.user), pk=pk)
    archive_organisation(row, is_archived="undo" not in request.POST, by=request.user)
    return HttpResponseRedirect(reverse("organisations:organisation", args=[pk]))


def _saved(request: HttpRequest, row: Organisation | None, form: OrganisationForm) -> Organisation | None:
    if request.method != "POST" or not form.is_valid():
        return None
    said: dict[str, Any] = form.cleaned_data
    try:
        return save_organisation(row, name=said["name"], domains=said["domains"], notes=said["notes"], by=request.user)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
