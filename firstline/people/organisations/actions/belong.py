from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.people.accounts.models import Person
from firstline.people.organisations.events import MembershipChanged
from firstline.people.organisations.models import Department, Membership, Organisation

TOO_LONG = 50  # a line of managers longer than this is a circle


@action("person.belong", permission="person.edit")
def belong(
    person: Person,
    *,
    organisation: Organisation | None = None,
    department: Department | None = None,
    manager: Person | None = None,
    title: str = "",
    is_vip: bool = False,
    by: Any,
) -> Membership:
    """Say where somebody belongs, to whom they report, and whether they are a VIP."""
    organisation = _common(organisation, department)
    if manager is not None:
        _refuse_circles(person, manager)
    row = Membership.objects.filter(person=person).first() or Membership(person=person)
    wanted = {
        "organisation": organisation,
        "department": department,
        "manager": manager,
        "title": " ".join(title.split())[:120],
        "is_vip": is_vip,
    }
    if row.pk and all(getattr(row, key) == value for key, value in wanted.items()):
        return row
    for key, value in wanted.items():
        setattr(row, key, value)
    row.save()
    record(
        person,
        MembershipChanged,
        by=by,
        organisation=organisation and organisation.pk,
        department=department and department.pk,
        manager=manager and manager.pk,
        is_vip=is_vip,
    )
    return row


def _common(organisation: Organisation | None, department: Department | None) -> Organisation | None:
    if department is None or department.organisation is None:
        return organisation
    if organisation is not None and organisation != department.organisation:
        raise Refused(_("This department belongs to another organisation."))
    return department.organisation


def _refuse_circles(person: Person, manager: Person) -> None:
    above: int | None = manager.pk
    for _step in range(TOO_LONG):
        if above == person.pk:
            raise Refused(_("Somebody cannot be their own manager, not even through others."))
        above = Membership.objects.filter(person=above).values_list("manager", flat=True).first()
        if above is None:
            return
