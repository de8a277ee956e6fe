"""A connection to a mailbox that cannot hold us for ever, nor lead us where we must not go."""

from __future__ import annotations

import imaplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, LoginError
from imapclient.imap4 import IMAP4WithTimeout

from firstline.channels.email.actions.receive import LARGEST
from firstline.channels.email.models import Mailbox, Security
from firstline.core.outbound import Unreachable
from firstline.core.outbound.target import Target, resolve
from firstline.core.preferences.secrecy import CannotOpen

SILENCE = 30  # seconds a server may say nothing
LONGEST_TALK = 60  # seconds for everything but the download of a mail, for which its size counts, too
SLOWEST = 1024  # bytes a second


class _Wire(IMAP4WithTimeout):  # type: ignore[misc]  # imapclient has no types
    """Connects to the address that was looked up and allowed, and reads no more at once than a mail may have."""

    def __init__(self, mailbox: Mailbox, address: str, context: ssl.SSLContext | None) -> None:
        self._mailbox = mailbox
        self._address = address
        self._context = context
        super().__init__(mailbox.host, mailbox.port, SILENCE)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        plain = socket.create_connection((self._address, self._mailbox.port), timeout or SILENCE)
        if self._context is None:
            return plain
        try:
            return self._context.wrap_socket(plain, server_hostname=self._mailbox.host)
        except BaseException:
            plain.close()
            raise

    def read(self, size: int) -> bytes:
        if size > LARGEST + 1024:
            raise self.abort(f"{size} bytes were announced, more than a mail may have")
        content: bytes = super().read(size)
        if len(content) < size:
            raise self.abort("the connection ended in the middle of a mail")
        return content


class Connection(IMAPClient):  # type: ignore[misc]  # imapclient has no types
    """An IMAP connection with a deadline."""

    def __init__(self, mailbox: Mailbox, address: str) -> None:
        self._mailbox = mailbox
        self._address = address
        self._timer: threading.Timer | None = None
        self.is_late = False
        is_tls = mailbox.security == Security.TLS
        super().__init__(
            mailbox.host, mailbox.port, ssl=is_tls, timeout=SocketTimeout(SILENCE, SILENCE),
            ssl_context=ssl.create_default_context() if is_tls else None,
        )  # fmt: skip

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 -- imapclient's name
        return _Wire(self._mailbox, self._address, self.ssl_context)

    def must_end_within(self, seconds: float) -> None:
        """End the connection unless told otherwise by then: a byte now and then keeps no thread busy for days."""
        self.rest()
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _cut(self) -> None:
        self.is_late = True
        with suppress(OSError):
            self.socket().shutdown(socket.SHUT_RDWR)


@contextmanager
def connected(mailbox: Mailbox) -> Iterator[Connection]:
    """A connection, signed in. There is no way back from STARTTLS to plain text."""
    password = mailbox.password()
    target = Target("imap", mailbox.host, mailbox.port, "/")
    addresses = resolve(target, seconds=10, allowed=settings.OUTBOUND_ALLOWED)
    server = Connection(mailbox, addresses[0])
    try:
        server.must_end_within(LONGEST_TALK)
        if mailbox.security == Security.STARTTLS:
            server.starttls(ssl.create_default_context())
        server.login(mailbox.user, password)
        yield server
        server.must_end_within(5)
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()
    finally:
        server.rest()
        with suppress(OSError, imaplib.IMAP4.error):
            server.shutdown()


def sentence(error: BaseException) -> str:
    """What went wrong, for the person who set the mailbox up."""
    match error:
        case Unreachable() | CannotOpen():
            return str(error)
        case LoginError():
            return _("The server did not accept the user or the password. It said: %(words)s") % {"words": _said(error)}
        case CapabilityError():
            return _("The server does not offer STARTTLS. Choose TLS from the start, or ask who runs it.")
        case ssl.SSLCertVerificationError():
            return _("The certificate of the server is not trusted: %(words)s") % {"words": error.verify_message}
        case ssl.SSLError():
            return _("The server speaks no TLS on this port. Check the port and the encryption.")
        case TimeoutError():
            return _("The server did not answer in time.")
        case ConnectionRefusedError():
            return _("No server answers on this port.")
        case imaplib.IMAP4.abort():
            return _("The connection broke off: %(words)s") % {"words": _said(error)}
        case imaplib.IMAP4.error():
            return _("The server refused: %(words)s") % {"words": _said(error)}
        case OSError():
            return _("The server cannot be reached: %(words)s") % {"words": error.strerror or type(error).__name__}
    return _("Something unexpected went wrong (%(words)s). The log has more.") % {"words": type(error).__name__}


def _said(error: Any) -> str:
    words = error.args[0] if error.args else ""
    return (words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words))[:300]
