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
from firstline.people.accounts.models import Person
from firstline.people.teams.actions.members import add_member, remove_member
from firstline.people.teams.actions.team import archive_team, edit_team, open_team
from firstline.people.teams.forms import MemberForm, NewTeamForm, TeamForm
from firstline.people.teams.models import Team
from firstline.people.teams.queries import visible_to


@access("team.view")
@require_safe
def teams(request: HttpRequest) -> HttpResponse:
    """All teams by name."""
    seen = visible_to(request.user)
    rows, following = keyset.page(seen, by="name", after=request.GET.get("after", ""))
    context = {"teams": rows, "next": following, "may_add": may(request.user, "team.edit")}
    return page(request, "teams/teams.html", context | {"breadcrumb": _where((_("Teams"), None))})


@access("team.edit")
def new(request: HttpRequest) -> HttpResponse:
    """Add a team."""
    form = NewTeamForm(request.POST or None)
    form.viewer = request.user
    if request.method == "POST" and form.is_valid():
        try:
            team = open_team(form.cleaned_data.pop("name"), **form.cleaned_data, by=request.user)
            return HttpResponseRedirect(reverse("teams:team", args=[team.pk]))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "heading": _("New team"), "action": reverse("teams:new")}
    return page(request, "teams/form.html", context | {"breadcrumb": _where((_("New team"), None))})


@access("team.view")
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """One team: its facts and its members."""
    row = get_object_or_404(visible_to(request.user), pk=pk)
    form = TeamForm(request.POST or None, initial={n: getattr(row, n) for n in ("name", "purpose", "is_private")})
    if request.method == "POST" and form.is_valid():
        try:
            edit_team(row, **form.cleaned_data, by=request.user)
            return HttpResponseRedirect(reverse("teams:team", args=[pk]))
        except Refused as refusal:
            row.refresh_from_db()
            form.add_error(None, str(refusal))
    return _show(request, row, form=form)


@access("team.view")
@require_POST
def members(request: HttpRequest, pk: int) -> HttpResponse:
    """Add somebody, or say whether they lead."""
    row = get_object_or_404(visible_to(request.user), pk=pk)
    form = MemberForm(request.POST)
    form.viewer = request.user
    if not form.is_valid():
        return _show(request, row, member_form=form)
    add_member(row, form.cleaned_data["person"], is_lead=form.cleaned_data["is_lead"], by=request.user)
    return HttpResponseRedirect(reverse("teams:team", args=[pk]))


@access("team.view")
@require_POST
def leaving(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """Take somebody out."""
    row = get_object_or_404(visible_to(request.user), pk=pk)
    remove_member(row, get_object_or_404(Person, pk=person), by=request.user)
    return HttpResponseRedirect(reverse("teams:team", args=[pk]))


@access("team.view")
@require_POST
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it into the archive, or (`undo`) take it out."""
    row = get_object_or_404(visible_to(request.user), pk=pk)
    archive_team(row, is_archived="undo" not in request.POST, by=request.user)
    return HttpResponseRedirect(reverse("teams:team", args=[pk]))


def _show(request: HttpRequest, row: Team, *, form: Any = None, member_form: Any = None) -> HttpResponse:
    viewer: Any = request.user
    initial = {name: getattr(row, name) for name in ("name", "purpose", "is_private")}
    # Who works in a private team is the team's own matter, too.
    may_change_members = may(request.user, "team.members", row)
    is_shown = not row.is_private or may_change_members or may(request.user, "settings.view")
    return page(
        request,
        "teams/team.html",
        {
            "team": row,
            "members": row.memberships.select_related("person").order_by("-is_lead", "person__folded"),
            "shows_members": is_shown or row.memberships.filter(person_id=viewer.pk).exists(),
            "form": form or TeamForm(initial=initial),
            "member_form": member_form or MemberForm(),
            "may_edit": may(request.user, "team.edit", row),
            "may_change_members": may_change_members,
            "breadcrumb": _where((_("Teams"), reverse("teams:teams")), (row.name, None)),
        },
    )


def _where(*steps: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    return [(_("Settings"), "/settings"), *steps]
