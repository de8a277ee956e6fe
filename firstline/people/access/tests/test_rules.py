from __future__ import annotations

import pytest

from firstline.core.actions import NotAllowed, Refused
from firstline.core.events.models import Event
from firstline.people.access.actions.grant import grant
from firstline.people.access.actions.revoke import revoke
from firstline.people.access.models import Grant
from firstline.people.access.rules import forget, may, why
from firstline.people.accounts.actions.deactivate import deactivate
from firstline.people.accounts.actions.edit import edit_own, edit_person
from firstline.people.accounts.models import Person
from firstline.people.teams.models import Team
from tests.cast import works_in


class Thing:
    """Something on a ticket that forgot to say which."""


class Scoped(Thing):
    def __init__(self, team: Team | None = None, *, kind: str = "incident") -> None:
        self.team, self.kind = team, kind

    def access_scope(self) -> tuple[int | None, str, bool]:
        return self.team.pk if self.team else None, self.kind, bool(self.team and self.team.is_private)


def test_an_admin_gives_a_role_and_the_event_says_which(bea: Person, omar: Person) -> None:
    grant(omar, "agent", by=bea)

    assert may(omar, "ticket.view", Scoped())
    event = Event.objects.get(kind="access.granted", subject_id=omar.pk)
    assert (event.actor_id, event.facts) == (bea.pk, {"role": "agent", "team": None, "kind": ""})
    assert event.describe() == "gave the role Agent"


@pytest.mark.parametrize("name", ["ada", "lin", "rosa"])
@pytest.mark.abuse("D7")
def test_nobody_but_an_admin_gives_roles_least_of_all_to_themselves(name: str, request: pytest.FixtureRequest) -> None:
    somebody: Person = request.getfixturevalue(name)

    with pytest.raises(NotAllowed):
        grant(somebody, "admin", by=somebody)

    assert not Grant.objects.filter(person=somebody, role="admin").exists()


def test_the_last_admin_stays(bea: Person, omar: Person) -> None:
    own = Grant.objects.get(person=bea)

    with pytest.raises(Refused, match="last admin"):
        revoke(bea, own, by=bea)
    with pytest.raises(Refused, match="last admin"):
        deactivate(bea, by=None)

    bea.refresh_from_db()
    assert (bea.is_active, Grant.objects.filter(person=bea).count()) == (True, 1)
    grant(omar, "admin", by=bea)
    revoke(bea, Grant.objects.get(person=bea), by=omar)
    forget(bea)
    assert not may(bea, "access.edit")


def test_a_role_for_one_team_reaches_that_team_only(omar: Person, network: Team, db: None) -> None:
    grant(omar, "agent", team=network, by=None)

    assert may(omar, "ticket.note", Scoped(network))
    assert not may(omar, "ticket.note", Scoped())
    assert not may(omar, "ticket.note", Scoped(Team(pk=NOWHERE)))


NOWHERE = 987_654


def test_a_role_for_one_kind_reaches_that_kind_only(omar: Person) -> None:
    grant(omar, "agent", kind="change", by=None)

    assert may(omar, "ticket.note", Scoped(kind="change"))
    assert not may(omar, "ticket.note", Scoped(kind="incident"))


def test_a_private_team_is_closed_to_admins_even_with_a_role_for_it(bea: Person, hr: Team) -> None:
    grant(bea, "agent", team=hr, by=bea)

    assert why(bea, "ticket.view", Scoped(hr)) == (False, "private")
    works_in(hr, bea)
    assert may(bea, "ticket.view", Scoped(hr))


@pytest.mark.abuse("D14")
def test_what_does_not_say_where_it_belongs_is_closed(bea: Person) -> None:
    assert not may(bea, "ticket.note", Thing())
    assert may(bea, "ticket.settings", Thing())


@pytest.mark.abuse("D20")
def test_nobody_acts_as_somebody_else(bea: Person, rosa: Person) -> None:
    with pytest.raises(NotAllowed):
        edit_own(rosa, changes={"name": "Rosalind"}, by=bea)

    edit_own(rosa, changes={"name": "Rosalind"}, by=rosa)
    assert Event.objects.get(kind="person.edited").describe() == "changed name"


def test_a_lead_cannot_take_over_an_admin_by_changing_the_address(lin: Person, bea: Person, rosa: Person) -> None:
    with pytest.raises(NotAllowed):
        edit_person(bea, changes={"email": "lin@elsewhere.example"}, by=lin)

    edit_person(rosa, changes={"email": "rosa@elsewhere.example"}, by=lin)
    assert not rosa.is_verified


def test_deactivated_people_may_nothing(ada: Person) -> None:
    deactivate(ada, by=None)
    forget(ada)

    assert not any(may(ada, permission) for permission in ("ticket.ask", "desk.enter", "own.edit"))
