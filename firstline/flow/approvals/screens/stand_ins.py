"""Who decides in my place, and for whom I decide."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from firstline.core.actions import Refused
from firstline.core.entry import signed_in
from firstline.core.ui.render import page
from firstline.flow.approvals.actions.arrange import decide_again, let_decide
from firstline.flow.approvals.forms import StandInForm
from firstline.flow.approvals.models import StandIn
from firstline.flow.approvals.queries.lists import stand_ins_of, stands_in_for


@signed_in
def stand_ins(request: HttpRequest) -> HttpResponse:
    """Let somebody decide in my place for some days."""
    person: Any = request.user
    form = StandInForm(request.POST or None)
    form.viewer = person
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            let_decide(person, said["person"], said["first_day"], said["last_day"], note=said["note"], by=person)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("approvals:stand_ins"))
    names = {
        "form": form, "mine": stand_ins_of(person), "others": stands_in_for(person),
        "breadcrumb": [(_("Approvals"), reverse("approvals:mine")), (_("Who stands in"), None)],
    }  # fmt: skip
    return page(request, "approvals/stand_ins.html", names, status=422 if form.errors else 200)


@signed_in
@require_POST
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide oneself again: what still waits comes back."""
    person: Any = request.user
    stand_in = get_object_or_404(StandIn.objects.select_related("to", "person"), pk=pk)
    if stand_in.person_id != person.pk:
        raise Http404
    try:
        decide_again(person, stand_in, by=person)
        messages.success(request, _("You decide yourself again."))
    except Refused as refusal:
        messages.warning(request, str(refusal))
    return HttpResponseRedirect(reverse("approvals:stand_ins"))
