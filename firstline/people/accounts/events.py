"""What happens to people and their accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.core.events import Audience, EventKind

if TYPE_CHECKING:
    from firstline.core.events.models import Event

FIELDS = {
    "name": gettext_lazy("name"),
    "email": gettext_lazy("e-mail"),
    "phone": gettext_lazy("phone"),
    "language": gettext_lazy("language"),
    "time_zone": gettext_lazy("time zone"),
    "theme": gettext_lazy("theme"),
    "shortcuts": gettext_lazy("keyboard shortcuts"),
}


class PersonOpened(EventKind):
    key = "person.opened"
    noun = "person"
    icon = "person"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("opened the account")


class PersonEdited(EventKind):
    """Facts: `fields`, the names of what changed. The values themselves are personal and stay out."""

    key = "person.edited"
    noun = "person"
    icon = "edit"

    @classmethod
    def describe(cls, event: Event) -> str:
        names = ", ".join(str(FIELDS.get(name, name)) for name in event.facts.get("fields", []))
        return _("changed %(fields)s") % {"fields": names}


class EmailVerified(EventKind):
    key = "person.email_verified"
    noun = "person"
    icon = "check"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("proved to read the e-mail address")


class PersonDeactivated(EventKind):
    key = "person.deactivated"
    noun = "person"
    icon = "lock"
    personal: ClassVar[tuple[str, ...]] = ("reason",)

    @classmethod
    def describe(cls, event: Event) -> str:
        reason = event.facts.get("reason")
        if reason:
            return _("deactivated the account: %(reason)s") % {"reason": reason}
        return _("deactivated the account")


class PersonReactivated(EventKind):
    key = "person.reactivated"
    noun = "person"
    icon = "check"

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("reactivated the account")


class SignedIn(EventKind):
    """Facts: `methods`, how: password, code, mfa."""

    key = "person.signed_in"
    noun = "person"
    icon = "person"
    audience = Audience.AUDIT

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("signed in")


class PasswordChanged(EventKind):
    key = "person.password_changed"
    noun = "person"
    icon = "lock"
    audience = Audience.AUDIT

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("changed the password")


class SecondFactorChanged(EventKind):
    """Facts: `change` is added, removed or renewed; `type` is totp or recovery_codes."""

    key = "person.second_factor_changed"
    noun = "person"
    icon = "lock"
    audience = Audience.AUDIT

    @classmethod
    def describe(cls, event: Event) -> str:
        if event.facts.get("type") == "recovery_codes":
            return _("made new recovery codes")
        if event.facts.get("change") == "removed":
            return _("turned the second step at sign-in off")
        return _("turned the second step at sign-in on")


class SessionsEnded(EventKind):
    """Facts: `count`, how many."""

    key = "person.sessions_ended"
    noun = "person"
    icon = "sign-out"
    audience = Audience.AUDIT

    @classmethod
    def describe(cls, event: Event) -> str:
        return _("ended %(count)s sessions") % {"count": event.facts.get("count", 0)}
