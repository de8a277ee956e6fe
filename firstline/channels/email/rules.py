"""Our own addresses, and which of them a mail is written to."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

from django.conf import settings

from firstline.core.database.prepared import Prepared

from .models import Mailbox

_TOKEN = re.compile(r"[a-z2-7]{26}")


def desk_address() -> str:
    """The address people write to."""
    return str(settings.MAIL_ADDRESS)


def domain() -> str:
    return desk_address().rpartition("@")[2]


def reply_address(token: str) -> str:
    """The address at which one person answers one ticket: desk+token@domain."""
    local, _at, where = desk_address().rpartition("@")
    return f"{local}+{token}@{where}"


def token_in(address: str) -> str:
    """The token of one of our reply addresses; empty for any other address."""
    local, _at, where = address.strip().lower().rpartition("@")
    ours, _at, our_domain = desk_address().lower().rpartition("@")
    name, _plus, token = local.partition("+")
    if where != our_domain or name != ours or not _TOKEN.fullmatch(token):
        return ""
    return token


def is_ours(address: str) -> bool:
    """Whether mail to this address is for us."""
    address = address.strip().lower()
    return address == desk_address().lower() or bool(token_in(address)) or address in our_addresses()


_mailboxes = Prepared(lambda: Mailbox.objects.order_by().values_list("address", flat=True))  # asked four times a mail


def our_addresses() -> frozenset[str]:
    """The desk's address and those of its mailboxes, in lower case."""
    named = {desk_address(), *settings.MAIL_ALIASES, *_mailboxes()}
    return frozenset(address.lower() for address in named)


def new_message_id() -> str:
    """Unguessable: whoever knows it has read our mail."""
    return f"<{secrets.token_hex(16)}@{domain()}>"


def installation_id() -> str:
    """What our mails carry, so that we know them when they come back: the same for ever, and telling nothing."""
    return hmac.new(settings.SECRET_KEY.encode(), b"mail loop", hashlib.sha256).hexdigest()[:32]


def trusted_server() -> str:
    """The name our own mail server signs its Authentication-Results with; empty: nobody vouches for senders."""
    return str(settings.MAIL_TRUSTED_SERVER)


def takes_everything() -> bool:
    """In the demo every address is ours, so that any mail one sends by hand arrives."""
    return bool(settings.DEMO)
