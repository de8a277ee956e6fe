from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from firstline.core.actions import Refused, may
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.people.accounts.queries import visible_to
from firstline.people.teams.actions.skills import save_skill, set_skills
from firstline.people.teams.forms import SkillForm
from firstline.people.teams.models import PersonSkill, Skill
from firstline.people.teams.queries import capacity_of


@access("skill.edit")
def skills(request: HttpRequest) -> HttpResponse:
    """What people of the desk can be good at."""
    form = SkillForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            save_skill(form.cleaned_data["name"], by=request.user)
            return HttpResponseRedirect(reverse("teams:skills"))
        except Refused as refusal:
            form.add_error("name", str(refusal))
    context = {"skills": list(Skill.objects.all()), "form": form, "breadcrumb": _where()}
    return page(request, "teams/skills.html", context)


@access("skill.edit")
@require_POST
def skill(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a skill, or take it out of use (`retire`) and in again."""
    row = get_object_or_404(Skill, pk=pk)
    try:
        save_skill(
            request.POST.get("name") or row.name, skill=row, is_active="retire" not in request.POST, by=request.user
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("teams:skills"))


@access("person.view")
def of_person(request: HttpRequest, person: int) -> HttpResponse:
    """What somebody can do, and how many open tickets they can have at once."""
    who = get_object_or_404(visible_to(request.user), pk=person)
    known = list(Skill.objects.filter(is_active=True))
    mine = dict(PersonSkill.objects.filter(person=who).values_list("skill_id", "level"))
    if request.method == "POST":
        try:
            levels = {row.pk: int(request.POST.get(f"skill-{row.pk}") or 0) for row in known}
            tickets = int(request.POST["tickets"]) if request.POST.get("tickets") else None
            set_skills(who, levels, tickets=tickets, by=request.user)
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("teams:person_skills", args=[person]))
        except Refused as refusal:
            messages.error(request, str(refusal))
        except ValueError:
            messages.error(request, _("Enter a whole number."))
    levels_to_choose: list[tuple[Any, Any]] = [("0", "—"), *((str(v), label) for v, label in PersonSkill.Level.choices)]
    context = {
        "who": who,
        "skills": [(row, str(mine.get(row.pk, 0))) for row in known],
        "levels": levels_to_choose,
        "tickets": capacity_of([who.pk]).get(who.pk, ""),
        "may_edit": may(request.user, "skill.assign", who),
        "breadcrumb": [(_("People"), "/people"), (who.display_name, f"/people/{who.pk}"), (_("Skills"), None)],
    }
    return page(request, "teams/person_skills.html", context)


def _where() -> list[tuple[str, str | None]]:
    return [(_("Settings"), "/settings"), (_("Skills"), None)]
