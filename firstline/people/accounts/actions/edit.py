from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.people.accounts.events import PersonEdited
from firstline.people.accounts.models import Person, Theme, address_of, is_address

from .end_sessions import forget_sessions

OTHERS = frozenset({"name", "phone", "language", "time_zone", "email"})
OWN = frozenset({"name", "phone", "language", "time_zone", "theme", "shortcuts"})


@action("person.edit", permission="person.edit")
def edit_person(person: Person, *, changes: Mapping[str, Any], by: Any) -> Person:
    """Change somebody's name, address, phone, language or time zone."""
    changed = _apply(person, changes, OTHERS)
    if "email" in changed:
        # Who reads the new address has yet to prove it, and whoever was signed in did so with the old one.
        person.email_verified_at = None
        person.save(update_fields=["email_verified_at"])
        forget_sessions(person)
    if changed:
        record(person, PersonEdited, by=by, fields=sorted(changed))
    return person


@action("person.edit_own", permission="own.edit")
def edit_own(person: Person, *, changes: Mapping[str, Any], by: Any) -> Person:
    """Change one's own name, phone, language, time zone, theme and keyboard shortcuts."""
    changed = _apply(person, changes, OWN)
    if changed:
        record(person, PersonEdited, by=by, fields=sorted(changed))
    return person


def _apply(person: Person, changes: Mapping[str, Any], allowed: frozenset[str]) -> set[str]:
    unknown = set(changes) - allowed
    if unknown:
        raise Refused(_("These cannot be changed here: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    clean = {name: _clean(person, name, value) for name, value in changes.items()}
    changed = {name for name, value in clean.items() if getattr(person, name) != value}
    for name in changed:
        setattr(person, name, clean[name])
    if changed:
        person.save(update_fields=sorted(changed))
    return changed


def _clean(person: Person, name: str, value: Any) -> Any:
    if name == "shortcuts":
        return bool(value)
    text = " ".join(str(value or "").split())
    if name == "email":
        return _address(person, text)
    if name == "language" and text and text not in dict(settings.LANGUAGES):
        raise Refused(_("%(language)s is not one of the languages.") % {"language": text})
    if name == "time_zone" and text and text not in available_timezones():
        raise Refused(_("%(zone)s is not a time zone.") % {"zone": text})
    if name == "theme" and text not in Theme.values:
        raise Refused(_("%(theme)s is not a theme.") % {"theme": text})
    return text[: getattr(Person._meta.get_field(name), "max_length", None)]


def _address(person: Person, text: str) -> str | None:
    address = address_of(text)
    if address is None:
        return None
    if not is_address(address):
        raise Refused(_("%(address)s is not an e-mail address.") % {"address": address[:80]})
    if Person.objects.filter(email=address).exclude(pk=person.pk).exists():
        raise Refused(_("There is an account with this e-mail address already."))
    return address
