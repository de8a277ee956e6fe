"""Good mails, and such as have brought other desks down (TRUST B1 to B7)."""

from __future__ import annotations

import base64
from collections.abc import Iterator

KINDS = 8  # of poison


def good(key: str) -> bytes:
    """The subject is the key, so that the ticket can be told by it; each has a sender of its own."""
    return (
        f"From: Somebody <{key}@drill.example>\r\nTo: help@firstline.example\r\nSubject: {key}\r\n"
        f"Message-ID: <{key}@drill.example>\r\nDate: Mon, 01 Jun 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\nThe printer of {key} is on fire.\r\n"
    ).encode()


def large(key: str) -> bytes:
    """Thirty million letters: to read them takes several times as much memory (B12)."""
    return (
        f"From: l-{key}@drill.example\r\nSubject: {key}\r\nMessage-ID: <{key}@drill.example>\r\n"
        "Content-Type: text/plain; charset=utf-16\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    ).encode() + base64.encodebytes(b"a" * 30_000_000).replace(b"\n", b"\r\n")


def poison(key: str, number: int) -> bytes:
    """One of the kinds below, one after the other."""
    kinds = list(_kinds(key))
    return kinds[number % len(kinds)]


def _kinds(key: str) -> Iterator[bytes]:
    head = f"From: p-{key}@drill.example\r\nSubject: {key}\r\nMessage-ID: <{key}@drill.example>\r\n".encode()
    plain = b"Content-Type: text/plain\r\n\r\nx\r\n"
    yield head + b"To: " + b"(" * 4_000 + b"\r\n" + plain  # B1: RecursionError in the standard library
    yield head + _nested(1_500)  # B2
    yield head + _many_parts(5_000)  # B3
    yield head + b"To: " + b", ".join(b"a%d@x.example" % n for n in range(5_000)) + b"\r\n" + plain  # B3
    yield head + b'Content-Type: text/plain; charset="no-such-thing"\r\n\r\n\xff\xfe\x00\r\n'  # B4
    yield (
        f"From: p-{key}@drill.example\r\nSubject: =?utf-8?q?{key}=0D=0ABcc:_evil@x.example?=\r\n".encode() + plain
    )  # B5
    yield head + b"X: " + b"a" * 70_000 + b"\r\n" + plain + b"\x00" * 1_000  # B6
    yield head + b"Date: 99 Foo 99999 99:99:99 +9999\r\n" + plain  # B7


def _nested(depth: int) -> bytes:
    opened = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth))
    return opened + b"Content-Type: text/plain\r\n\r\nx\r\n"


def _many_parts(count: int) -> bytes:
    part = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    return b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + part * count + b"--b--\r\n"
