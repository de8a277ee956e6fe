from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from firstline.core.actions import Refused, may
from firstline.core.entry import access
from firstline.core.text import row_number
from firstline.core.ui.render import page
from firstline.flow.triage.actions.settings import map_category, map_skill, set_mode
from firstline.flow.triage.forms import RoutingForm
from firstline.flow.triage.models import CategorySkill, CategoryTeam, Mode, Pick, TeamRouting
from firstline.flow.triage.queries.choices import team_choices
from firstline.flow.triage.queries.explaining import names_in, verdicts_in_words
from firstline.people.teams.models import Skill, Team
from firstline.people.teams.queries import visible_to as teams_visible_to
from firstline.work.tickets.models import Category
from firstline.work.tickets.queries import categories, visible_to

from .rules import where

SHOWN = 50


@access("ticket.settings")
def routing(request: HttpRequest) -> HttpResponse:
    """Which team gets which category, and how each team hands out its work."""
    if request.method == "POST":
        try:
            category = _one(Category, request, "category")
            map_category(category, _one(Team, request, "team"), by=request.user)
            if category is not None and "skill" in request.POST:
                map_skill(category, _one(Skill, request, "skill"), by=request.user)
        except Refused as refusal:
            messages.warning(request, str(refusal))
        return HttpResponseRedirect(reverse("triage:routing"))
    teams: dict[int | None, int] = dict(CategoryTeam.objects.values_list("category_id", "team_id"))
    skills = dict(CategorySkill.objects.values_list("category_id", "skill_id"))
    modes = {row.team_id: row for row in TeamRouting.objects.all()}
    names = {
        "tree": [(branch, teams.get(branch.pk, ""), skills.get(branch.pk, "")) for branch in categories()],
        "skills": [("", "—"), *Skill.objects.filter(is_active=True).values_list("pk", "name")],
        "everything_else": teams.get(None, ""),
        "options": [("", "—"), *team_choices()],
        "teams": [
            (team, modes.get(team.pk) or TeamRouting(team=team))
            for team in Team.objects.filter(is_active=True).annotate(
                members=Count("memberships", filter=Q(memberships__person__is_active=True))
            )
        ],
        "breadcrumb": where((_("Routing"), None)),
    }
    return page(request, "triage/routing.html", names)


@access("ticket.settings")
def mode(request: HttpRequest, pk: int) -> HttpResponse:
    """How one team hands out its work."""
    team = get_object_or_404(Team, pk=pk)
    found = TeamRouting.objects.filter(team=team).first() or TeamRouting(team=team)
    form = RoutingForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            set_mode(team, said["mode"], by_skill=said["by_skill"], capacity=said["capacity"], by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("triage:routing"))
    steps = where((_("Routing"), reverse("triage:routing")), (team.name, None))
    return page(
        request,
        "triage/mode.html",
        {"team": team, "form": form, "breadcrumb": steps},
        status=422 if form.errors else 200,
    )


@access("team.view")
@require_safe
def picks(request: HttpRequest, pk: int) -> HttpResponse:
    """Who got what from a team, and why: the last choices."""
    team = get_object_or_404(teams_visible_to(request.user), pk=pk)
    seen = visible_to(request.user).values("pk")
    found = list(
        Pick.objects.filter(team=team, ticket__in=seen).select_related("chosen", "ticket").order_by("-id")[:SHOWN]
    )
    people = names_in(found)
    found_mode = TeamRouting.objects.filter(team=team).first() or TeamRouting(team=team)
    names: dict[str, Any] = {
        "team": team,
        "routing": found_mode,
        "modes": dict(Mode.choices),
        "log": [(pick, verdicts_in_words(pick, people)) for pick in found],
        "may_edit": may(request.user, "ticket.settings"),
        "breadcrumb": [(team.name, None), (_("Who got what"), None)],
    }
    return page(request, "triage/picks.html", names)


def _one(model: Any, request: HttpRequest, name: str) -> Any:
    value = request.POST.get(name, "")
    return get_object_or_404(model, pk=row_number(value)) if value else None
