from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from firstline.core.actions import Refused
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.people.accounts.queries import visible_to
from firstline.people.organisations.actions.belong import belong
from firstline.people.organisations.forms import MembershipForm
from firstline.people.organisations.models import Membership


@access("person.edit")
def membership(request: HttpRequest, person: int) -> HttpResponse:
    """Where somebody belongs and to whom they report."""
    who = get_object_or_404(visible_to(request.user), pk=person)
    row = Membership.objects.select_related("manager").filter(person=who).first() or Membership(person=who)
    initial = {
        "organisation": row.organisation_id,
        "department": row.department_id,
        "manager": (row.manager.email or row.manager.name) if row.manager else "",
        "title": row.title,
        "is_vip": row.is_vip,
    }
    form = MembershipForm(request.POST or None, initial=initial)
    form.viewer = request.user
    if request.method == "POST" and form.is_valid():
        try:
            belong(who, **form.cleaned_data, by=request.user)
            return HttpResponseRedirect(f"/people/{who.pk}")
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form,
        "heading": _("Where %(name)s belongs") % {"name": who.display_name},
        "action": request.path,
    }
    return page(request, "organisations/form.html", context)
