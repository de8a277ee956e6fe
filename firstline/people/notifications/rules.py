"""Which chats may be written to, and how: Apprise knows their languages, core/outbound alone opens connections.

Apprise can also run programs, write to local buses and speak other protocols than HTTP. So only the services named here
exist for us, and whatever one of them asks for goes through core/outbound: one look-up, public addresses only, no
redirects, a deadline.
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import Any

from django.utils.translation import gettext as _

from firstline.core import outbound
from firstline.core.outbound.diverted import diverted

# Scheme: module and class in Apprise, and the name people know. All of them speak HTTP and nothing else.
SERVICES: dict[str, tuple[str, str, str]] = {
    "slack": ("slack", "NotifySlack", "Slack"),
    "workflows": ("workflows", "NotifyWorkflows", "Microsoft Teams"),
    "tgram": ("telegram", "NotifyTelegram", "Telegram"),
    "discord": ("discord", "NotifyDiscord", "Discord"),
    "gchat": ("google_chat", "NotifyGoogleChat", "Google Chat"),
    "mmost": ("mattermost", "NotifyMattermost", "Mattermost"),
    "mmosts": ("mattermost", "NotifyMattermost", "Mattermost"),
    "rocket": ("rocketchat", "NotifyRocketChat", "Rocket.Chat"),
    "rockets": ("rocketchat", "NotifyRocketChat", "Rocket.Chat"),
    "webex": ("webexteams", "NotifyWebexTeams", "Webex"),
    "zulip": ("zulip", "NotifyZulip", "Zulip"),
    "twilio": ("twilio", "NotifyTwilio", "SMS (Twilio)"),
    "vonage": ("vonage", "NotifyVonage", "SMS (Vonage)"),
    "msgbird": ("messagebird", "NotifyMessageBird", "SMS (MessageBird)"),
    "whatsapp": ("whatsapp", "NotifyWhatsApp", "WhatsApp"),
    "threema": ("threema", "NotifyThreema", "Threema"),
    "pover": ("pushover", "NotifyPushover", "Pushover"),
    "ntfy": ("ntfy", "NotifyNtfy", "ntfy"),
    "ntfys": ("ntfy", "NotifyNtfy", "ntfy"),
    "gotify": ("gotify", "NotifyGotify", "Gotify"),
    "gotifys": ("gotify", "NotifyGotify", "Gotify"),
    "lark": ("lark", "NotifyLark", "Lark"),
    "json": ("custom_json", "NotifyJSON", "JSON"),
    "jsons": ("custom_json", "NotifyJSON", "JSON"),
}
LONGEST = 2000  # characters of an address


class NoChat(ValueError):
    """This is no address of a chat we know; the message is a sentence for the person who entered it."""


class NotTold(Exception):
    """The chat did not take it. `is_final`: trying again does not help."""

    def __init__(self, words: str, *, is_final: bool = False) -> None:
        super().__init__(words)
        self.is_final = is_final


def service_of(address: str) -> str:
    """The name of the chat service an address belongs to; NoChat if it is not one, or not complete."""
    _plugin(address)
    return SERVICES[_scheme(address)][2]


def say(address: str, title: str, body: str) -> None:
    """Write into a chat, through core/outbound. NotTold with a sentence if it did not arrive."""
    plugin = _plugin(address)
    with diverted() as troubles:
        try:
            is_told = plugin.notify(title=title, body=body)
        except (TypeError, ValueError) as error:
            raise NotTold(str(error), is_final=True) from error
    if troubles:
        raise NotTold(str(troubles[0])[:300], is_final=isinstance(troubles[0], outbound.Forbidden))
    if not is_told:
        raise NotTold(_("The chat did not take the message. Are the address and its tokens right?"))


def _scheme(address: str) -> str:
    return address.partition("://")[0].strip().lower()


def _plugin(address: str) -> Any:
    scheme = _scheme(address)
    if scheme not in SERVICES or len(address) > LONGEST:
        known = ", ".join(sorted(f"{name}://" for name in SERVICES))
        raise NoChat(_("This is no address of a chat we know. They begin with one of: %(known)s") % {"known": known})
    # Loads only this one service: all of Apprise takes seconds.
    module, name, _label = SERVICES[scheme]
    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it would log addresses with their tokens
    try:
        service = getattr(import_module(f"apprise.plugins.{module}"), name)
        asset = import_module("apprise").AppriseAsset(async_mode=False)
        return service(**service.parse_url(address.strip()), asset=asset)
    except (TypeError, ValueError, AttributeError) as error:
        raise NoChat(_("This address is not complete. See how %(service)s wants it at appriseit.com.") % {
            "service": SERVICES[scheme][2]
        }) from error  # fmt: skip
