"""The pages of calendars, agreements and clocks, through HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from firstline.core import clock
from firstline.core.calendars.actions.calendar import save_calendar
from firstline.core.calendars.models import Calendar, Day
from firstline.flow.sla import queries
from firstline.flow.sla.actions.agreement import Promised, save_agreement
from firstline.flow.sla.actions.start import start
from firstline.flow.sla.models import Agreement
from firstline.people.accounts.models import Person
from firstline.work.conversations.actions.say import reply
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.status import change_status
from firstline.work.tickets.models import Status, Ticket

HOUR = timedelta(hours=1)
OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
WEEK = {"mon": "09:00–12:30, 13:30–18:00", "tue": "22:00-06:00", "sat": "10:00 to 14:00"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    queries.forget()
    yield
    queries.forget()


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    session = client.session
    session["signed_in_at"] = clock.now().timestamp()
    session.save()
    return client


def text(answer: Any) -> str:
    """What one reads on the page."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def ticket(rosa: Person, ago: timedelta = timedelta(0), subject: str = "The printer hums") -> Ticket:
    with clock.set_to(clock.now() - ago):
        return open_ticket(rosa, subject, by=rosa)


def promise(minutes: int = 240, measure: str = "resolution", **more: Any) -> Agreement:
    lines = [Promised(measure, priority, minutes) for priority in (1, 2, 3, 4)]
    return save_agreement(Agreement(**{"name": "Standard", **more}), lines, by=None)


def test_a_calendar_is_made_in_the_words_one_writes(bea: Person) -> None:
    client = signed_in(bea)

    answer = client.post(
        "/settings/calendars/new",
        {"name": "Hamburg", "zone": "Europe/Berlin", "country": "DE", "region": "HH", "is_active": "on", **WEEK},
        follow=True,
    )

    kept = Calendar.objects.get()
    assert kept.week == {
        "mon": [["09:00", "12:30"], ["13:30", "18:00"]], "tue": [["22:00", "06:00"]], "sat": [["10:00", "14:00"]],
    }  # fmt: skip
    year = clock.now().year
    assert Day.objects.filter(calendar=kept, day=date(year + 1, 10, 31), name__contains="Reformation").exists()
    assert f"{year + 1}-01-01" in text(answer) or Day.objects.filter(day=date(year + 1, 1, 1)).exists()
    assert "Europe/Berlin" in text(client.get("/settings/calendars"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mon": "nine to five"}, "is not a time of day"),
        ({"mon": "09:00"}, "Write hours like"),
        ({"mon": "09:00-09:00"}, "is no time at all"),
        ({"mon": "", "tue": "", "sat": ""}, "always closed"),
        ({"zone": "Mars/Olympus"}, "not one of the available choices"),
        ({"region": "ZZ"}, "is not a region"),
    ],
)
def test_what_cannot_be_a_calendar_is_said_beside_the_field(bea: Person, change: dict[str, str], words: str) -> None:
    told = {"name": "A", "zone": "UTC", "country": "DE", "region": "", **WEEK, **change}

    answer = signed_in(bea).post("/settings/calendars/new", told)

    assert answer.status_code == 422
    assert words in text(answer)
    assert Calendar.objects.count() == 0


def test_a_day_is_closed_and_a_holiday_is_worked(bea: Person) -> None:
    calendar = save_calendar(Calendar(name="Office", week=OFFICE), by=None)
    client, day = signed_in(bea), clock.now().date() + timedelta(days=3)
    here = f"/settings/calendars/{calendar.pk}"

    client.post(f"{here}/days", {"day": day.isoformat(), "name": "Outing", "hours": ""})
    assert f"{day} Outing closed" in text(client.get(here))

    kept = Day.objects.get()
    client.post(f"{here}/days/{kept.pk}/removal")
    assert "Every day is like the others" in text(client.get(here))
    assert "is not a time of day" in text(
        client.post(f"{here}/days", {"day": day.isoformat(), "hours": "x-y"}, follow=True)
    )


@pytest.mark.accepts("S0.9")
def test_an_agreement_is_made_as_a_table_and_read_again(bea: Person) -> None:
    calendar = save_calendar(Calendar(name="Office", week=OFFICE), by=None)
    told = {
        "name": "Network", "audience": "customer", "position": "5", "condition": "team:none priority:critical,high",
        "calendar": str(calendar.pk), "pauses": "on", "warn_at": "50, 75 %", "satisfaction": "90", "reopened": "5",
        "is_active": "on", "first_response__1": "15 min", "resolution__1": "4 h", "resolution__2": "1 h 30 min",
        "always_1": "on",
    }  # fmt: skip
    client = signed_in(bea)

    saved = client.post("/settings/agreements/new", told, follow=True)

    kept = Agreement.objects.get()
    assert sorted(kept.targets.values_list("measure", "priority", "minutes", "is_round_the_clock")) == [
        ("first_response", 1, 15, True), ("resolution", 1, 240, True), ("resolution", 2, 90, False),
    ]  # fmt: skip
    assert (kept.warn_at, kept.satisfaction, kept.reopened) == ([50, 75], 90, 5)
    assert 'value="1 h 30 min"' in saved.content.decode()
    listed = text(client.get("/settings/agreements"))
    assert "priority:critical,high" in listed
    assert "at least 90 %" in listed


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"condition": "colour:red"}, "There is no field"),
        ({"resolution__1": "soon"}, "Write it like 30 min"),
        ({"resolution__1": "0"}, "at least one minute"),
        ({"resolution__1": "99999999"}, "at most ten years"),
        ({"warn_at": "often"}, "Write whole numbers"),
        ({"warn_at": "100"}, "Warn at a share"),
        ({"satisfaction": "200"}, "a percentage"),
    ],
)
def test_what_cannot_be_agreed_is_said_on_the_page(bea: Person, change: dict[str, str], words: str) -> None:
    told = {"name": "A", "audience": "customer", "position": "5", "is_active": "on", **change}

    answer = signed_in(bea).post("/settings/agreements/new", told)

    assert answer.status_code == 422
    assert words in text(answer)
    assert Agreement.objects.count() == 0


def test_a_new_desk_begins_with_the_usual_promises(bea: Person) -> None:
    client = signed_in(bea)

    client.post("/settings/agreements/begin")
    again = client.post("/settings/agreements/begin", follow=True)

    kept = Agreement.objects.get()
    assert set(kept.targets.values_list("priority", flat=True)) == {1, 2, 3, 4}
    assert "There are agreements already" in text(again)


def test_the_ticket_shows_its_clocks_and_each_leads_to_its_receipt(rosa: Person, ada: Person) -> None:
    promise(240)
    opened = ticket(rosa, HOUR)
    client = signed_in(ada)

    shown = client.get(f"/tickets/{opened.pk}")

    assert "Clocks Solution" in text(shown)
    assert re.search(r"(2 h 59 min|3 h) left", text(shown))
    assert f'href="/tickets/{opened.pk}/clocks"' in shown.content.decode()


def test_the_receipt_accounts_for_every_minute(rosa: Person, ada: Person) -> None:
    calendar = save_calendar(Calendar(name="Office", zone="Europe/Berlin", week=OFFICE), by=None)
    promise(600, calendar=calendar)
    begun = datetime(2026, 3, 27, 14, tzinfo=UTC)  # Friday, 15:00 there; on Sunday the clocks are changed
    with clock.set_to(begun):
        opened = open_ticket(rosa, "The printer hums", by=rosa)
    with clock.set_to(begun + HOUR):
        change_status(opened, Status.objects.get(kind="incident", key="waiting-requester"), by=ada)
    with clock.set_to(begun + HOUR * 1.5):
        reply(opened, "It still hums.", by=rosa)

    with clock.set_to(datetime(2026, 3, 30, 8, tzinfo=UTC)):
        page = text(signed_in(ada).get(f"/tickets/{opened.pk}/clocks"))

    moment = r"\d{4}-\d\d-\d\d \d\d:\d\d"
    lines = re.findall(rf"({moment}) ({moment}) (.+?)(?= {moment}|$)", page)
    assert [(start, end) for start, end, _words in lines] == [
        ("2026-03-27 15:00", "2026-03-27 16:00"), ("2026-03-27 16:00", "2026-03-27 16:30"),
        ("2026-03-27 16:30", "2026-03-27 17:00"), ("2026-03-27 17:00", "2026-03-30 09:00"),
        ("2026-03-30 09:00", "2026-03-30 10:00"),
    ]  # fmt: skip
    assert "Waiting: Waiting for requester (Ada)" in lines[1][2]
    assert "the clocks were changed" in lines[3][2]
    assert "2 h 30 min" in lines[4][2]
    assert "Times are those of Europe/Berlin" in page


def test_a_ticket_nobody_promised_anything_for_says_so(rosa: Person, ada: Person) -> None:
    opened = ticket(rosa)

    assert "No clock runs on this ticket" in text(signed_in(ada).get(f"/tickets/{opened.pk}/clocks"))


@pytest.mark.accepts("S0.11")
def test_the_queue_puts_first_what_is_due_first_and_asks_no_more_for_it(rosa: Person, ada: Person) -> None:
    client = signed_in(ada)
    ticket(rosa, subject="Nothing promised")
    client.get("/queue?order=due")
    with CaptureQueriesContext(connection) as before:
        client.get("/queue?order=priority")
    promise(240)
    late, soon, later = (ticket(rosa, HOUR * hours, f"{hours} hours ago") for hours in (5, 3.5, 1))

    with CaptureQueriesContext(connection) as after:
        page = client.get("/queue?order=due")

    order = [int(number) for number in re.findall(r'id="row-(\d+)"', page.content.decode())]
    assert order == [late.pk, soon.pk, later.pk]
    assert [word for word in ("late", "soon", "left") if f'data-time="{word}"' in page.content.decode()] == [
        "late", "soon", "left",
    ]  # fmt: skip
    assert len(after) <= len(before)
    near = client.get("/queue?view=soon").content.decode()
    assert re.findall(r'id="row-(\d+)"', near) == [str(soon.pk)]


def test_the_usual_promises_are_kept_in_sight_for_thirty_days(bea: Person, ada: Person, rosa: Person) -> None:
    start(by=None)
    opened = ticket(rosa)
    reply(opened, "Hello", by=ada)

    assert "100 % (1/1)" in text(signed_in(bea).get("/settings/agreements"))
