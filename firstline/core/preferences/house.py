"""The settings every organisation has. Rooms declare further ones of their own, in their fields.py."""

from __future__ import annotations

import re
from zoneinfo import available_timezones

from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from .declaring import Preference, Section, Words, Wrong, declare, declare_section
from .reading import is_set

_DOMAIN = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+")


def _languages() -> list[tuple[str, Words]]:
    return list(settings.LANGUAGES)


def _time_zones() -> list[tuple[str, Words]]:
    return [(name, name) for name in sorted(available_timezones()) if "/" in name or name == "UTC"]


def _is_domain(value: str) -> None:
    if value and not _DOMAIN.fullmatch(value.lower()):
        raise Wrong(_("“%(value)s” is not a domain. Enter it like help.example.org.") % {"value": value})


declare_section(Section("organisation", gettext_lazy("Organisation"), icon="home"))
declare_section(Section("appearance", gettext_lazy("Appearance"), icon="settings"))
declare_section(Section("outgoing-mail", gettext_lazy("Outgoing mail"), icon="outbox"))
declare_section(Section("tickets", gettext_lazy("Tickets"), icon="queue"))

ORGANISATION_NAME = declare(
    Preference(
        "organisation.name", str, default="Firstline", required=True, section="organisation",
        label=gettext_lazy("Name of the organisation"),
        help=gettext_lazy("Shown in the portal and in mails."),
    )
)  # fmt: skip
LANGUAGE = declare(
    Preference(
        "organisation.language", str, default="en", section="organisation", choices=_languages,
        label=gettext_lazy("Language"),
        help=gettext_lazy("For people who have not chosen one, and for mails to people we do not know."),
    )
)  # fmt: skip
TIME_ZONE = declare(
    Preference(
        "organisation.time_zone", str, default="UTC", section="organisation", choices=_time_zones,
        label=gettext_lazy("Time zone"),
        help=gettext_lazy("For people who have not chosen one."),
    )
)  # fmt: skip
ACCENT_HUE = declare(
    Preference(
        "appearance.accent_hue", int, default=235, lowest=0, highest=360, section="appearance",
        label=gettext_lazy("Hue of the accent colour"),
        help=gettext_lazy("A number from 0 to 360: 25 is red, 90 yellow, 145 green, 235 blue, 300 violet."),
    )
)  # fmt: skip
MAIL_DOMAIN = declare(
    Preference(
        "mail.domain", str, default="", section="outgoing-mail", check=_is_domain,
        label=gettext_lazy("Domain of our mail addresses"),
        help=gettext_lazy("For reply addresses and message ids, such as help.example.org."),
    )
)  # fmt: skip
REPLY_MARKER = declare(
    Preference(
        "mail.reply_marker", bool, default=False, section="outgoing-mail",
        label=gettext_lazy("Put “Please reply above this line” into mails"),
        help=gettext_lazy("Helps where mail programs quote in unusual ways. Most organisations do not need it."),
    )
)  # fmt: skip
SIGNATURE = declare(
    Preference(
        "mail.signature", str, default="", long=True, section="outgoing-mail",
        label=gettext_lazy("Signature"),
        help=gettext_lazy("Stands under every mail we send. Empty: the name of the organisation."),
    )
)  # fmt: skip
REOPEN_WINDOW_HOURS = declare(
    Preference(
        "tickets.reopen_window_hours", int, default=7 * 24, lowest=0, highest=10_000, section="tickets",
        label=gettext_lazy("Hours in which a reply reopens a resolved ticket"),
        help=gettext_lazy("Later replies open a new ticket that is linked to the old one."),
    )
)  # fmt: skip


def language_of_a_page(own: str) -> str:
    """What a person chose; else what the house chose; else what the browser asks for. A mail has no browser."""
    return own or (LANGUAGE.get() if is_set(LANGUAGE) else "") or get_language() or settings.LANGUAGE_CODE
