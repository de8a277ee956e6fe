from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions

from .engine.hours import WEEKDAYS, Hours, Spans, spans


class Calendar(ChangedByActions):
    """When somebody is there: hours of a week in a time zone, holidays, days that differ."""

    noun = "calendar"

    name = models.CharField(_("name"), max_length=80, unique=True)
    zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    # {"mon": [["09:00", "12:30"], ["13:30", "18:00"]], …}: as the engine reads it.
    week = models.JSONField(_("hours of the week"), default=dict)
    country = models.CharField(_("public holidays of"), max_length=2, blank=True)
    region = models.CharField(_("region"), max_length=16, blank=True)
    feed_url = models.URLField(_("calendar of further holidays (iCalendar address)"), max_length=500, blank=True)
    feed_read_at = models.DateTimeField(null=True, blank=True)
    feed_error = models.CharField(max_length=300, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    # Grows with every change anywhere in the table: the highest one tells whether what was computed is old. It is
    # made of the time, so that a database put back to an earlier day never gives the same number to other hours.
    version = models.BigIntegerField(default=1, db_index=True)

    class Meta:
        db_table = "calendar"
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    def hours(self) -> Hours:
        """What the engine computes with. Days of one's own win over public holidays and feeds."""
        closed: dict[date, str] = {}
        special: dict[date, Spans] = {}
        for day in sorted(self.days.all(), key=lambda each: each.source == Day.Source.OWN):
            if day.hours:
                special[day.day] = spans(day.hours)
                closed.pop(day.day, None)
            else:
                closed[day.day] = day.name
        return replace(self.week_hours(), closed=closed, special=special)

    def week_hours(self) -> Hours:
        """The hours of the week alone; raises `CalendarWrong` for what cannot be."""
        return Hours(self.zone, tuple(spans(self.week.get(name, ())) for name in WEEKDAYS))


class Day(ChangedByActions):
    """A day that differs: closed, or with other hours."""

    noun = "calendar_day"

    class Source(models.TextChoices):
        OWN = "own", _("Own")
        PUBLIC = "public", _("Public holiday")
        FEED = "feed", _("From a calendar")

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="days", db_index=False)
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=160, blank=True)
    source = models.CharField(max_length=8, choices=Source, default=Source.OWN)
    hours = models.JSONField(_("other hours"), default=list, blank=True)  # empty: closed
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "calendar_day"
        ordering: ClassVar = ["day"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["calendar", "day", "source"], name="calendar_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}".strip()
