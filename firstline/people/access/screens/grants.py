from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from firstline.core.actions import Refused, may
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.people.access.actions.grant import grant
from firstline.people.access.actions.revoke import revoke
from firstline.people.access.forms import GrantForm, WhyForm
from firstline.people.access.queries import visible_to, with_roles
from firstline.people.access.rules import BY_ROLE, scopes_of, why
from firstline.people.accounts.rules import fresh

SETTINGS = "/settings"


@access("access.view")
@fresh
def grants(request: HttpRequest) -> HttpResponse:
    """People and their roles; and giving one."""
    form = GrantForm(request.POST or None, initial={"person": request.GET.get("person", "")})
    form.viewer = request.user
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            grant(said["person"], said["role"], team=said["team"], kind=said["kind"], by=request.user)
            return HttpResponseRedirect(reverse("access:grants"))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return page(
        request,
        "access/grants.html",
        {
            "people": with_roles(request.user),
            "form": form,
            "may_edit": may(request.user, "access.edit"),
            "breadcrumb": [(_("Settings"), SETTINGS), (_("Roles and rights"), None)],
        },
    )


@access("access.edit")
@fresh
@require_POST
def revocation(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a role away."""
    row = get_object_or_404(visible_to(request.user), pk=pk)
    revoke(row.person, row, by=request.user)
    return HttpResponseRedirect(reverse("access:grants"))


@access("access.view")
def tester(request: HttpRequest) -> HttpResponse:
    """What may this person do, and by which role?"""
    form = WhyForm(request.GET or None)
    form.viewer = request.user
    answers = []
    if request.GET and form.is_valid():
        who, wanted = form.cleaned_data["person"], form.cleaned_data["permission"]
        scopes = scopes_of(who)
        for permission in [wanted] if wanted else sorted(frozenset().union(*BY_ROLE.values())):
            holding = [scope for scope in scopes if permission in BY_ROLE[scope.role]]
            answers.append((permission, why(who, permission)[0], holding))
    where = [(_("Settings"), SETTINGS), (_("Roles and rights"), reverse("access:grants")), (_("Who may what?"), None)]
    return page(request, "access/tester.html", {"form": form, "answers": answers, "breadcrumb": where})
