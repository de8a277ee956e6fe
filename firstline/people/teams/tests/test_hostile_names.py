"""Names that would become lines of their own in a calendar that other programs read (TRUST G14)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from firstline.core import clock
from firstline.core.actions import acting
from firstline.people.accounts.models import Person
from firstline.people.teams.actions.feed import open_feed
from firstline.people.teams.actions.rota import save_shift
from firstline.people.teams.models import Shift, Team
from tests.cast import works_in

pytestmark = pytest.mark.django_db
LINES = '\r\nEND:VEVENT\nBEGIN:VEVENT\rUID:evil\r\nATTACH:file:///x\u2028SUMMARY;X=":evil,;\\n\x0b\x00'


@pytest.mark.abuse("G14")
def test_whatever_teams_shifts_and_people_are_called_a_calendar_has_only_its_own_lines(
    network: Team, ada: Person
) -> None:
    works_in(network, ada)
    save_shift(
        network, name="Early", weekdays="12345", begins=time(7), ends=time(15), first_day=date(2027, 1, 1),
        people=[ada], by=None,
    )  # fmt: skip
    with acting():
        for model, row in ((Team, network), (Person, ada)):
            model._default_manager.filter(pk=row.pk).update(name=f"N{LINES}".replace("\x00", ""))
        Shift.objects.update(name=f"S{LINES}"[:60].replace("\x00", ""))
    network.refresh_from_db()

    with clock.set_to(datetime(2027, 3, 1, 6, tzinfo=UTC)):
        for team in (None, network):
            answer = Client().get(f"/rota/calendars/{open_feed(ada, team=team, by=None)}.ics")
            events: list[Any] = list(Calendar.from_ical(answer.content).walk("VEVENT"))
            assert len(events) == 70
            assert {key for each in events for key in each} == {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"}
            assert not any(str(each["UID"]) == "evil" for each in events)
            assert answer["Content-Type"] == "text/calendar; charset=utf-8"
