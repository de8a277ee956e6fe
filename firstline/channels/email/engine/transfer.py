"""Undo content transfer encodings, however badly they were applied."""

from __future__ import annotations

import base64
import binascii
import re

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_IDENTITY = {"", "7bit", "8bit", "binary", "7-bit", "8-bit", "plain", "none", "7bits", "8bits"}


def decode(body: bytes, encoding: str) -> tuple[bytes, str]:
    """Return the decoded bytes and a problem sentence (or an empty string)."""
    encoding = re.split(r"[\s;,]", encoding.strip().strip("\"'").lower(), maxsplit=1)[0]
    if encoding in _IDENTITY:
        return body, ""
    if encoding in ("base64", "base-64", "b64"):
        return from_base64(body)
    if encoding in ("quoted-printable", "quoted", "qp", "quotedprintable"):
        return from_quoted_printable(body), ""
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        found = find_uuencoded(body)
        return (found[0][1], "") if found else (body, "A part said it was uuencoded and is not.")
    return body, f"The transfer encoding “{encoding[:40]}” is unknown; the part is kept as it came."


def from_base64(body: bytes) -> tuple[bytes, str]:
    """Decode what can be decoded; characters outside the alphabet are skipped (RFC 2045, 6.8)."""
    # Text that a list or a scanner appended behind the padding is not data.
    data, padded, behind = body.partition(b"=")
    clean = _NOT_BASE64.sub(b"", data)
    if padded and len(_NOT_BASE64.sub(b"", behind)) > 3:
        more = _several_blocks(body)
        if more is not None:
            return more, ""
    rest = len(clean) % 4
    problem = ""
    if rest == 1:
        clean, rest, problem = clean[:-1], 0, "A base64 part is cut short."
    try:
        return base64.b64decode(clean + b"=" * (-len(clean) % 4)), problem
    except (binascii.Error, ValueError):
        return body, "A base64 part cannot be decoded and is kept as it came."


def _several_blocks(body: bytes) -> bytes | None:
    """Some senders pad every line or chunk: decode chunk after chunk."""
    out = bytearray()
    for chunk in re.findall(rb"[A-Za-z0-9+/]+={0,2}", re.sub(rb"\s+", b"", body)):
        if len(chunk) % 4:
            return None
        try:
            out += base64.b64decode(chunk)
        except (binascii.Error, ValueError):
            return None
    return bytes(out)


def from_quoted_printable(body: bytes) -> bytes:
    """Decode; a soft line break with blanks behind it (many gateways) is still one."""
    return binascii.a2b_qp(re.sub(rb"=[ \t]+(?=\r?\n)", b"=", body))


_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,200})\r?$", re.MULTILINE)


def find_uuencoded(body: bytes) -> list[tuple[bytes, bytes, int, int]]:
    """Find `begin 644 name … end` blocks: name, content, start and end offset of each."""
    found: list[tuple[bytes, bytes, int, int]] = []
    position = 0
    while len(found) < 100:
        start = _BEGIN.search(body, position)
        if start is None:
            break
        content = bytearray()
        cursor = start.end() + 1
        finished = False
        while cursor < len(body):
            line_end = body.find(b"\n", cursor)
            line_end = len(body) if line_end < 0 else line_end
            line = body[cursor:line_end].rstrip(b"\r\n")
            cursor = line_end + 1
            if line.strip() == b"end":
                finished = True
                break
            decoded = _uu_line(line)
            if decoded is None:
                break
            content += decoded
        if finished and content:
            found.append((start.group(1), bytes(content), start.start(), min(cursor, len(body))))
        position = max(cursor, start.end())
    return found


def _uu_line(line: bytes) -> bytes | None:
    if not line or line in (b"`", b" "):
        return b""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Old encoders miscount the padding; take the bytes that the length character promises (as stdlib's uu did).
        promised = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(line[: promised + 1])
        except binascii.Error:
            return None
