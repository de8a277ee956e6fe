"""What somebody asks for in the catalog says who has to agree to it."""

from __future__ import annotations

from typing import Any

import pytest

from firstline.core.actions import acting
from firstline.flow.approvals.actions.decide import decide
from firstline.flow.approvals.actions.settings import save_rule, save_stage
from firstline.flow.approvals.engine.plans import Asked, Plan, Who
from firstline.flow.approvals.models import Approval, Rule, Seat
from firstline.people.accounts.models import Person
from firstline.people.organisations.models import Membership, Organisation
from firstline.people.teams.models import Team
from firstline.work.catalog.actions.ready import install
from firstline.work.catalog.models import Offering
from firstline.work.catalog.queries import choices_of
from firstline.work.tickets.actions.file import file_offering
from firstline.work.tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalog(bea: Person, rosa: Person, omar: Person, network: Team) -> dict[str, Offering]:
    """Ready-made offerings; Omar is Rosa's manager."""
    with acting():
        house = Organisation.objects.create(name="Tide")
        Membership.objects.update_or_create(person=rosa, defaults={"organisation": house, "manager": omar})
    return {each.key: each for each in install(["vpn", "password", "printer"], by=bea)}


def asked_for(offering: Offering, who: Person, answers: dict[str, Any]) -> Ticket:
    (ticket,) = file_offering(offering, answers, once=f"{offering.key}-{who.pk}", requester=who, by=who)
    return ticket


def those_who_are_asked(ticket: Ticket) -> list[Person]:
    return [seat.person for seat in Seat.objects.filter(stage__approval__ticket=ticket).select_related("person")]


def test_the_requesters_manager_is_asked_where_the_offering_says_so(
    catalog: dict[str, Offering], rosa: Person, omar: Person
) -> None:
    ticket = asked_for(catalog["vpn"], rosa, {"device": "work"})

    assert those_who_are_asked(ticket) == [omar]
    decide(Approval.objects.get(), True, by=omar)
    assert Approval.objects.get().state == "granted"


def test_nobody_is_asked_where_it_is_approved_beforehand(catalog: dict[str, Offering], rosa: Person) -> None:
    asked_for(catalog["printer"], rosa, {"wish": "toner", "printer": "HP 12"})

    assert not Approval.objects.exists()


def test_an_offering_names_a_rule_and_a_rule_of_its_own_does_not_ask_again(
    catalog: dict[str, Offering], rosa: Person, lin: Person
) -> None:
    named = save_rule(Rule(name="Security", condition="kind:problem"), by=None)
    save_stage(named, None, Plan(who=(Asked(Who.PERSON, lin.pk),)), by=None)
    other = save_rule(Rule(name="All requests", condition="kind:request"), by=None)
    save_stage(other, None, Plan(who=(Asked(Who.MANAGER),)), by=None)
    assert (f"rule:{named.pk}", "Security") in choices_of("approval")
    with acting():
        Offering.objects.filter(key="vpn").update(approval=f"rule:{named.pk}")
    catalog["vpn"].refresh_from_db()

    ticket = asked_for(catalog["vpn"], rosa, {"device": "work"})

    assert those_who_are_asked(ticket) == [lin]
    assert Approval.objects.get().rule == named
