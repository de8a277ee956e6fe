"""Our own mail listener: SMTP and LMTP. A mail is acknowledged when it is stored durably, not before."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import close_old_connections

from firstline.channels.email import rules
from firstline.channels.email.actions.receive import LARGEST, receive
from firstline.core.actions import Refused

log = structlog.get_logger()


class Desk:
    """What the listener asks us: is this address ours, and will you keep this mail?"""

    def __init__(self, way: str) -> None:
        self.way = way

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not (rules.takes_everything() or rules.is_ours(address)):
            return "550 5.1.1 This desk does not take mail for that address"
        if len(envelope.rcpt_tos) >= 100:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 -- as above
        try:
            await asyncio.to_thread(self._keep, envelope)
        except Refused as error:
            log.warning("mail refused", reason=str(error))
            return "452 4.3.1 There is no room for this mail now, please try again later"
        except Exception:
            log.exception("mail not stored")
            return "451 4.3.0 The mail could not be stored, please try again later"
        return "250 2.0.0 OK, stored"

    def _keep(self, envelope: Envelope) -> None:
        close_old_connections()
        content = envelope.original_content or envelope.content or b""
        receive(
            content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape"),
            way=self.way,
            envelope_from=envelope.mail_from or "",
            envelope_to=list(envelope.rcpt_tos),
        )


class Listener(Controller):
    """The listener in its own thread; `lmtp` speaks RFC 2033 instead."""

    def __init__(self, host: str, port: int, *, lmtp: bool = False) -> None:
        self._protocol = LMTP if lmtp else SMTP
        super().__init__(Desk("lmtp" if lmtp else "smtp"), hostname=host, port=port, ready_timeout=15)

    def factory(self) -> Any:
        return self._protocol(
            self.handler, data_size_limit=LARGEST, enable_SMTPUTF8=True, ident="Firstline", hostname=rules.domain(),
            timeout=120,
        )  # fmt: skip
