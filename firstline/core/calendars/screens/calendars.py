from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from firstline.core import clock
from firstline.core.actions import Refused
from firstline.core.calendars.actions.calendar import remove_day, save_calendar, save_day
from firstline.core.calendars.engine.hours import WEEKDAYS, CalendarWrong
from firstline.core.calendars.engine.working import WorkingTime
from firstline.core.calendars.forms import WEEKDAY_NAMES, CalendarForm, DayForm, hours_in_words
from firstline.core.calendars.models import Calendar, Day
from firstline.core.calendars.reading import working_times
from firstline.core.entry import access
from firstline.core.ui.render import page

SHOWN_DAYS = 60


@access("calendar.edit")
def calendars(request: HttpRequest) -> HttpResponse:
    """All calendars, and whether somebody is there now."""
    found = list(Calendar.objects.order_by("name"))
    working, now = working_times(found), clock.now()
    cards = [{"calendar": each, "week": _week(each), **_now(working[each.pk], now)} for each in found]
    return page(request, "calendars/calendars.html", {"cards": cards, "breadcrumb": _where((_("Calendars"), None))})


@access("calendar.edit")
def new(request: HttpRequest) -> HttpResponse:
    """Add a calendar."""
    week = {day: [["09:00", "17:00"]] for day in WEEKDAYS[:5]}
    return _form(request, Calendar(week=week), _("New calendar"))


@access("calendar.edit")
def calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """One calendar: its week, its holidays, and the days that come next."""
    found = get_object_or_404(Calendar, pk=pk)
    return _form(request, found, found.name)


@access("calendar.edit")
@require_POST
def days(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a day, or give it other hours."""
    found = get_object_or_404(Calendar, pk=pk)
    form = DayForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            save_day(found, told["day"], name=told["name"], hours=told["hours"], by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Saved."))
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return HttpResponseRedirect(reverse("calendars:calendar", args=[pk]) + "#days")


@access("calendar.edit")
@require_POST
def removal(request: HttpRequest, pk: int, day: int) -> HttpResponse:
    """Let a day be like any other again."""
    found = get_object_or_404(Day, pk=day, calendar=pk)
    try:
        remove_day(found.calendar, found, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("calendars:calendar", args=[pk]) + "#days")


def _form(request: HttpRequest, calendar: Calendar, heading: str) -> HttpResponse:
    form = CalendarForm(request.POST or None, instance=calendar)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_calendar(form.calendar(), by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("calendars:calendar", args=[saved.pk]))
    kept = Calendar.objects.filter(pk=calendar.pk).first() if calendar.pk else None
    names: dict[str, Any] = {
        "form": form,
        "heading": heading,
        "calendar": kept,
        "day_form": DayForm(),
        "days": _coming_days(kept) if kept else [],
        "now": _now(working_times([kept])[kept.pk], clock.now()) if kept else None,
        "breadcrumb": _where((_("Calendars"), reverse("calendars:calendars")), (heading, None)),
    }
    return page(request, "calendars/calendar.html", names, status=422 if form.errors else 200)


def _coming_days(calendar: Calendar) -> list[dict[str, Any]]:
    """The days that differ, from today on: one of its own hides the public holiday under it."""
    today = clock.now().date() - timedelta(days=1)
    found: dict[Any, Day] = {}
    for day in Day.objects.filter(calendar=calendar, day__gte=today).order_by("day")[: SHOWN_DAYS * 2]:
        if day.day not in found or day.source == Day.Source.OWN:
            found[day.day] = day
    return [{"day": day, "hours": hours_in_words(day.hours)} for day in list(found.values())[:SHOWN_DAYS]]


def _now(working: WorkingTime, now: Any) -> dict[str, Any]:
    try:
        return {
            "is_open": working.is_open(now),
            "next": working.next_close(now) if working.is_open(now) else working.next_opening(now),
            "local": working.local(now),
        }
    except CalendarWrong:
        return {"is_open": False, "next": None, "local": working.local(now)}


def _week(calendar: Calendar) -> str:
    """Monday–Friday 09:00–17:00; Saturday 10:00–14:00."""
    runs: list[tuple[list[str], str]] = []
    for day in WEEKDAYS:
        hours = hours_in_words(calendar.week.get(day))
        if runs and runs[-1][1] == hours:
            runs[-1][0].append(day)
        else:
            runs.append(([day], hours))
    return "; ".join(f"{_span(days)} {hours}" for days, hours in runs if hours)


def _span(days: list[str]) -> str:
    first, last = str(WEEKDAY_NAMES[days[0]]), str(WEEKDAY_NAMES[days[-1]])
    return first if len(days) == 1 else f"{first}–{last}"


def _where(*steps: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    return [(_("Settings"), "/settings"), *steps]
