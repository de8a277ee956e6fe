"""What workflows send along: appointments for the calendar, and files. Read as a mail program gets them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.controller import Controller
from django.test import Client
from icalendar import Calendar

from firstline.channels.email.jobs.sending import send_due
from firstline.channels.email.models import OutgoingMail
from firstline.core import clock, files
from firstline.core.jobs.draining import drain
from firstline.flow.workflows.actions.answer import answer
from firstline.flow.workflows.actions.repair import cancel
from firstline.flow.workflows.actions.start import start
from firstline.flow.workflows.models import Invitation, Run, Step
from firstline.flow.workflows.tests.doing import do_all
from firstline.flow.workflows.tests.shelving import put_in_use
from firstline.work.tasks.actions.say import attach
from firstline.work.tasks.models import Task
from firstline.work.tickets.actions.open import open_ticket

from .letters import free_port

pytestmark = pytest.mark.django_db
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


class Sink:
    """A real SMTP server that keeps what it gets."""

    def __init__(self) -> None:
        self.got: list[tuple[str, EmailMessage]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd's name
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.got += [(address, mail) for address in envelope.rcpt_tos]
        return "250 OK"

    def calendars(self, address: str) -> list[tuple[str, Any, Any]]:
        """Of every mail with an appointment: the method its type names, the calendar, the event in it."""
        found: list[tuple[str, Any, Any]] = []
        for to, mail in self.got:
            for part in mail.walk() if to == address else ():
                if part.get_content_type() == "text/calendar":
                    calendar = Calendar.from_ical(part.get_content())
                    (event,) = calendar.walk("VEVENT")
                    found.append((str(part.get_param("method")), calendar, event))
        return found


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    handler = Sink()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.SMTP_URL = f"smtp://127.0.0.1:{controller.port}"
    yield handler
    controller.stop()


def sent() -> None:
    drain()
    while send_due():
        pass


@pytest.fixture
def run(ada: Any, lin: Any, bea: Any, rosa: Any) -> Run:
    """Lan begins; the accounts team has named the account, and her trainings wait for a date."""
    version = put_in_use("onboarding", "large", bea, ada, lin)
    said = {
        "name": "Ngô Lan", "begins": (clock.now() + timedelta(days=9)).date().isoformat(),
        "private_email": "lan@example.net",
    }  # fmt: skip
    made = start(open_ticket(rosa, "Lan begins", kind="request", by=rosa), version, said, by=lin)
    data = {"account": "lan", "mail": "lan@example.org", "zone": "Asia/Ho_Chi_Minh"}
    answer(Step.objects.get(run=made, step="name_it"), data=data, by=ada)
    trainings = {"trainings": ["Data protection", "Safety at work"]}
    answer(Step.objects.get(run=made, step="mandatory"), data=trainings, by=ada)
    made.refresh_from_db()
    return made


def dated(run: Run, training: str, at: datetime, by: Any) -> None:
    for step in Step.objects.filter(run=run, step="invite", is_open=True):
        if step.local == {"training": training}:
            answer(step, data={"training_at": at.isoformat(), "training_place": "Room 4, 2nd floor"}, by=by)


@pytest.mark.accepts("S1.32")
def test_a_training_is_put_into_the_calendar_of_the_new_colleague_changed_and_called_off(
    sink: Sink, run: Run, ada: Any, lin: Any, bea: Any
) -> None:
    at = datetime(2030, 1, 14, 2, 0, tzinfo=UTC)
    dated(run, "Data protection", at, ada)
    dated(run, "Safety at work", at + timedelta(days=1), ada)
    sent()

    (method, calendar, event), (_method, _calendar, other) = sink.calendars("lan@example.org")
    assert (method, calendar["METHOD"], event["SEQUENCE"]) == ("REQUEST", "REQUEST", 0)
    assert (event["SUMMARY"], event["LOCATION"]) == ("Data protection", "Room 4, 2nd floor")
    assert event["UID"] != other["UID"]
    # Nine o'clock in the morning where she is, with the zone in the file.
    begins = event.decoded("DTSTART")
    assert (begins, begins.hour, event["DTSTART"].params["TZID"]) == (at, 9, str(HANOI))
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == [str(HANOI)]
    assert event.decoded("DTEND") - begins == timedelta(minutes=90)
    assert event["ATTENDEE"] == "mailto:lan@example.org"
    assert event["ORGANIZER"].startswith("mailto:")
    assert len(sink.calendars("lan@example.net")) == 2  # and where she reads before her first day
    words = next(mail for to, mail in sink.got if to == "lan@example.org").get_body(("plain",))
    assert words is not None
    assert "09:00 to 10:30 (Asia/Ho_Chi_Minh)" in words.get_content()

    client = Client()
    client.force_login(bea)
    invitation = Invitation.objects.get(uid=str(event["UID"]))
    client.post(
        f"/runs/{run.pk}/appointments/{invitation.pk}", {"begins_at": "2030-01-15T10:00", "place": "Room 5"}
    )  # fmt: skip
    client.post(
        f"/runs/{run.pk}/appointments/{invitation.pk}", {"begins_at": "2030-01-15T10:00", "place": "Room 5"}
    )  # fmt: skip
    sent()
    changed = sink.calendars("lan@example.org")[2:]
    assert [(each["UID"], each["SEQUENCE"], each["LOCATION"]) for _m, _c, each in changed] == [
        (event["UID"], 1, "Room 5")
    ]  # fmt: skip

    cancel(run, "She does not come", by=bea)
    sent()
    gone = sink.calendars("lan@example.org")[3:]
    assert {(method, str(each["UID"]), each["STATUS"]) for method, _c, each in gone} == {
        ("CANCEL", str(event["UID"]), "CANCELLED"), ("CANCEL", str(other["UID"]), "CANCELLED"),
    }  # fmt: skip
    assert {int(each["SEQUENCE"]) for _m, _c, each in gone} == {1, 2}
    mail = OutgoingMail.objects.filter(purpose="invite", to="lan@example.org").first()
    assert mail is not None
    assert "for the calendar" in client.get(f"/outbox/{mail.pk}").content.decode()


@pytest.mark.accepts("S1.31")
def test_the_welcome_pack_is_put_together_and_sent_with_its_links_and_files(
    sink: Sink, run: Run, ada: Any, lin: Any
) -> None:
    pack = Step.objects.get(run=run, step="pack")
    task = Task.objects.get(reference=f"{run.pk}:{pack.number}")
    kept = files.store([b"%PDF-1.4 rules"])
    attach(task, name="Hausordnung.pdf", type="application/pdf", size=kept.size, sha256=kept.sha256, by=ada)
    links = "https://intranet.example/first-week <b>"
    done = do_all(run, {"links": links, "training_at": "2030-01-14T02:00:00+00:00"})
    sent()

    assert any(line.endswith("pack=done") for line in done)
    letters = [mail for to, mail in sink.got if to == "lan@example.org" and mail["Subject"] == "Welcome, Ngô Lan"]
    (letter,) = letters
    plain, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert links in plain.get_content()
    assert '<a href="https://intranet.example/first-week"' in html.get_content()
    assert "&lt;b&gt;" in html.get_content()
    (file,) = letter.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("Hausordnung.pdf", b"%PDF-1.4 rules")
    run.refresh_from_db()
    assert run.outcome == "done"
    # Whoever is told in the product as well gets no second mail about it.
    assert not OutgoingMail.objects.filter(to="lan@example.org", purpose="notice", subject__contains="Welcome").exists()
    assert not [each for each in sink.calendars("lan@example.org") if each[0] == "CANCEL"]
