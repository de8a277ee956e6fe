from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.core import clock
from firstline.core.actions import Refused, may
from firstline.core.entry import access, checks_itself
from firstline.core.ui.render import page
from firstline.people.accounts.models import Person
from firstline.people.teams.actions.feed import open_feed, revoke_feed
from firstline.people.teams.actions.swap import answer_swap, ask_swap, withdraw_swap
from firstline.people.teams.models import Feed, Shift, Swap, Team
from firstline.people.teams.queries import visible_to
from firstline.people.teams.queries.feeds import calendar_of, feed_of
from firstline.people.teams.queries.rota import duties_of, swaps_of, zone_of
from firstline.people.teams.queries.weeks import with_rota

AHEAD = timedelta(days=28)


@access("rota.view")
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """One's own shifts of four weeks, questions for swaps, and the teams' rotas."""
    return _show(request)


@access("rota.view")
@require_POST
def swap(request: HttpRequest, shift: int, day: str) -> HttpResponse:
    """Ask somebody of the team to take one's shift over."""
    me: Any = request.user
    row = get_object_or_404(Shift.objects.select_related("team"), pk=shift)
    to = get_object_or_404(Person, pk=_number(request.POST.get("to", "")), team_memberships__team=row.team)
    try:
        ask_swap(me, row, _day(day), to, note=request.POST.get("note", ""), by=me)
        messages.success(request, _("You have asked %(person)s.") % {"person": to})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("teams:my_shifts"))


@access("rota.view")
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say yes (`accept`) or no."""
    row = get_object_or_404(swaps_of(request.user), pk=pk)
    return _tell(request, lambda: answer_swap(row, "accept" in request.POST, by=request.user))


@access("rota.view")
@require_POST
def withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's question back."""
    row = get_object_or_404(swaps_of(request.user), pk=pk)
    return _tell(request, lambda: withdraw_swap(row, by=request.user))


@access("rota.view")
@require_POST
def feeds(request: HttpRequest) -> HttpResponse:
    """Make a calendar address: of one's own shifts, or of a team's. It is shown once."""
    me: Any = request.user
    number = _number(request.POST.get("team", ""))
    team = get_object_or_404(visible_to(me).prefetch_related("memberships"), pk=number) if number else None
    try:
        token = open_feed(me, team=team, by=me)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("teams:my_shifts"))
    return _show(request, address=request.build_absolute_uri(reverse("teams:calendar", args=[token])))


@access("rota.view")
@require_POST
def revocation(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a calendar address useless."""
    me: Any = request.user
    revoke_feed(get_object_or_404(Feed, pk=pk, person=me), by=me)
    return HttpResponseRedirect(reverse("teams:my_shifts"))


@checks_itself
@require_safe
def calendar(_request: HttpRequest, token: str) -> HttpResponse:
    """The shifts a secret address stands for, as calendar programs read them."""
    feed = feed_of(token)
    if feed is None:
        raise Http404
    response = HttpResponse(calendar_of(feed), content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _show(request: HttpRequest, *, address: str = "") -> HttpResponse:
    me: Any = request.user
    now = clock.now()
    duties = duties_of(me, now, now + AHEAD)
    shifts = Shift.objects.in_bulk({duty.pattern for duty in duties if duty.pattern})
    teams = {team.pk: team for team in Team.objects.filter(pk__in={shift.team_id for shift in shifts.values()})}
    others = {
        pk: list(Person.objects.filter(team_memberships__team=pk, is_active=True).exclude(pk=me.pk).order_by("folded"))
        for pk in teams
    }
    lines = []
    for duty in duties:
        shift = shifts.get(duty.pattern or 0)
        zone = zone_of(teams[shift.team_id]) if shift is not None else None
        lines.append(
            {
                "label": date_format(duty.begin.astimezone(zone) if zone else duty.begin, "l, j F"),
                "begin": duty.begin.astimezone(zone) if zone else duty.begin,
                "end": duty.end.astimezone(zone) if zone else duty.end,
                "zone": zone.key if zone else "UTC",
                "shift": shift,
                "team": teams[shift.team_id] if shift is not None else None,
                "day": duty.day,
                "is_on_call": duty.is_on_call,
                "others": [(each.pk, each.display_name) for each in others[shift.team_id]] if shift is not None else [],
            }
        )
    context = {
        "me": me,
        "lines": lines,
        "swaps": [(row, date_format(row.day, "l, j F")) for row in swaps_of(me)],
        "teams": with_rota(me),
        "feeds": list(Feed.objects.filter(person=me, revoked_at=None).select_related("team").order_by("pk")),
        "address": address,
        "may_see_skills": may(me, "skill.edit"),
        "breadcrumb": [(_("Rota"), None)],
    }
    return page(request, "teams/shifts.html", context)


def _tell(request: HttpRequest, act: Any) -> HttpResponse:
    try:
        row: Swap = act()
        messages.success(request, str(row.get_state_display()))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("teams:my_shifts"))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404 from None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
