from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.people.accounts.events import PersonOpened
from firstline.people.accounts.models import Person, address_of, is_address


@action("person.open", permission="person.open")
def open_person(
    email: str | None, *, name: str = "", phone: str = "", language: str = "", is_verified: bool = False, by: Any
) -> Person:
    """Open an account for somebody, who then signs in with a code sent by mail."""
    address = address_of(email)
    if address:
        if not is_address(address):
            raise Refused(_("%(address)s is not an e-mail address.") % {"address": address[:80]})
        if Person.objects.filter(email=address).exists():
            raise Refused(_("There is an account with this e-mail address already."))
    elif not name.strip():
        raise Refused(_("Give a name or an e-mail address."))
    person = Person.objects.create_user(
        address,
        name=" ".join(name.split())[:200],
        phone=phone[:50],
        language=language,
        email_verified_at=clock.now() if is_verified and address else None,
    )
    record(person, PersonOpened, by=by)
    return person


def get_or_open(email: str, name: str = "", *, by: Any = None) -> Person:
    """The person of this address; opened if there is none. Two mails at once make one person. For mail intake.

    A name that comes with a mail never overwrites the one we know: anybody can write any name.
    """
    found = Person.objects.filter(email=address_of(email)).first()
    if found:
        return found
    try:
        with transaction.atomic():
            return open_person(email, name=name, by=by)
    except (Refused, IntegrityError):
        raced = Person.objects.filter(email=address_of(email)).first()
        if raced is None:
            raise
        return raced
