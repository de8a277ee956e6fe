from __future__ import annotations

import pytest

from firstline.core.actions import NotAllowed, Refused
from firstline.people.accounts.models import Person
from firstline.people.organisations.actions.belong import belong
from firstline.people.organisations.actions.department import save_department
from firstline.people.organisations.actions.organisation import archive_organisation, save_organisation
from firstline.people.organisations.models import Organisation
from firstline.people.organisations.queries import manager_of, of_domain, visible_to


def test_a_mail_domain_tells_the_organisation_and_belongs_to_one(db: None) -> None:
    tide = save_organisation(None, name="Tide", domains=["@Tide.example "], by=None)

    with pytest.raises(Refused, match="belongs to Tide"):
        save_organisation(None, name="Ebb", domains=["tide.example"], by=None)

    assert of_domain("rosa@TIDE.example") == tide
    assert of_domain("rosa@mail.tide.example") is None
    archive_organisation(tide, by=None)
    assert of_domain("rosa@tide.example") is None


def test_a_requester_sees_only_their_own_organisation(rosa: Person, ada: Person) -> None:
    tide = save_organisation(None, name="Tide", by=None)
    save_organisation(None, name="Ebb", by=None)
    belong(rosa, organisation=tide, by=None)

    assert list(visible_to(rosa)) == [tide]
    assert visible_to(ada).count() == 2


def test_the_head_of_the_department_is_the_manager_of_who_has_none(rosa: Person, lin: Person, bea: Person) -> None:
    finance = save_department(None, name="Finance", head=lin, by=None)

    belong(rosa, department=finance, by=None)
    assert manager_of(rosa) == lin
    belong(rosa, department=finance, manager=bea, by=None)
    assert manager_of(rosa) == bea
    assert manager_of(bea) is None


def test_managers_do_not_run_in_circles(rosa: Person, lin: Person, bea: Person) -> None:
    belong(rosa, manager=lin, by=None)
    belong(lin, manager=bea, by=None)

    with pytest.raises(Refused, match="their own manager"):
        belong(bea, manager=rosa, by=None)


def test_only_admins_change_organisations(lin: Person, bea: Person) -> None:
    with pytest.raises(NotAllowed):
        save_organisation(None, name="Tide", by=lin)

    save_organisation(None, name="Tide", by=bea)
    assert Organisation.objects.get().name == "Tide"
