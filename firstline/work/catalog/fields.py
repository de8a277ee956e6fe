"""The words an audience is said in: what is known of the person who asks. And how an offering is found by words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from firstline.core import search
from firstline.core.fields import BOOLEAN, CHOICE, PERSON, REFERENCE, Catalogue, Choice, Context, Field
from firstline.core.search import Document
from firstline.people.access.models import Role
from firstline.people.access.rules import roles_of, teams_of
from firstline.people.accounts.models import Person
from firstline.people.organisations.models import Department, Membership, Organisation
from firstline.people.teams.models import Team

from .models import Offering


def _membership(person: Any) -> Membership | None:
    """Read once for all offerings that ask."""
    if "_catalog_membership" not in person.__dict__:
        person.__dict__["_catalog_membership"] = Membership.objects.filter(person=person.pk).first()
    known: Membership | None = person.__dict__["_catalog_membership"]
    return known


def _of_membership(part: str) -> Any:
    return lambda person: getattr(_membership(person), part, None)


def _named(model: Any) -> Any:
    def resolve(text: str, context: Context) -> Iterable[int]:
        return list(model.objects.filter(name__iexact=text).values_list("pk", flat=True)[:20])

    return resolve


def _by_address(text: str, context: Context) -> Iterable[int]:
    return list(Person.objects.filter(email=text.lower()).values_list("pk", flat=True))


people = Catalogue(
    "person",
    Person,
    [
        Field(
            key="organisation",
            kind=REFERENCE,
            label=_("Organisation"),
            read=_of_membership("organisation_id"),
            column="membership__organisation_id",
            resolve=_named(Organisation),
        ),
        Field(
            key="department",
            kind=REFERENCE,
            label=_("Department"),
            read=_of_membership("department_id"),
            column="membership__department_id",
            resolve=_named(Department),
        ),
        Field(
            key="role",
            kind=CHOICE,
            label=_("Role"),
            many=True,
            read=lambda person: sorted(roles_of(person)),
            column="grants__role",
            choices=lambda: [Choice(role.value, role.label) for role in Role],
        ),
        Field(
            key="team",
            kind=REFERENCE,
            label=_("Team"),
            many=True,
            read=lambda person: sorted(teams_of(person)),
            column="team_memberships__team_id",
            resolve=_named(Team),
        ),
        Field(
            key="manager",
            kind=PERSON,
            label=_("Manager"),
            read=_of_membership("manager_id"),
            column="membership__manager_id",
            resolve=_by_address,
        ),
        Field(
            key="vip",
            kind=BOOLEAN,
            label=_("Important person"),
            read=lambda person: bool(getattr(_membership(person), "is_vip", False)),
            column="membership__is_vip",
        ),
        Field(
            key="language",
            kind=CHOICE,
            label=_("Language"),
            read=lambda person: person.language,
            column="language",
            choices=lambda: [Choice(code, name) for code, name in settings.LANGUAGES],
        ),
        Field(
            key="person",
            kind=PERSON,
            label=_("Person"),
            read=lambda person: person.pk,
            column="id",
            resolve=_by_address,
        ),
    ],
    label=_("People"),
)


def _documents(ids: list[int]) -> Iterable[Document]:
    """In all its languages: people search in theirs."""
    for offering in Offering.objects.filter(pk__in=ids).select_related("category"):
        category = offering.category.names.values() if offering.category else ()
        yield Document(
            noun="offering",
            id=offering.pk,
            title=" ".join(offering.names.values()),
            names=" ".join([*offering.keywords.values(), *category]),
            body=" ".join([*offering.summaries.values(), *offering.descriptions.values()]),
        )


search.provide("offering", ids=lambda: Offering.objects.order_by("id").values_list("pk", flat=True), read=_documents)
