"""Ask another machine once: no redirects, no proxies of the environment, a deadline, and a bound on the answer."""

from __future__ import annotations

import ssl
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import httpcore2
from django.conf import settings
from django.utils.translation import gettext as _

from .refusals import TooSlow, Unreachable
from .target import Target, read, resolve
from .wire import Deadline, Pinned

SECONDS = 10.0
LARGEST_ANSWER = 64 * 1024  # bytes, unzipped
ZIPPED = frozenset({"gzip", "deflate", "x-gzip"})
OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding"})


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]  # names in small letters
    content: bytes
    is_cut: bool  # there was more than we read

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


def send(
    url: str,
    *,
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
    content: bytes = b"",
    seconds: float = SECONDS,
    largest: int = LARGEST_ANSWER,
) -> Answer:
    """Send one request and read the answer, whatever its status; a redirect is an answer.

    The address is read, resolved once, and every address it has must be public (or allowed by
    FIRSTLINE_OUTBOUND_ALLOWED); the connection goes to that very number, with the certificate checked for the name.
    `seconds` is for everything together. `Forbidden`, `TooSlow`, or `Unreachable` with a sentence.
    """
    allowed = frozenset(name.lower() for name in settings.OUTBOUND_ALLOWED)
    deadline = Deadline(seconds)
    target = read(url, allowed=allowed)
    backend = Pinned(resolve(target, seconds=seconds, allowed=allowed), deadline)
    try:
        with (
            httpcore2.ConnectionPool(
                ssl_context=_tls(), network_backend=backend, max_connections=1, keepalive_expiry=0.0, retries=0
            ) as pool,
            pool.stream(method, target.url, headers=_headers(target, headers), content=content) as response,
        ):
            given = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            body, is_cut = _body(response.iter_stream(), given.get("content-encoding", ""), largest)
            return Answer(response.status, given, body, is_cut)
    except httpcore2.TimeoutException:
        raise TooSlow(_("%(host)s did not answer in time.") % {"host": target.host}) from None
    except httpcore2.LocalProtocolError as error:
        raise ValueError(f"This request cannot be sent: {error}") from error
    except ssl.SSLError as error:
        raise _untrusted(target, error) from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
        cause = error.__cause__ or error.__context__
        if isinstance(cause, ssl.SSLError):
            raise _untrusted(target, cause) from error
        raise Unreachable(_("%(host)s could not be reached.") % {"host": target.host}) from error


@lru_cache(1)
def _tls() -> ssl.SSLContext:
    """Whom this machine trusts."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _headers(target: Target, headers: Mapping[str, str] | None) -> list[tuple[str, str]]:
    given = [(name, value) for name, value in (headers or {}).items() if name.lower() not in OURS]
    for name, value in given:
        if any(letter in f"{name}{value}" for letter in "\r\n\0"):
            raise ValueError(f"The header {name!r} has a line break in it.")
    if not any(name.lower() == "user-agent" for name, _value in given):
        given.append(("User-Agent", "Firstline"))
    return [("Host", target.host_header), ("Accept-Encoding", "identity"), ("Connection", "close"), *given]


def _body(pieces: Iterable[bytes], encoding: str, largest: int) -> tuple[bytes, bool]:
    """At most `largest` bytes. Who zips although not asked is unzipped up to there, and no further."""
    unzip = (
        zlib.decompressobj(zlib.MAX_WBITS | 32) if encoding.strip().lower() in {"gzip", "deflate", "x-gzip"} else None
    )
    body = bytearray()
    for piece in pieces:
        try:
            body += unzip.decompress(piece, largest + 1 - len(body)) if unzip else piece
        except zlib.error as error:
            raise httpcore2.RemoteProtocolError("not zipped") from error
        if len(body) > largest:
            return bytes(body[:largest]), True
    return bytes(body), False


def _untrusted(target: Target, error: ssl.SSLError) -> Unreachable:
    reason = getattr(error, "verify_message", "") or error.reason or ""
    return Unreachable(
        _("The certificate of %(host)s is not trusted. %(reason)s") % {"host": target.host, "reason": reason}
    )
