from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.core import clock
from firstline.core.actions import Refused, may
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.people.access.forms import PersonForm
from firstline.people.access.queries import visible_to as grants_visible_to
from firstline.people.accounts.actions.deactivate import deactivate
from firstline.people.accounts.actions.edit import edit_person
from firstline.people.accounts.actions.end_sessions import end_sessions
from firstline.people.accounts.actions.open import open_person
from firstline.people.accounts.actions.reactivate import reactivate
from firstline.people.accounts.queries import page_of, visible_to
from firstline.people.accounts.rules import fresh
from firstline.people.organisations.models import Membership
from firstline.people.teams.queries import absences_of


@access("person.view")
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """People by name, a page at a time, or those a few letters lead to."""
    text = request.GET.get("q", "")
    rows, following = page_of(request.user, text=text, after=request.GET.get("after", ""))
    context = {"people": rows, "next": following, "text": text, "may_add": may(request.user, "person.open")}
    return page(request, "access/people.html", context | {"breadcrumb": [(_("People"), None)]})


@access("person.open")
def new(request: HttpRequest) -> HttpResponse:
    """Open an account for somebody."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            person = open_person(said["email"] or None, name=said["name"], phone=said["phone"], by=request.user)
            return HttpResponseRedirect(reverse("access:person", args=[person.pk]))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    where = [(_("People"), reverse("access:people")), (_("New person"), None)]
    context = {"form": form, "heading": _("New person"), "action": reverse("access:new"), "breadcrumb": where}
    return page(request, "access/form.html", context)


@access("person.view")
@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody: facts, where they belong, roles, absences."""
    row = get_object_or_404(visible_to(request.user), pk=pk)
    return page(
        request,
        "access/person.html",
        {
            "who": row,
            "membership": Membership.objects.filter(person=row)
            .select_related("organisation", "department", "manager")
            .first(),
            "teams": [member.team for member in row.team_memberships.select_related("team").order_by("team__name")],
            "grants": grants_visible_to(request.user).filter(person=row),
            "absences": absences_of(row, since=clock.now().date()),
            "may_edit": may(request.user, "person.edit", row),
            "may_deactivate": may(request.user, "person.deactivate", row) and row.pk != request.user.pk,
            "may_absence": may(request.user, "absence.edit", row),
            "breadcrumb": [(_("People"), reverse("access:people")), (row.display_name, None)],
        },
    )


@access("person.edit")
@fresh
def facts(request: HttpRequest, pk: int) -> HttpResponse:
    """Change somebody's name, address and phone."""
    row = get_object_or_404(visible_to(request.user), pk=pk)
    form = PersonForm(request.POST or None, initial={"name": row.name, "email": row.email, "phone": row.phone})
    if request.method == "POST" and form.is_valid():
        try:
            edit_person(row, changes=form.cleaned_data, by=request.user)
            return HttpResponseRedirect(reverse("access:person", args=[pk]))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    where = [(row.display_name, reverse("access:person", args=[pk])), (_("Change"), None)]
    context = {"form": form, "heading": row.display_name, "action": request.path, "breadcrumb": where}
    return page(request, "access/form.html", context)


@access("person.deactivate")
@fresh
@require_POST
def deactivation(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the account, or (`undo`) open it again."""
    row = get_object_or_404(visible_to(request.user), pk=pk)
    if "undo" in request.POST:
        reactivate(row, by=request.user)
    else:
        deactivate(row, reason=request.POST.get("reason", "")[:200], by=request.user)
    return HttpResponseRedirect(reverse("access:person", args=[pk]))


@access("person.deactivate")
@fresh
@require_POST
def sessions(request: HttpRequest, pk: int) -> HttpResponse:
    """End all sessions of somebody."""
    row = get_object_or_404(visible_to(request.user), pk=pk)
    end_sessions(row, by=request.user)
    return HttpResponseRedirect(reverse("access:person", args=[pk]))
