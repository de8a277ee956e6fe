"""The rota, through its actions and queries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from firstline.core import clock
from firstline.core.actions import NotAllowed, Refused
from firstline.people.accounts.models import Person
from firstline.people.teams.actions.absence import save_absence
from firstline.people.teams.actions.rota import remove_override, save_override, save_shift, set_place
from firstline.people.teams.actions.skills import save_skill, set_skills
from firstline.people.teams.actions.swap import answer_swap, ask_swap, withdraw_swap
from firstline.people.teams.actions.team import open_team
from firstline.people.teams.engine.holidays import is_holiday
from firstline.people.teams.models import Shift, Swap, Team
from firstline.people.teams.queries import (
    available,
    capacity_of,
    duties_of,
    gaps_between,
    next_cover,
    on_call,
    on_shift,
    skilled,
    skills_of,
)
from tests.cast import person, works_in

pytestmark = pytest.mark.django_db
YEAR = 2027
BEGIN, END = datetime(YEAR, 1, 1, tzinfo=UTC), datetime(YEAR + 1, 1, 1, tzinfo=UTC)
STEP = timedelta(minutes=5)


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def shift(team: Team, hours: str, *people: Person, weekdays: str = "12345", **more: Any) -> Shift:
    begins, ends = (time.fromisoformat(part) for part in hours.split("-"))
    return save_shift(
        team, name=hours, weekdays=weekdays, begins=begins, ends=ends, first_day=date(2026, 1, 1), people=people,
        by=None, **more,
    )  # fmt: skip


# --- Three regions over a year ---------------------------------------------------------------------------------------

PLACES = {
    "Berlin": ("Europe/Berlin", "DE-BE"),
    "New York": ("America/New_York", "US-NY"),
    "Sài Gòn": ("Asia/Ho_Chi_Minh", "VN"),
}
# (team, local hours, on holidays: off or only, whose)
COVERED = (
    ("Sài Gòn", "07:00-16:00", "off", ""),
    ("Berlin", "08:00-17:00", "off", ""),
    ("New York", "09:00-14:30", "off", ""),
    ("New York", "14:00-20:00", "off", ""),
    ("Sài Gòn", "16:00-23:00", "only", "DE-BE"),
    ("Berlin", "01:00-11:30", "only", "VN"),
    ("Berlin", "17:00-02:00", "only", "US-NY"),
)
# Eight hours each, without a gap in winter: what one draws on a map, and what daylight saving time tears apart.
DRAWN_IN_WINTER = (
    ("Sài Gòn", "07:00-15:00", "off", ""),
    ("Berlin", "09:00-17:00", "off", ""),
    ("New York", "11:00-19:00", "off", ""),
    *COVERED[4:],
)


def three_regions(rota: tuple[tuple[str, str, str, str], ...]) -> list[Team]:
    teams = {}
    for name, (zone, region) in PLACES.items():
        team = open_team(name, by=None)
        set_place(team, time_zone=zone, region=region, by=None)
        teams[name] = team
        for number in range(2):
            works_in(
                team, person(f"{name.split()[0]}{number}", "agent", email=f"p{number}.{zone[-4:].lower()}@example.org")
            )
    for name, hours, holidays, region in rota:
        people = list(Person.objects.filter(team_memberships__team=teams[name]))
        shift(teams[name], hours, *people, holidays=holidays, region=region)
    return list(teams.values())


def weekdays_of_the_year() -> list[tuple[datetime, datetime]]:
    """Around the clock from Monday to Friday."""
    days = [BEGIN + timedelta(days=number) for number in range(365)]
    return [(day, day + timedelta(days=1)) for day in days if day.isoweekday() <= 5]


def empty_minutes(rota: tuple[tuple[str, str, str, str], ...]) -> list[datetime]:
    """The slow way, which knows nothing of the engine: look at the clock on each office's wall, again and again."""
    walls = [
        (ZoneInfo(PLACES[name][0]), hours, holidays, region or PLACES[name][1])
        for name, hours, holidays, region in rota
    ]
    found = []
    for begin, end in weekdays_of_the_year():
        now = begin
        while now < end:
            if not any(_is_open(now, *wall) for wall in walls):
                found.append(now)
            now += STEP
    return found


def _is_open(now: datetime, zone: ZoneInfo, hours: str, holidays: str, region: str) -> bool:
    begins, ends = (time.fromisoformat(part) for part in hours.split("-"))
    local = now.astimezone(zone)
    hour, day = local.time(), local.date()
    if begins < ends:
        if not begins <= hour < ends:
            return False
    elif hour < ends:
        day -= timedelta(days=1)  # of the night before
    elif hour < begins:
        return False
    return day.isoweekday() <= 5 and is_holiday(region, day) == (holidays == "only")


def test_three_regions_leave_no_working_minute_of_a_year_without_somebody() -> None:
    teams = three_regions(COVERED)
    # One of the two in each region is away for a month.
    for team in teams:
        one = team.memberships.order_by("pk").first()
        assert one is not None
        save_absence(one.person, date(YEAR, 7, 1), date(YEAR, 7, 31), by=None)

    assert gaps_between(teams, BEGIN, END, needed=weekdays_of_the_year()) == []
    assert empty_minutes(COVERED) == []


def test_a_plan_drawn_in_winter_has_gaps_in_summer_and_they_are_found_to_the_minute() -> None:
    teams = three_regions(DRAWN_IN_WINTER)

    gaps = gaps_between(teams, BEGIN, END, needed=weekdays_of_the_year())
    slow = empty_minutes(DRAWN_IN_WINTER)

    # New York's summer begins on 14 March, Berlin's on 28 March; New York's ends on 7 November.
    assert (at("2027-03-15T23:00"), at("2027-03-16T00:00")) in gaps
    assert not any(at("2027-11-09T00:00") < begin for begin, _end in gaps)
    assert sum(((end - begin) for begin, end in gaps), timedelta()) == len(slow) * STEP
    assert {begin + STEP * step for begin, end in gaps for step in range((end - begin) // STEP)} == set(slow)
    assert len(gaps) > 100


def test_a_holiday_nobody_covers_is_a_gap() -> None:
    teams = three_regions(COVERED[:4])

    gaps = gaps_between(teams, BEGIN, END, needed=weekdays_of_the_year())

    tet = [begin for begin, _end in gaps if begin.date() == date(YEAR, 2, 8)]
    assert tet == [at("2027-02-08T00:00")]
    assert not any(begin.date() == date(YEAR, 3, 2) for begin, _end in gaps)


# --- One team --------------------------------------------------------------------------------------------------------


@pytest.fixture
def berlin(ada: Person, lin: Person) -> Team:
    team = open_team("Berlin", by=None)
    set_place(team, time_zone="Europe/Berlin", region="DE-BE", by=None)
    works_in(team, ada)
    works_in(team, lin)
    return team


def test_a_team_without_rota_is_everybody_who_is_not_away(berlin: Team, ada: Person, lin: Person) -> None:
    save_absence(lin, date(2027, 3, 1), date(2027, 3, 1), by=None)

    assert available(berlin, at("2027-03-01T23:30", "Europe/Berlin")) == [ada]
    assert available(berlin, at("2027-03-02T00:30", "Europe/Berlin")) == [ada, lin]


def test_whoever_is_on_shift_and_not_away_is_available(berlin: Team, ada: Person, lin: Person) -> None:
    shift(berlin, "08:00-16:00", ada)
    shift(berlin, "10:00-18:00", lin)
    save_absence(ada, date(2027, 3, 2), date(2027, 3, 2), by=None)

    def there(text: str) -> list[Person]:
        return available(berlin, at(text, "Europe/Berlin"))

    assert [there(f"2027-03-01T{hour}") for hour in ("07:59", "08:00", "11:00", "16:00", "18:00")] == [
        [], [ada], [ada, lin], [lin], [],
    ]  # fmt: skip
    assert there("2027-03-02T11:00") == [lin]
    assert there("2027-03-06T11:00") == []  # Saturday
    assert there("2027-03-08T11:00") == []  # International Women's Day is a holiday in Berlin


def test_a_night_shift_goes_past_midnight_and_changes_its_length_with_the_clocks(berlin: Team, ada: Person) -> None:
    shift(berlin, "22:00-06:00", ada, weekdays="67", holidays="on")

    hours = [
        (duty.day, (duty.end - duty.begin) / timedelta(hours=1))
        for duty in duties_of(ada, at("2027-03-26T00:00"), at("2027-03-29T12:00"))
    ]
    assert hours == [(date(2027, 3, 27), 7.0), (date(2027, 3, 28), 8.0)]
    assert on_shift(berlin, at("2027-03-29T05:59", "Europe/Berlin")) == [ada]  # Monday morning, of Sunday's shift
    autumn = duties_of(ada, at("2027-10-30T12:00"), at("2027-10-31T12:00"))
    assert [(duty.end - duty.begin) / timedelta(hours=1) for duty in autumn] == [9.0]


def test_being_on_call_goes_round_by_weeks(berlin: Team, ada: Person, lin: Person) -> None:
    shift(berlin, "18:00-08:00", ada, lin, kind="on_call", rotation="weekly", weekdays="1234567", holidays="on")
    called = [on_call(berlin, at(f"2026-01-{day}T20:00", "Europe/Berlin"))[0] for day in ("01", "04", "05", "11", "12")]

    assert called == [ada, ada, lin, lin, ada]
    assert on_shift(berlin, at("2026-01-05T20:00", "Europe/Berlin")) == []


def test_exceptions_bring_and_take_away(berlin: Team, ada: Person, lin: Person) -> None:
    shift(berlin, "08:00-16:00", ada)
    begin, end = at("2027-03-01T10:00", "Europe/Berlin"), at("2027-03-01T12:00", "Europe/Berlin")
    override = save_override(berlin, begin, end, person=lin, replaces=ada, by=None)

    def there(hour: str) -> list[Person]:
        return on_shift(berlin, at(f"2027-03-01T{hour}", "Europe/Berlin"))

    assert [there(hour) for hour in ("09:59", "10:00", "11:59", "12:00")] == [[ada], [lin], [lin], [ada]]
    remove_override(berlin, override, by=None)
    assert there("11:00") == [ada]


def test_gaps_are_the_planned_hours_in_which_nobody_is_there(berlin: Team, ada: Person) -> None:
    shift(berlin, "08:00-16:00", ada)
    save_absence(ada, date(2027, 3, 2), date(2027, 3, 2), by=None)

    assert gaps_between([berlin], at("2027-03-01T00:00"), at("2027-03-04T00:00")) == [
        (at("2027-03-02T07:00"), at("2027-03-02T15:00"))
    ]


def test_the_next_cover_is_found_over_a_weekend(berlin: Team, ada: Person) -> None:
    shift(berlin, "08:00-16:00", ada)

    assert next_cover(berlin, at("2027-03-12T17:00", "Europe/Berlin")) == (
        at("2027-03-15T08:00", "Europe/Berlin").astimezone(UTC),
        [ada],
    )
    now = at("2027-03-15T09:00", "Europe/Berlin")
    assert next_cover(berlin, now) == (now, [ada])


def test_a_swap_is_asked_accepted_and_then_the_other_works(berlin: Team, ada: Person, lin: Person) -> None:
    early = shift(berlin, "08:00-16:00", ada)
    noon = at("2027-03-01T12:00", "Europe/Berlin")
    with clock.set_to(at("2027-02-20T12:00")):
        swap = ask_swap(ada, early, date(2027, 3, 1), lin, by=ada)
        assert on_shift(berlin, noon) == [ada]
        with pytest.raises(Refused):
            answer_swap(swap, True, by=ada)
        answer_swap(swap, True, by=lin)

        assert on_shift(berlin, noon) == [lin]
        assert Swap.objects.get().state == "accepted"
        with pytest.raises(Refused):
            answer_swap(swap, False, by=lin)


def test_a_swap_that_makes_no_sense_is_refused(berlin: Team, ada: Person, lin: Person, omar: Person) -> None:
    early = shift(berlin, "08:00-16:00", ada)
    shift(berlin, "12:00-20:00", lin)
    tries: list[Callable[[], object]] = [
        lambda: ask_swap(ada, early, date(2027, 3, 1), ada, by=ada),  # oneself
        lambda: ask_swap(ada, early, date(2027, 3, 1), omar, by=ada),  # not of the team
        lambda: ask_swap(ada, early, date(2027, 3, 6), lin, by=ada),  # a Saturday
        lambda: ask_swap(ada, early, date(2027, 3, 1), lin, by=ada),  # works then already
        lambda: ask_swap(lin, early, date(2027, 3, 1), ada, by=lin),  # not one's own shift
        lambda: ask_swap(ada, early, date(2026, 3, 2), lin, by=ada),  # over
    ]
    with clock.set_to(at("2027-02-20T12:00")):
        for attempt in tries:
            with pytest.raises(Refused):
                attempt()
        with pytest.raises(NotAllowed):
            ask_swap(ada, early, date(2027, 3, 1), lin, by=lin)  # in somebody else's name

    assert not Swap.objects.exists()


def test_a_question_for_a_swap_can_be_taken_back(berlin: Team, ada: Person, lin: Person) -> None:
    early = shift(berlin, "08:00-16:00", ada)
    with clock.set_to(at("2027-02-20T12:00")):
        swap = withdraw_swap(ask_swap(ada, early, date(2027, 3, 1), lin, by=ada), by=ada)
        with pytest.raises(Refused):
            answer_swap(swap, True, by=lin)


def test_only_those_who_lead_change_a_rota(berlin: Team, hr: Team, ada: Person, lin: Person, bea: Person) -> None:
    hana = Person.objects.get(name="Hana")

    shift_of_hr = {
        "name": "Day",
        "weekdays": "12345",
        "begins": time(8),
        "ends": time(16),
        "first_day": date(2027, 1, 1),
    }
    with pytest.raises(NotAllowed):
        save_shift(berlin, **shift_of_hr, by=ada)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        save_shift(hr, **shift_of_hr, by=bea)  # type: ignore[arg-type]
    save_shift(berlin, **shift_of_hr, people=[lin], by=lin)  # type: ignore[arg-type]
    save_shift(hr, **shift_of_hr, people=[hana], by=hana)  # type: ignore[arg-type]
    with pytest.raises(Refused):
        save_shift(berlin, **shift_of_hr, people=[bea], by=lin)  # type: ignore[arg-type]

    assert Shift.objects.count() == 2


def test_an_admin_names_skills_and_a_lead_says_who_has_them(ada: Person, lin: Person, bea: Person) -> None:
    network, hardware = save_skill("Network", by=bea), save_skill("Hardware", by=bea)
    set_skills(ada, {network.pk: 3, hardware.pk: 1}, tickets=12, by=lin)
    set_skills(lin, {network.pk: 1}, by=lin)
    with pytest.raises(NotAllowed):
        set_skills(lin, {network.pk: 3}, by=ada)
    with pytest.raises(Refused):
        save_skill("network", by=bea)

    assert skills_of([ada.pk, lin.pk]) == {ada.pk: {"Network": 3, "Hardware": 1}, lin.pk: {"Network": 1}}
    assert skilled("Network", [ada.pk, lin.pk], least=2) == {ada.pk: 3}
    assert capacity_of([ada.pk, lin.pk]) == {ada.pk: 12}
