from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.core import clock
from firstline.core.actions import Refused, may
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.people.accounts.models import Person
from firstline.people.teams.actions.rota import remove_override, remove_shift, save_override, save_shift, set_place
from firstline.people.teams.forms import OverrideForm, PlaceForm, ShiftForm
from firstline.people.teams.models import Override, Shift, Team
from firstline.people.teams.queries import visible_to
from firstline.people.teams.queries.rota import available, has_rota, next_cover, on_call, zone_of
from firstline.people.teams.queries.weeks import week_of

FIELDS = ("name", "kind", "weekdays", "begins", "ends", "first_day", "last_day", "rotation", "holidays", "region")


@access("rota.view")
@require_safe
def rota(request: HttpRequest, pk: int) -> HttpResponse:
    """A week of a team: who has which shift, who is on call, and where nobody is."""
    team = _team(request, pk)
    zone, now = zone_of(team), clock.now()
    monday = _monday(request.GET.get("week", ""), now.astimezone(zone).date())
    following = next_cover(team, now)
    context = {
        "team": team,
        "zone": zone.key,
        "today": now.astimezone(zone).date(),
        "week": [(day, day_label(day), lines) for day, lines in week_of(team, monday)],
        "before": (monday - timedelta(days=7)).isoformat(),
        "after": (monday + timedelta(days=7)).isoformat(),
        "has_rota": has_rota(team),
        "there": available(team, now),
        "called": on_call(team, now),
        "next_at": following[0] if following is not None and following[0] > now else None,
        "next_people": following[1] if following is not None else [],
        "may_edit": may(request.user, "rota.edit", team),
        "breadcrumb": [(_("Rota"), reverse("teams:my_shifts")), (team.name, None)],
    }
    return page(request, "teams/rota.html", context)


@access("rota.view")
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """What a rota is made of: place, shifts, exceptions."""
    team = _team(request, pk)
    form = PlaceForm(request.POST or None, initial={"time_zone": team.time_zone, "region": team.region})
    if request.method == "POST" and form.is_valid():
        try:
            set_place(team, **form.cleaned_data, by=request.user)
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("teams:plan", args=[pk]))
        except Refused as refusal:
            form.add_error("region", str(refusal))
    return _show_plan(request, team, form=form)


@access("rota.view")
def shift(request: HttpRequest, pk: int, shift: int | None = None) -> HttpResponse:
    """Add a shift, or change one."""
    team = _team(request, pk)
    row = get_object_or_404(Shift.objects.prefetch_related("members"), pk=shift, team=team) if shift else None
    members = _members(team)
    form = ShiftForm(request.POST or None, members=members, initial=_initial(row))
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        chosen = set(said.pop("people"))
        said["weekdays"] = "".join(said["weekdays"])
        try:
            save_shift(
                team, **said, people=[each for each in members if str(each.pk) in chosen], shift=row, by=request.user
            )
            return HttpResponseRedirect(reverse("teams:plan", args=[pk]))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {
        "team": team,
        "form": form,
        "row": row,
        "may_edit": may(request.user, "rota.edit", team),
        "breadcrumb": _where(team, row.name if row else _("New shift")),
    }
    return page(request, "teams/shift.html", context)


@access("rota.view")
@require_POST
def removal(request: HttpRequest, pk: int, shift: int) -> HttpResponse:
    """Remove a shift."""
    team = _team(request, pk)
    remove_shift(team, get_object_or_404(Shift, pk=shift, team=team), by=request.user)
    return HttpResponseRedirect(reverse("teams:plan", args=[pk]))


@access("rota.view")
@require_POST
def overrides(request: HttpRequest, pk: int) -> HttpResponse:
    """Note an exception. Times are the team's."""
    team = _team(request, pk)
    members = _members(team)
    with timezone.override(zone_of(team)):
        form = OverrideForm(request.POST, members=members)
        if not form.is_valid():
            return _show_plan(request, team, override_form=form)
    said = form.cleaned_data
    people = {str(each.pk): each for each in members}
    try:
        save_override(
            team, said["begins_at"], said["ends_at"], person=people.get(said["person"]),
            replaces=people.get(said["replaces"]), kind=said["kind"], note=said["note"], by=request.user,
        )  # fmt: skip
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _show_plan(request, team, override_form=form)
    return HttpResponseRedirect(reverse("teams:plan", args=[pk]))


@access("rota.view")
@require_POST
def override_removal(request: HttpRequest, pk: int, override: int) -> HttpResponse:
    """Take an exception back."""
    team = _team(request, pk)
    remove_override(team, get_object_or_404(Override, pk=override, team=team), by=request.user)
    return HttpResponseRedirect(reverse("teams:plan", args=[pk]))


def _show_plan(
    request: HttpRequest, team: Team, *, form: PlaceForm | None = None, override_form: OverrideForm | None = None
) -> HttpResponse:
    initial = {"time_zone": team.time_zone, "region": team.region}
    with timezone.override(zone_of(team)):
        return page(
            request,
            "teams/plan.html",
            {
                "team": team,
                "zone": zone_of(team).key,
                "form": form or PlaceForm(initial=initial),
                "shifts": [
                    (row, ", ".join(_short_day(int(number)) for number in row.weekdays))
                    for row in Shift.objects.filter(team=team).prefetch_related("members__person")
                ],
                "overrides": list(
                    Override.objects.filter(team=team, ends_at__gt=clock.now())
                    .select_related("person", "replaces")
                    .order_by("begins_at")[:100]
                ),
                "override_form": override_form or OverrideForm(members=_members(team)),
                "may_edit": may(request.user, "rota.edit", team),
                "breadcrumb": _where(team, _("Plan")),
            },
        )


def _team(request: HttpRequest, pk: int) -> Team:
    team = get_object_or_404(visible_to(request.user).prefetch_related("memberships"), pk=pk)
    if not may(request.user, "rota.view", team):
        raise Http404
    return team


def _members(team: Team) -> list[Person]:
    return list(Person.objects.filter(team_memberships__team=team, is_active=True).order_by("folded"))


def _initial(row: Shift | None) -> dict[str, Any]:
    if row is None:
        return {"first_day": clock.now().date(), "weekdays": list("12345")}
    found = {name: getattr(row, name) for name in FIELDS}
    return found | {"weekdays": list(row.weekdays), "people": [str(each.person_id) for each in row.members.all()]}


def day_label(day: date) -> str:
    """Monday, 1 March, in the reader's language."""
    return date_format(day, "l, j F")


def _short_day(number: int) -> str:
    return date_format(date(2024, 1, number), "D")  # 1 January 2024 was a Monday


def _monday(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today
    if not date(2000, 1, 10) < day < date(2200, 1, 1):
        day = today
    return day - timedelta(days=day.weekday())


def _where(team: Team, last: str) -> list[tuple[str, str | None]]:
    return [(_("Rota"), reverse("teams:my_shifts")), (team.name, reverse("teams:rota", args=[team.pk])), (last, None)]
