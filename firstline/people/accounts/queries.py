"""Finding people. Nothing here lists everybody to anybody."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from firstline.core.actions import may
from firstline.core.database import keyset
from firstline.core.database.prepared import Prepared
from firstline.core.text import words

from .models import Person, PersonWord, address_of

MOST = 20  # as many as a person reads in a list that opens while typing
LAST = "\U0010ffff"


def visible_to(viewer: Any) -> QuerySet[Person]:
    """The people `viewer` may look up: everybody for the desk, oneself otherwise."""
    if may(viewer, "person.view"):
        return Person.objects.all()
    return Person.objects.filter(pk=viewer.pk) if viewer.pk else Person.objects.none()


def by_email(address: str) -> Person | None:
    """The person with exactly this address, compared without case and nothing else: `a+b@` is not `a@`."""
    wanted = address_of(address)
    return next(iter(_by_email(wanted)), None) if wanted else None


_by_email = Prepared(lambda address: Person.objects.filter(email=address), str)


def find(viewer: Any, text: str, *, active_only: bool = True) -> list[Person]:
    """People with a word in name or address beginning with each word of `text`. At most 20; none for no text."""
    asked = words(text, most=5)
    found = visible_to(viewer)
    if active_only:
        found = found.filter(is_active=True)
    if not asked:
        return []
    for word in asked:
        found = found.filter(pk__in=PersonWord.objects.filter(_begins("word", word)).values("person"))
    return list(found.order_by("folded", "pk")[:MOST])


def page_of(viewer: Any, *, text: str = "", after: str = "", size: int = 50) -> tuple[list[Person], str]:
    """One page of people in order of name, and where the next one begins (empty: there is none).

    `after` is what the page before answered.
    """
    people = visible_to(viewer)
    for word in words(text, most=5):
        people = people.filter(pk__in=PersonWord.objects.filter(_begins("word", word)).values("person"))
    return keyset.page(people, by="folded", after=after, size=size)


def named(viewer: Any, text: str) -> Person | None:
    """Whom somebody means who has typed a name, an address or `Ada Nowak <ada@…>`. None: nobody, or several."""
    address = text.rpartition("<")[2].rstrip("> ") if "<" in text else text
    if "@" in address:
        person = by_email(address)
        return person if person is not None and visible_to(viewer).filter(pk=person.pk).exists() else None
    found = find(viewer, text)
    exact = [person for person in found if person.name.casefold() == text.strip().casefold()]
    if len(exact) == 1:
        return exact[0]
    return found[0] if len(found) == 1 else None


def _begins(column: str, start: str) -> Q:
    """A prefix test that uses the index: SQLite's LIKE does not, and PostgreSQL's ranges depend on the collation."""
    if connection.vendor == "sqlite":
        return Q(**{f"{column}__gte": start, f"{column}__lt": start + LAST})
    return Q(**{f"{column}__startswith": start})
