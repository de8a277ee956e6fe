"""Clocks beside tickets: they follow every change, ring once, and can be computed anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from firstline.core import clock
from firstline.core.actions import NotAllowed, Refused, acting, via
from firstline.core.calendars.actions.calendar import save_calendar, save_day
from firstline.core.calendars.models import Calendar
from firstline.core.events.models import Event
from firstline.flow.sla import queries
from firstline.flow.sla.actions.agreement import Promised, condition_from, save_agreement
from firstline.flow.sla.actions.keep import rebuild
from firstline.flow.sla.actions.ring import ring
from firstline.flow.sla.jobs import rebuild_in_steps
from firstline.flow.sla.models import Agreement, Clock
from firstline.people.accounts.models import Person
from firstline.people.teams.models import Team
from firstline.work.conversations.actions.say import note, reply
from firstline.work.tickets.actions.edit import prioritise, set_due
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.route import route
from firstline.work.tickets.actions.status import change_status, reopen, resolve
from firstline.work.tickets.models import Status, Ticket

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    queries.forget()
    yield
    queries.forget()


def at(hours: float) -> datetime:
    return MONDAY + HOUR * hours


def agreement(name: str = "Standard", hours: dict[str, float] | None = None, **more: Any) -> Agreement:
    """Promises in hours, the same for all priorities but P1, which has a quarter of the time."""
    hours = hours or {"first_response": 4, "resolution": 16}
    promised = [
        Promised(measure, priority, int(each * (15 if priority == 1 else 60)))
        for measure, each in hours.items()
        for priority in (1, 2, 3, 4)
    ]
    runs_on = more.pop("runs_on", None)
    return save_agreement(Agreement(name=name, **more), promised, runs_on=runs_on, by=None)


def office() -> Calendar:
    return save_calendar(Calendar(name="Office", zone="UTC", week=OFFICE), by=None)


def ticket(rosa: Person, hours: float = 0, **more: Any) -> Ticket:
    with clock.set_to(at(hours)):
        return open_ticket(rosa, "The printer hums", by=rosa, **more)


def clocks(of: Ticket, audience: str = "customer") -> dict[tuple[str, int], Clock]:
    return {(each.measure, each.round): each for each in Clock.objects.filter(ticket=of, audience=audience)}


def told(of: Ticket) -> list[tuple[str, str, int]]:
    events = Event.objects.filter(subject_noun="ticket", subject_id=of.pk, kind__startswith="sla.").order_by("id")
    return [(event.kind, event.facts["measure"], event.facts["share"]) for event in events]


def ring_at(hours: float) -> int:
    with clock.set_to(at(hours)):
        return ring(by=None)


@pytest.mark.accepts("S0.9")
def test_a_new_ticket_is_promised_what_its_agreement_says(rosa: Person) -> None:
    agreement()

    opened = ticket(rosa)

    assert {key: (one.state, one.due_at) for key, one in clocks(opened).items()} == {
        ("first_response", 0): ("running", at(4)),
        ("resolution", 0): ("running", at(16)),
    }
    opened.refresh_from_db()
    assert (opened.next_due_at, opened.next_due) == (at(4), "first_response")


def test_an_answer_meets_the_first_promise_and_the_next_one_comes_up(rosa: Person, ada: Person) -> None:
    agreement()
    opened = ticket(rosa)

    with clock.set_to(at(3)):
        reply(opened, "We look into it.", by=ada)

    first = clocks(opened)["first_response", 0]
    assert (first.state, first.counted, first.is_late, first.rings_at) == ("met", HOUR * 3, False, None)
    assert (opened.next_due_at, opened.next_due) == (at(16), "resolution")


def test_an_internal_note_answers_nobody(rosa: Person, ada: Person) -> None:
    agreement()
    opened = ticket(rosa)

    with clock.set_to(at(1)):
        note(opened, "Looks like the fuser.", by=ada)

    assert clocks(opened)["first_response", 0].state == "running"


def test_waiting_stops_the_clock_and_going_on_moves_the_deadline(rosa: Person, ada: Person) -> None:
    agreement(hours={"resolution": 16})
    opened = ticket(rosa)
    waiting = Status.objects.get(kind="incident", key="waiting-requester")

    with clock.set_to(at(2)):
        change_status(opened, waiting, by=ada)
    assert (clocks(opened)["resolution", 0].state, opened.next_due_at, opened.next_due) == ("paused", None, "paused")

    with clock.set_to(at(30)):
        reply(opened, "Here is the serial number.", by=rosa)
    assert (clocks(opened)["resolution", 0].due_at, opened.next_due_at) == (at(44), at(44))


def test_a_status_of_waiting_may_be_one_in_which_the_clock_runs_on(rosa: Person, ada: Person) -> None:
    vendor = Status.objects.get(kind="incident", key="waiting-other")
    agreement(hours={"resolution": 16}, runs_on=[vendor])
    opened = ticket(rosa)

    with clock.set_to(at(2)):
        change_status(opened, vendor, by=ada)

    assert clocks(opened)["resolution", 0].due_at == at(16)


def test_another_priority_moves_the_deadline_and_keeps_every_pause(rosa: Person, ada: Person) -> None:
    agreement(hours={"resolution": 16})
    opened = ticket(rosa)
    with clock.set_to(at(1)):
        change_status(opened, Status.objects.get(kind="incident", key="waiting-requester"), by=ada)
    with clock.set_to(at(51)):
        reply(opened, "Back.", by=rosa)

    with clock.set_to(at(52)):
        prioritise(opened, 1, reason="The managing director", by=ada)

    assert clocks(opened)["resolution", 0].due_at == at(54)  # four hours, of which one was used before the pause


def test_reopening_goes_on_where_the_clock_stood(rosa: Person, ada: Person) -> None:
    agreement(hours={"resolution": 16})
    opened = ticket(rosa)
    with clock.set_to(at(6)):
        resolve(opened, by=ada)
    solved = clocks(opened)["resolution", 0]

    with clock.set_to(at(100)):
        reopen(opened, by=ada)

    again = clocks(opened)["resolution", 0]
    assert (solved.state, solved.ended_at, again.state, again.due_at) == ("met", at(6), "running", at(110))
    assert again.pk == solved.pk


@pytest.mark.accepts("S0.10")
def test_the_first_agreement_whose_condition_fits_counts_for_each_audience(rosa: Person, network: Team) -> None:
    agreement("Outage", {"resolution": 0.5}, position=1, condition=condition_from("affected:>100"))
    agreement("Personal software", {"resolution": 2}, position=2, condition=condition_from("team:Network"))
    agreement("Rest", {"resolution": 16}, position=9)
    agreement("Inside", {"resolution": 1}, audience="internal", position=1, condition=condition_from("team:Network"))

    outage, personal = ticket(rosa, people_affected=500), ticket(rosa, team=network)

    assert outage.next_due_at == at(0.5)
    assert clocks(personal)["resolution", 0].due_at == at(2)
    assert clocks(personal, "internal")["resolution", 0].due_at == at(1)
    assert personal.next_due_at == at(1)
    with clock.set_to(at(0.1)):
        route(personal, None, by=None)
    assert clocks(personal)["resolution", 0].agreement.name == "Rest"
    assert clocks(personal, "internal") == {}


def test_a_clock_runs_in_the_hours_of_its_calendar(rosa: Person) -> None:
    calendar = office()
    save_day(calendar, datetime(2026, 3, 3, tzinfo=UTC).date(), name="Works outing", by=None)
    agreement(hours={"resolution": 16}, calendar=calendar)

    opened = ticket(rosa)  # Monday 09:00; Tuesday is closed

    assert opened.next_due_at == at(48 + 8)


def test_a_date_somebody_set_counts_as_well(rosa: Person, ada: Person) -> None:
    agreement()
    opened = ticket(rosa)

    with clock.set_to(at(0.5)):
        set_due(opened, at(1), by=ada)
    assert (opened.next_due_at, opened.next_due) == (at(1), "date")

    with clock.set_to(at(0.6)):
        set_due(opened, None, by=ada)
    assert (opened.next_due_at, opened.next_due) == (at(4), "first_response")


def test_warnings_and_the_breach_ring_once_each(rosa: Person) -> None:
    agreement(hours={"resolution": 16}, warn_at=[50, 75])
    opened = ticket(rosa)

    rang = [ring_at(hours) for hours in (7.9, 8, 8.1, 12, 15.9, 16, 99)]

    assert rang == [0, 1, 0, 1, 0, 1, 0]
    assert told(opened) == [
        ("sla.warned", "resolution", 50), ("sla.warned", "resolution", 75), ("sla.breached", "resolution", 100),
    ]  # fmt: skip
    assert clocks(opened)["resolution", 0].is_late


def test_after_a_stop_only_the_last_share_is_told(rosa: Person) -> None:
    agreement(hours={"resolution": 16}, warn_at=[50, 75])
    opened = ticket(rosa)

    ring_at(40)

    assert told(opened) == [("sla.breached", "resolution", 100)]


def test_a_deadline_that_moved_away_rings_again(rosa: Person, ada: Person) -> None:
    agreement(hours={"resolution": 16}, warn_at=[])
    opened = ticket(rosa)
    with clock.set_to(at(5)):
        prioritise(opened, 1, reason="By mistake", by=ada)
    ring_at(5)
    with clock.set_to(at(6)):
        prioritise(opened, 3, reason="Back", by=ada)

    rang = [ring_at(hours) for hours in (7, 16, 17)]

    assert rang == [0, 1, 0]
    assert [kind for kind, _measure, _share in told(opened)] == ["sla.breached", "sla.breached"]


def test_what_is_paused_or_solved_does_not_ring(rosa: Person, ada: Person) -> None:
    agreement(hours={"resolution": 16})
    waits, solved = ticket(rosa), ticket(rosa)
    with clock.set_to(at(1)):
        change_status(waits, Status.objects.get(kind="incident", key="waiting-requester"), by=ada)
        resolve(solved, by=ada)

    assert ring_at(1000) == 0


def test_what_was_lost_is_computed_anew_and_nothing_else_changes(rosa: Person, ada: Person) -> None:
    agreement(warn_at=[50])
    opened = ticket(rosa)
    with clock.set_to(at(3)):
        reply(opened, "Hello", by=ada)
    ring_at(9)
    before = list(Clock.objects.order_by("pk").values())

    with clock.set_to(at(10)):
        assert rebuild_in_steps(unsolved_only=False) == 0
        assert list(Clock.objects.order_by("pk").values()) == before
        with acting():
            Clock.objects.filter(measure="resolution").update(due_at=at(0), counted_seconds=7)
            Clock.objects.filter(measure="first_response").delete()
        assert rebuild_in_steps(unsolved_only=False) == 2

    assert {key: (one.state, one.due_at) for key, one in clocks(opened).items()} == {
        ("first_response", 0): ("met", None), ("resolution", 0): ("running", at(16)),
    }  # fmt: skip


def test_history_from_elsewhere_moves_no_clock_and_raises_no_alarm_when_it_is_computed(rosa: Person) -> None:
    agreement()
    with via("import"):
        old = ticket(rosa)
    assert clocks(old) == {}

    with clock.set_to(at(500)):
        rebuild([old], by=None)

    assert clocks(old)["first_response", 0].is_late
    assert ring_at(501) == 0


def test_a_changed_agreement_is_followed_by_what_is_computed_next(rosa: Person) -> None:
    kept = agreement(hours={"resolution": 16})
    opened = ticket(rosa)

    save_agreement(kept, [Promised("resolution", 3, 120)], by=None)
    with clock.set_to(at(0.5)):
        rebuild([opened], by=None)

    assert opened.next_due_at == at(2)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": " "}, "needs a name"),
        ({"warn_at": [0]}, "Warn at a share"),
        ({"warn_at": [100]}, "Warn at a share"),
        ({"satisfaction": 101}, "a percentage"),
        ({"condition": {"field": "colour", "operator": "is", "values": ["red"]}}, "no field"),
    ],
)
def test_an_agreement_that_cannot_be_is_refused_in_words(change: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        save_agreement(Agreement(**{"name": "A", **change}), [], by=None)


@pytest.mark.parametrize("minutes", [0, -5, 10**9 * 60])
def test_promises_beyond_reason_are_refused_in_words(minutes: int) -> None:
    with pytest.raises(Refused, match="at least one minute"):
        save_agreement(Agreement(name="A"), [Promised("resolution", 1, minutes)], by=None)


def test_only_admins_change_agreements_and_calendars(lin: Person, bea: Person) -> None:
    for change in (
        lambda by: save_agreement(Agreement(name=f"By {by}"), [], by=by),
        lambda by: save_calendar(Calendar(name=f"By {by}", week=OFFICE), by=by),
    ):
        with pytest.raises(NotAllowed):
            change(lin)
        assert change(bea).pk


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"zone": "Mars/Olympus"}, "not a time zone"),
        ({"week": {}}, "always closed"),
        ({"week": {"mon": [["9", "17"]]}}, "not a time of day"),
        ({"name": ""}, "needs a name"),
        ({"country": "XX"}, "No holidays are known"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_in_words(change: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        save_calendar(Calendar(**{"name": "A", "week": OFFICE, **change}), by=None)
