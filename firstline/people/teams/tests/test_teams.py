from __future__ import annotations

from datetime import date

import pytest

from firstline.core.actions import NotAllowed, Refused
from firstline.core.events.models import Event
from firstline.people.accounts.actions.deactivate import deactivate
from firstline.people.accounts.models import Person
from firstline.people.teams.actions.absence import save_absence
from firstline.people.teams.actions.members import add_member, remove_member
from firstline.people.teams.actions.team import edit_team, open_team
from firstline.people.teams.models import Team
from firstline.people.teams.queries import absent_among, deputy_of, is_absent

MONDAY, TUESDAY, WEDNESDAY = date(2031, 3, 3), date(2031, 3, 4), date(2031, 3, 5)


def test_an_absence_includes_its_first_and_last_day(ada: Person) -> None:
    save_absence(ada, MONDAY, TUESDAY, by=ada)

    assert [is_absent(ada, day) for day in (date(2031, 3, 2), MONDAY, TUESDAY, WEDNESDAY)] == [False, True, True, False]
    assert absent_among([ada.pk, 0], MONDAY) == {ada.pk}
    assert Event.objects.get(kind="person.absence_saved").facts["first_day"] == "2031-03-03"


def test_the_deputys_deputy_stands_in_when_both_are_away(ada: Person, lin: Person, omar: Person) -> None:
    save_absence(ada, MONDAY, WEDNESDAY, deputy=lin, by=None)
    save_absence(lin, TUESDAY, TUESDAY, deputy=omar, by=None)

    assert [deputy_of(ada, day) for day in (MONDAY, TUESDAY, WEDNESDAY)] == [lin, omar, lin]


def test_deputies_in_a_circle_are_nobody(ada: Person, lin: Person) -> None:
    save_absence(ada, MONDAY, MONDAY, deputy=lin, by=None)
    save_absence(lin, MONDAY, MONDAY, deputy=ada, by=None)

    assert deputy_of(ada, MONDAY) is None


def test_a_deactivated_deputy_stands_in_for_nobody(ada: Person, lin: Person) -> None:
    save_absence(ada, MONDAY, MONDAY, deputy=lin, by=None)
    deactivate(lin, by=None)

    assert deputy_of(ada, MONDAY) is None


def test_an_absence_runs_forwards(ada: Person) -> None:
    with pytest.raises(Refused, match="before the first"):
        save_absence(ada, TUESDAY, MONDAY, by=ada)


def test_an_agent_writes_nobody_elses_absence(ada: Person, lin: Person) -> None:
    with pytest.raises(NotAllowed):
        save_absence(lin, MONDAY, MONDAY, by=ada)

    save_absence(ada, MONDAY, MONDAY, by=lin)


def test_a_private_team_always_has_a_lead(hr: Team) -> None:
    hana = Person.objects.get(name="Hana")

    with pytest.raises(Refused):
        open_team("Another", is_private=True, by=None)
    with pytest.raises(Refused):
        remove_member(hr, hana, by=None)
    with pytest.raises(Refused):
        add_member(hr, hana, is_lead=False, by=None)

    assert hr.memberships.get().is_lead


def test_only_its_leads_change_a_private_team(hr: Team, bea: Person, network: Team) -> None:
    hana = Person.objects.get(name="Hana")

    with pytest.raises(NotAllowed):
        edit_team(hr, name="Open", is_private=False, by=bea)
    with pytest.raises(NotAllowed):
        add_member(hr, bea, by=bea)

    add_member(hr, bea, by=hana)
    edit_team(network, name="Networks", by=bea)
    assert [event.describe() for event in Event.objects.filter(subject_noun="team", actor=bea)] == ["changed the team"]
