"""An appointment as iCalendar (RFC 5545), the way mail carries it to whoever is invited (RFC 5546, 6047)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from firstline.core.calendars.engine.hours import CalendarWrong, zone_of

type Method = Literal["REQUEST", "CANCEL"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """What one person is invited to. The moments are aware; `zone` is where they are written down."""

    uid: str
    sequence: int
    title: str
    text: str
    place: str
    begins_at: datetime
    ends_at: datetime
    zone: str
    organizer: tuple[str, str]
    """Name and mail address of whoever invites."""
    attendee: tuple[str, str]


def zone_named(name: str) -> ZoneInfo | None:
    """None for what is no time zone."""
    try:
        return zone_of(name.strip())
    except CalendarWrong:
        return None


def ical(appointment: Appointment, method: Method, *, stamp: datetime) -> str:
    """The text of one part `text/calendar; method=…`. Its zone comes along, so that every program reads the hour right;
    a change has the same UID and a higher SEQUENCE (RFC 5546, 2.1.4)."""
    from icalendar import Calendar, Event, vCalAddress, vText  # noqa: PLC0415 -- heavy import

    zone = zone_named(appointment.zone) or ZoneInfo("UTC")
    organizer = vCalAddress(f"mailto:{appointment.organizer[1]}")
    organizer.params["CN"] = vText(appointment.organizer[0])
    attendee = vCalAddress(f"mailto:{appointment.attendee[1]}")
    attendee.params["CN"] = vText(appointment.attendee[0])
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("NEEDS-ACTION")
    attendee.params["RSVP"] = vText("FALSE")  # nobody reads an answer here: it would open a ticket
    event = Event()
    event.add("uid", appointment.uid)
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", stamp)
    event.add("dtstart", appointment.begins_at.astimezone(zone))
    event.add("dtend", appointment.ends_at.astimezone(zone))
    event.add("summary", appointment.title)
    if appointment.text:
        event.add("description", appointment.text)
    if appointment.place:
        event.add("location", appointment.place)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("organizer", organizer)
    event.add("attendee", attendee)
    calendar = Calendar()
    calendar.add("prodid", "-//Firstline//Workflows//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return str(calendar.to_ical().decode())
