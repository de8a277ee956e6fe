"""Follow the sun: the last shift of a team ends, and what cannot wait goes to the next team (S2.42)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from firstline.core.actions import Refused
from firstline.core.events.models import Event
from firstline.flow.escalation.actions.hand_over import accept_hand_over, end_of_shift, save_relay
from firstline.flow.escalation.actions.sweep import follow_the_sun, sweep
from firstline.flow.escalation.models import HandOver, Relay
from firstline.people.accounts.models import Person
from firstline.people.teams.actions.rota import save_shift, set_place
from firstline.people.teams.actions.team import open_team
from firstline.people.teams.models import Team
from firstline.work.tickets.actions.assign import assign
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.models import Ticket
from tests.cast import person, works_in

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HOME = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)  # 17:00 in Berlin


def shift(team: Team, name: str, begins: str, ends: str, *people: Person) -> None:
    save_shift(
        team, name=name, weekdays="12345", begins=time.fromisoformat(begins), ends=time.fromisoformat(ends),
        first_day=MONDAY.date(), people=people, by=None,
    )  # fmt: skip


@pytest.fixture
def berlin(db: Any) -> Team:
    """An early and a late shift that overlap: the day ends with the late one."""
    team = open_team("Berlin", by=None)
    set_place(team, time_zone="Europe/Berlin", by=None)
    early, late = works_in(team, person("Eva", "agent")), works_in(team, person("Lars", "agent"), is_lead=True)
    shift(team, "Early", "08:00", "14:00", early)
    shift(team, "Late", "12:00", "17:00", late)
    return team


@pytest.fixture
def new_york(db: Any) -> Team:
    team = open_team("New York", by=None)
    works_in(team, person("Maya", "agent"))
    return team


def waiting(team: Team, rosa: Person, urgency: int, subject: str) -> Ticket:
    return open_ticket(rosa, subject, team=team, impact=1 if urgency == 1 else 3, urgency=urgency, by=rosa)


@pytest.mark.accepts("S2.42")
def test_what_cannot_wait_goes_to_the_next_region_at_the_end_of_the_last_shift(
    at: Any, berlin: Team, new_york: Team, rosa: Person
) -> None:
    save_relay(berlin, new_york, minutes_before=15, by=None)
    with at(MONDAY) as hands:
        urgent, calm = waiting(berlin, rosa, 1, "All is down"), waiting(berlin, rosa, 3, "A new mouse")
        assign(urgent, Person.objects.get(name="Lars"), by=None)

        hands.move_to(MONDAY.replace(hour=12, minute=50))  # the early shift is about to go, the late one is there
        follow_the_sun()
        assert not HandOver.objects.exists()
        hands.move_to(HOME - timedelta(minutes=14))
        follow_the_sun()
        follow_the_sun()

        pack = HandOver.objects.get()
        assert [row.ticket for row in pack.tickets.all()] == [urgent]
        urgent.refresh_from_db()
        assert urgent.team == berlin  # nothing moves before somebody accepts

        maya = Person.objects.get(name="Maya")
        accept_hand_over(pack, by=maya)
        urgent.refresh_from_db()
        calm.refresh_from_db()
        assert (urgent.team, urgent.owner, calm.team) == (new_york, None, berlin)

        hands.move_to(HOME + timedelta(days=1) - timedelta(minutes=10))
        waiting(berlin, rosa, 1, "Down again")
        follow_the_sun()
    assert HandOver.objects.count() == 2


def test_a_pack_that_nobody_accepts_is_an_alarm(at: Any, berlin: Team, new_york: Team, rosa: Person) -> None:
    save_relay(berlin, new_york, by=None)
    with at(MONDAY) as hands:
        waiting(berlin, rosa, 1, "All is down")
        hands.move_to(HOME - timedelta(minutes=5))
        follow_the_sun()
        hands.move_to(HOME + timedelta(minutes=26))
        sweep()
        sweep()
    assert Event.objects.filter(kind="team.hand_over_late").count() == 1


def test_nothing_is_handed_over_without_a_rota_or_when_nobody_was_there(
    at: Any, berlin: Team, new_york: Team, rosa: Person
) -> None:
    save_relay(new_york, berlin, by=None)
    save_relay(berlin, new_york, by=None)
    with at(HOME + timedelta(hours=3)):
        waiting(new_york, rosa, 1, "All is down")
        waiting(berlin, rosa, 1, "All is down")
        follow_the_sun()
        assert end_of_shift(berlin, HOME + timedelta(hours=3)) is None
    assert not HandOver.objects.exists()


def test_a_team_does_not_hand_over_to_itself_and_can_stop(berlin: Team, new_york: Team) -> None:
    with pytest.raises(Refused):
        save_relay(berlin, berlin, by=None)
    save_relay(berlin, new_york, by=None)
    save_relay(berlin, None, by=None)
    assert not Relay.objects.exists()
