"""The pages of the rota, as people use them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from firstline.core import clock
from firstline.people.accounts.actions.deactivate import deactivate
from firstline.people.accounts.models import Person
from firstline.people.teams.actions.absence import save_absence
from firstline.people.teams.actions.members import remove_member
from firstline.people.teams.actions.rota import save_shift, set_place
from firstline.people.teams.models import Override, Shift, Skill, Swap, Team
from tests.cast import works_in

pytestmark = pytest.mark.django_db
MONDAY = datetime(2027, 3, 1, 6, tzinfo=UTC)


@pytest.fixture
def team(network: Team, ada: Person, lin: Person) -> Team:
    works_in(network, ada)
    works_in(network, lin)
    set_place(network, time_zone="Europe/Berlin", region="DE-BE", by=None)
    save_shift(
        network, name="Early", weekdays="12345", begins=time(7), ends=time(15), first_day=date(2027, 1, 1),
        people=[ada], by=None,
    )  # fmt: skip
    return network


def sees(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_week_shows_shifts_and_gaps(client: Client, team: Team, ada: Person) -> None:
    save_absence(ada, date(2027, 3, 3), date(2027, 3, 3), note="private reason", by=None)
    client.force_login(ada)

    with clock.set_to(MONDAY):
        body = sees(client, f"/rota/teams/{team.pk}")

    assert body.count("07:00–15:00") == 5
    assert body.count("rota__line--gap") == 1
    assert "private reason" not in body
    assert "Europe/Berlin" in body


def test_a_lead_plans_a_shift_on_the_page(client: Client, team: Team, lin: Person) -> None:
    client.force_login(lin)
    said: dict[str, Any] = {
        "name": "Night", "kind": "work", "weekdays": ["5", "6"], "begins": "22:00", "ends": "06:00",
        "first_day": "2027-03-01", "rotation": "all", "holidays": "on", "people": [str(lin.pk)],
    }  # fmt: skip

    assert client.post(f"/rota/teams/{team.pk}/shifts/new", said).status_code == 302
    client.post(
        f"/rota/teams/{team.pk}/overrides",
        {"begins_at": "2027-03-01T15:00", "ends_at": "2027-03-01T17:00", "person": str(lin.pk), "kind": "work"},
    )

    assert Shift.objects.get(name="Night").weekdays == "56"
    assert Override.objects.get().begins_at == datetime(2027, 3, 1, 14, tzinfo=UTC)  # the team's time, not ours
    with clock.set_to(MONDAY):
        there = Client()
        there.force_login(lin)
        assert "22:00–06:00" in sees(there, f"/rota/teams/{team.pk}")
        assert "Take back" in sees(there, f"/rota/teams/{team.pk}/plan")


def test_an_agent_sees_the_plan_and_cannot_change_it(client: Client, team: Team, ada: Person) -> None:
    client.force_login(ada)

    assert "Save the place" not in sees(client, f"/rota/teams/{team.pk}/plan")
    assert client.post(f"/rota/teams/{team.pk}/plan", {"region": "VN"}).status_code == 403
    shift = Shift.objects.get()
    assert client.post(f"/rota/teams/{team.pk}/shifts/{shift.pk}/removal").status_code == 403


def test_the_rota_of_a_private_team_is_its_members_matter(client: Client, hr: Team, bea: Person) -> None:
    client.force_login(bea)
    assert client.get(f"/rota/teams/{hr.pk}").status_code == 404

    client.force_login(Person.objects.get(name="Hana"))
    assert client.get(f"/rota/teams/{hr.pk}").status_code == 200


def test_a_swap_from_question_to_answer(client: Client, team: Team, ada: Person, lin: Person) -> None:
    shift = Shift.objects.get()
    with clock.set_to(MONDAY):
        client.force_login(ada)
        assert "Ask for a swap" in sees(client, "/rota")
        client.post(f"/rota/shifts/{shift.pk}/2027-03-02/swap", {"to": lin.pk})
        swap = Swap.objects.get()
        assert client.post(f"/rota/swaps/{swap.pk}/answer", {"accept": "1"}).status_code == 302
        assert Swap.objects.get().state == "asked"  # one cannot answer oneself

        client.force_login(lin)
        assert "asks you to take over Early" in sees(client, "/rota")
        client.post(f"/rota/swaps/{swap.pk}/answer", {"accept": "1"})
        assert Swap.objects.get().state == "accepted"
        assert "Tuesday, 2 March" in sees(client, "/rota")


def test_a_calendar_address_tells_shifts_and_nothing_else_until_it_is_revoked(
    client: Client, team: Team, ada: Person, lin: Person
) -> None:
    save_absence(ada, date(2027, 3, 3), date(2027, 3, 3), deputy=lin, note="hospital", by=None)
    client.force_login(ada)
    with clock.set_to(MONDAY):
        mine = _address(client.post("/rota/calendars").content.decode())
        ours = _address(client.post("/rota/calendars", {"team": team.pk}).content.decode())
        stranger = Client()

        calendar = Calendar.from_ical(stranger.get(mine).content)
        everything: list[Any] = list(calendar.walk("VEVENT"))
        events = [event for event in everything if event["DTSTART"].dt < datetime(2027, 3, 8, tzinfo=UTC)]
        assert [str(event["SUMMARY"]) for event in events][-1] == "Network: Early"
        assert datetime(2027, 3, 3, 6, tzinfo=UTC) not in {event["DTSTART"].dt for event in events}
        assert b"hospital" not in stranger.get(mine).content
        assert b"Ada (Network: Early)" in stranger.get(ours).content
        assert mine not in client.get("/rota").content.decode()  # shown once

        client.post(f"/rota/calendars/{ada.rota_feeds.get(team=None).pk}/revocation")
        assert [stranger.get(mine).status_code, stranger.get(ours).status_code] == [404, 200]


def test_a_calendar_address_dies_with_its_owners_rights(
    client: Client, hr: Team, bea: Person, team: Team, ada: Person
) -> None:
    hana = Person.objects.get(name="Hana")
    wim = works_in(hr, ada)
    client.force_login(wim)
    ours = _address(client.post("/rota/calendars", {"team": hr.pk}).content.decode())
    mine = _address(client.post("/rota/calendars").content.decode())
    stranger = Client()
    assert [stranger.get(ours).status_code, stranger.get(mine).status_code] == [200, 200]

    remove_member(hr, wim, by=hana)
    assert [stranger.get(ours).status_code, stranger.get(mine).status_code] == [404, 200]
    deactivate(wim, by=bea)
    assert stranger.get(mine).status_code == 404


def test_an_admin_names_skills_and_a_lead_gives_them(client: Client, bea: Person, lin: Person, ada: Person) -> None:
    client.force_login(bea)
    client.post("/settings/skills", {"name": "Network"})
    client.force_login(lin)
    assert client.get("/settings/skills").status_code == 403

    skill = Skill.objects.get()
    client.post(f"/people/{ada.pk}/skills", {f"skill-{skill.pk}": "3", "tickets": "8"})

    assert [(each.skill.name, each.level) for each in ada.skills.all()] == [("Network", 3)]
    client.force_login(ada)
    assert client.post(f"/people/{ada.pk}/skills", {f"skill-{skill.pk}": "1"}).status_code == 403


def _address(body: str) -> str:
    found = re.search(r"<code>http://testserver(/rota/calendars/[\w-]+\.ics)</code>", body)
    assert found is not None
    return found[1]
