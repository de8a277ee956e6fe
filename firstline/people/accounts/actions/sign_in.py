"""What the sign-in machinery reports. Never called by anybody but Firstline itself."""

from __future__ import annotations

from typing import Any

from firstline.core import clock
from firstline.core.actions import action
from firstline.core.events.record import record
from firstline.people.accounts.events import EmailVerified, PasswordChanged, PersonEdited, SecondFactorChanged, SignedIn
from firstline.people.accounts.models import Person

from .end_sessions import forget_sessions


@action("person.verify_email", permission="person.edit")
def verify_email(person: Person, *, by: Any) -> Person:
    """Note that somebody has proven to read the mail of their address."""
    if person.email and not person.email_verified_at:
        person.email_verified_at = clock.now()
        person.save(update_fields=["email_verified_at"])
        record(person, EmailVerified, by=by)
    return person


@action("person.note_sign_in", permission="system")
def note_sign_in(person: Person, *, methods: list[str], by: Any) -> None:
    """Note a sign-in."""
    record(person, SignedIn, by=by, methods=methods)


@action("person.note_email_change", permission="system")
def note_email_change(person: Person, *, by: Any) -> None:
    """Note that somebody has moved to an address they have proven to read."""
    person.email_verified_at = clock.now()
    person.save(update_fields=["email_verified_at"])
    record(person, PersonEdited, by=by, fields=["email"])


@action("person.note_password_change", permission="system")
def note_password_change(person: Person, *, keep_session: str | None = None, by: Any) -> None:
    """Note a new password, and end all other sessions."""
    forget_sessions(person, except_key=keep_session)
    record(person, PasswordChanged, by=by)


@action("person.note_second_factor", permission="system")
def note_second_factor(person: Person, *, change: str, factor: str, keep_session: str | None = None, by: Any) -> None:
    """Note a changed second step, and end all other sessions."""
    forget_sessions(person, except_key=keep_session)
    record(person, SecondFactorChanged, by=by, change=change, type=factor)
