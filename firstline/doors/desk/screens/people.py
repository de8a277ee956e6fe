from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from firstline.core.actions import Refused
from firstline.core.entry import access
from firstline.core.text import row_number, whole_number
from firstline.core.ui.render import page
from firstline.people.accounts.models import Person
from firstline.people.accounts.queries import by_email, find
from firstline.work.tickets.queries import visible_to


@access("person.view")
def suggest(request: HttpRequest) -> HttpResponse:
    """People whose name or address begins like what was typed."""
    found = find(request.user, request.GET.get("q", ""))[:10]
    return page(request, "desk/suggest_people.html", {"people": found})


@access("desk.enter")
def suggest_tickets(request: HttpRequest) -> HttpResponse:
    """Tickets by number or by the beginning of their number."""
    asked = request.GET.get("q", "").strip().removeprefix("#")
    found = visible_to(request.user).filter(pk=row_number(asked))
    return page(request, "desk/suggest_tickets.html", {"tickets": list(found)})


def named(text: str, viewer: Any) -> Person:
    """The one person meant by an address, a name or #id; Refused with a sentence otherwise."""
    text = text.strip()
    if text.startswith("#") and (number := whole_number(text[1:])) is not None:
        person = Person.objects.filter(pk=number).first()
    else:
        address = text.rpartition("<")[2].rstrip(">").strip() if "@" in text else ""
        person = by_email(address) if address else None
    if person is None:
        exact = list(Person.objects.filter(name=text, is_active=True)[:2]) if text else []
        if len(exact) == 1:
            return exact[0]
        raise Refused(
            _("“%(text)s” is not one person we know. Choose from the suggestions, or type a mail address.")
            % {"text": text[:60]}
        )
    return person
