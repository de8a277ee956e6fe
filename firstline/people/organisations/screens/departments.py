from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from firstline.core.actions import Refused
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.people.organisations.actions.department import archive_department, save_department
from firstline.people.organisations.forms import DepartmentForm
from firstline.people.organisations.models import Department, Organisation
from firstline.people.organisations.queries import departments_for, visible_to


@access("organisation.edit")
def new(request: HttpRequest, organisation: int) -> HttpResponse:
    """Add a department."""
    owner = get_object_or_404(visible_to(request.user), pk=organisation)
    return _edit(request, owner, None)


@access("organisation.edit")
def department(request: HttpRequest, organisation: int, pk: int) -> HttpResponse:
    """Change a department."""
    owner = get_object_or_404(visible_to(request.user), pk=organisation)
    return _edit(request, owner, get_object_or_404(departments_for(request.user), pk=pk, organisation=owner))


@access("organisation.edit")
@require_POST
def archive(request: HttpRequest, organisation: int, pk: int) -> HttpResponse:
    """Put it into the archive, or (`undo`) take it out."""
    row = get_object_or_404(departments_for(request.user), pk=pk, organisation=organisation)
    archive_department(row, is_archived="undo" not in request.POST, by=request.user)
    return HttpResponseRedirect(reverse("organisations:organisation", args=[organisation]))


def _edit(request: HttpRequest, owner: Organisation, row: Department | None) -> HttpResponse:
    head = row.head.email or row.head.name if row and row.head else ""
    form = DepartmentForm(request.POST or None, initial={"name": row.name if row else "", "head": head})
    form.viewer = request.user
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            save_department(row, name=said["name"], organisation=owner, head=said["head"], by=request.user)
            return HttpResponseRedirect(reverse("organisations:organisation", args=[owner.pk]))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    where = [
        (owner.name, reverse("organisations:organisation", args=[owner.pk])),
        (row.name if row else _("New"), None),
    ]
    heading = row.name if row else _("New department")
    context = {"form": form, "heading": heading, "action": request.path, "breadcrumb": where}
    return page(request, "organisations/form.html", context)
