"""What calendar programs get behind a secret address."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vText

from firstline.core import clock
from firstline.core.actions import may
from firstline.people.accounts.models import Person
from firstline.people.teams.models import Feed, Shift

from .rota import duties_between, duties_of


def feed_of(token: str) -> Feed | None:
    """The calendar a secret address stands for, while it holds: not revoked, its owner active and still allowed."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    feed = Feed.objects.filter(digest=digest, revoked_at=None).select_related("person", "team").first()
    if feed is None or not feed.person.is_active:
        return None
    if feed.team is not None and not may(feed.person, "rota.view", feed.team):
        return None
    return feed


def calendar_of(feed: Feed) -> bytes:
    """The iCalendar text (RFC 5545) of three months: shifts and names of the team, and nothing else."""
    now = clock.now()
    begin, end = now - timedelta(days=7), now + timedelta(days=90)
    team = feed.team
    on_duty = duties_between([team], begin, end) if team is not None else duties_of(feed.person, begin, end)
    shifts = {
        shift.pk: shift for shift in Shift.objects.filter(pk__in={d.pattern for d in on_duty}).select_related("team")
    }
    people = Person.objects.in_bulk({duty.person for duty in on_duty})
    calendar = Calendar()
    calendar.add("prodid", "-//Firstline//Rota//EN")
    calendar.add("version", "2.0")
    # No property of the standard: without saying that it is a text, the library escapes nothing in it.
    calendar.add("x-wr-calname", vText(feed.team.name if feed.team is not None else _("My shifts")))
    for duty in on_duty:
        shift = shifts.get(duty.pattern or 0)
        event = Event()
        event.add(
            "uid",
            f"{duty.pattern or 'x'}-{duty.person}-{duty.begin:%Y%m%dT%H%M%SZ}@{urlsplit(settings.BASE_URL).hostname}",
        )
        event.add("dtstamp", now)
        event.add("dtstart", duty.begin)
        event.add("dtend", duty.end)
        what = f"{shift.team.name}: {shift.name}" if shift is not None else _("Exception")
        who = people[duty.person].display_name if feed.team is not None and duty.person in people else ""
        event.add("summary", f"{who} ({what})" if who else what)
        calendar.add_component(event)
    return bytes(calendar.to_ical())
