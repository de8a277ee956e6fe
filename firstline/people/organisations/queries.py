"""Reads of organisations and departments. Each begins with who is looking."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from firstline.core.actions import may
from firstline.people.organisations.models import Department, Membership, Organisation


def visible_to(viewer: Any) -> QuerySet[Organisation]:
    """The desk sees all organisations; everybody else their own."""
    if may(viewer, "organisation.view"):
        return Organisation.objects.all()
    return Organisation.objects.filter(membership__person=viewer) if viewer.pk else Organisation.objects.none()


def departments_for(viewer: Any) -> QuerySet[Department]:
    if may(viewer, "organisation.view"):
        return Department.objects.select_related("organisation", "head")
    return Department.objects.filter(membership__person=viewer) if viewer.pk else Department.objects.none()


def of_domain(address: str) -> Organisation | None:
    """The organisation whose mail domain this address has. For mail intake; exactly the domain, no subdomains."""
    domain = address.rpartition("@")[2].strip().lower()
    if not domain:
        return None
    # A handful of organisations have domains; JSON containment is not the same on both databases.
    return next((row for row in Organisation.objects.filter(is_active=True) if domain in row.domains), None)


def manager_of(person: Any) -> Any:
    """Whom somebody reports to: their manager, else the head of their department, else nobody."""
    membership = Membership.objects.select_related("manager", "department__head").filter(person=person).first()
    if membership is None:
        return None
    head = membership.department.head if membership.department else None
    return membership.manager or (head if head != person else None)
