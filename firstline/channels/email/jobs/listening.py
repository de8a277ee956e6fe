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
        if not await asyncio.to_thread(self._is_ours, address):
            return "550 5.1.1 This desk does not take mail for that address"
        if len(envelope.rcpt_tos) >= 100:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_exception(self, error: Exception) -> str:
        log.error("mail conversation failed", exc_info=error)
        return "421 4.3.0 Something went wrong here, please try again later"

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

    def _is_ours(self, address: str) -> bool:
        close_old_connections()
        return rules.takes_everything() or rules.is_ours(address)

    def _keep(self, envelope: Envelope) -> None:
        close_old_connections()
        content = envelope.original_content or envelope.content or b""
        receive(
            content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape"),
            way=self.way,
            envelope_from=envelope.mail_from or "",
            envelope_to=list(envelope.rcpt_tos),
        )


class Speaking(SMTP):
    """SMTP that takes the long lines of real mail, and holds no more in memory than one mail may have."""

    line_length_limit = 64 * 1024  # bytes read at once; a longer line comes in pieces

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 -- aiosmtpd's name
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return
        envelope = self.envelope
        if envelope is None or not envelope.rcpt_tos:
            await self.push("503 5.5.1 First say RCPT TO")
            return
        if arg:
            await self.push("501 5.5.4 DATA takes no words")
            return
        await self.push("354 End the mail with a line that holds nothing but a dot")
        content = await self._content()
        if content is None:
            status = (
                f"552 5.3.4 The mail is larger than {LARGEST // 1024**2} MB. Please send a link to the file instead"
            )
        else:
            envelope.content = envelope.original_content = content
            status = await self._call_handler_hook("DATA")
        # LMTP wants one answer for each recipient (RFC 2033, 4.2).
        answers = len(envelope.rcpt_tos) if isinstance(self, LMTP) else 1
        self._set_post_data_state()  # type: ignore[no-untyped-call]  # aiosmtpd types half
        await self.push("\r\n".join([status] * answers))

    async def _content(self) -> bytes | None:
        """The mail up to the lone dot; None if it was too large. Only CR LF . CR LF ends it: a bare LF does not."""
        content, size, begins_line = bytearray(), 0, True
        while True:
            try:
                piece = await self._reader.readuntil(b"\r\n")
                is_whole = True
            except asyncio.LimitOverrunError as error:
                piece = await self._reader.readexactly(max(1, error.consumed))
                is_whole = False
            if begins_line and is_whole and piece == b".\r\n":
                return bytes(content) if size <= LARGEST else None
            if begins_line and piece.startswith(b"."):
                piece = piece[1:]
            begins_line = is_whole
            size += len(piece)
            if size <= LARGEST:
                content += piece
            elif content:
                content = bytearray()
                size = LARGEST + 1


class SpeakingLocally(Speaking, LMTP):
    """The same for LMTP."""


class Listener(Controller):
    """The listener in its own thread; `lmtp` speaks RFC 2033 instead."""

    def __init__(self, host: str, port: int, *, lmtp: bool = False) -> None:
        self._protocol = SpeakingLocally if lmtp else Speaking
        super().__init__(Desk("lmtp" if lmtp else "smtp"), hostname=host, port=port, ready_timeout=15)

    def factory(self) -> Any:
        return self._protocol(
            self.handler, data_size_limit=LARGEST, enable_SMTPUTF8=True, ident="Firstline", hostname=rules.domain(),
            timeout=120,
        )  # fmt: skip
