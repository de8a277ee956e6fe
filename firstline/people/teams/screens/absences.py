from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from firstline.core import clock
from firstline.core.actions import Refused, may
from firstline.core.entry import signed_in
from firstline.core.ui.render import page
from firstline.people.accounts.queries import visible_to
from firstline.people.teams.actions.absence import remove_absence, save_absence
from firstline.people.teams.forms import AbsenceForm
from firstline.people.teams.queries import absences_of


@signed_in
def absences(request: HttpRequest, person: int) -> HttpResponse:
    """When somebody is away: one's own, or, for the desk, anybody's."""
    who = get_object_or_404(visible_to(request.user), pk=person)
    form = AbsenceForm(request.POST or None)
    form.viewer = request.user
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            save_absence(
                who, said["first_day"], said["last_day"], deputy=said["deputy"], note=said["note"], by=request.user
            )
            return HttpResponseRedirect(reverse("teams:absences", args=[person]))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return page(
        request,
        "teams/absences.html",
        {
            "who": who,
            "form": form,
            "absences": absences_of(who, since=clock.now().date()),
            "may_edit": may(request.user, "absence.edit", who),
            "breadcrumb": [(who.display_name, None), (_("Absences"), None)],
        },
    )


@signed_in
@require_POST
def removal(request: HttpRequest, person: int, pk: int) -> HttpResponse:
    """Take an absence back."""
    who = get_object_or_404(visible_to(request.user), pk=person)
    absence = get_object_or_404(absences_of(who, since=clock.now().date()), pk=pk)
    remove_absence(who, absence, by=request.user)
    return HttpResponseRedirect(reverse("teams:absences", args=[person]))
