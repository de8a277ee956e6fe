"""Header fields: find them, unfold them, decode their words and parameters (RFC 5322, 2047, 2231)."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

from firstline.channels.email.engine import charset
from firstline.channels.email.engine.limits import Limits
from firstline.channels.email.engine.text import clean_line

_FIELD = re.compile(rb"([\x21-\x39\x3b-\x7e]{1,200})[ \t]*:(.*)", re.DOTALL)
_TELLING = re.compile(
    rb"(?i)(received|from|to|cc|subject|date|message-id|mime-version|content-[a-z-]+|return-path|reply-to"
    rb"|delivered-to|sender|x-[a-z0-9-]+|in-reply-to|references|precedence|auto-submitted)[ \t]*:"
)
_LINE_END = re.compile(rb"\r\n|\n|\r")


class Headers:
    """The fields of one entity in order; values are unfolded raw bytes."""

    def __init__(self, fields: list[tuple[str, bytes]]) -> None:
        self.fields = fields

    def all(self, name: str) -> list[bytes]:
        name = name.lower()
        return [value for key, value in self.fields if key == name]

    def raw(self, name: str) -> bytes:
        found = self.all(name)
        return found[0] if found else b""

    def has(self, name: str) -> bool:
        return bool(self.all(name))

    def text(self, name: str, *, hint: str = "") -> str:
        """The decoded first value, on one line."""
        return clean_line(decode_words(to_text(self.raw(name), hint=hint)))


def split_head(raw: bytes, start: int, end: int, limits: Limits, problems: list[str]) -> tuple[Headers, int]:
    """Read the fields of the entity in raw[start:end]; returns them and the offset of its body."""
    fields: list[tuple[str, bytearray]] = []
    position = start
    first = True
    most = start + limits.header_bytes * 16
    goes_on_at = -1
    while position < end:
        line, following = _line_at(raw, position, end)
        if not line.strip(b" \t"):
            position = following
            if first and not fields and line == b"" and _telling_line(raw, following, end):
                continue  # blank lines before the first field
            break
        if position > most and line.startswith((b" ", b"\t")):
            pass
        elif line.startswith((b" ", b"\t")) and fields:
            _extend(fields[-1][1], line, limits, problems)
        else:
            field = _FIELD.match(line)
            if field:
                if position > most or len(fields) >= limits.headers:
                    _once(problems, f"The message has more than {limits.headers} header fields; the rest is ignored.")
                else:
                    value = bytearray(field.group(2)[: limits.header_bytes])
                    fields.append((field.group(1).decode("ascii").lower(), value))
            elif first and line.startswith((b"From ", b">From ")):
                pass  # the envelope line of an mbox file
            elif following <= goes_on_at or (goes_on_at := _next_field(raw, following, end)) >= 0:
                _once(problems, "A line between the header fields is not a header field.")
                if fields:
                    _extend(fields[-1][1], b" " + line, limits, problems)
            else:
                _once(problems, "There is no blank line between header and body.")
                break
        first = False
        position = following
    return Headers([(name, bytes(value)) for name, value in fields]), position


def _line_at(raw: bytes, position: int, end: int) -> tuple[bytes, int]:
    found = _LINE_END.search(raw, position, end)
    if found is None:
        return raw[position:end], end
    return raw[position : found.start()], found.end()


def _extend(value: bytearray, line: bytes, limits: Limits, problems: list[str]) -> None:
    if len(value) + len(line) > limits.header_bytes:
        _once(problems, f"A header field is longer than {limits.header_bytes} bytes and is cut.")
    else:
        value += b" " + line.lstrip(b" \t")


def _telling_line(raw: bytes, position: int, end: int) -> bool:
    return bool(_TELLING.match(raw, position, min(end, position + 200)))


def _next_field(raw: bytes, position: int, end: int) -> int:
    """Where the next real header field begins, if one comes before a blank line; else -1."""
    for _ in range(80):
        start = position
        line, position = _line_at(raw, position, end)
        if not line.strip():
            return -1
        if _TELLING.match(line):
            return start
    return -1


def _once(problems: list[str], sentence: str) -> None:
    if sentence not in problems:
        problems.append(sentence)


def to_text(value: bytes, *, hint: str = "") -> str:
    """Raw header bytes to text; unencoded 8-bit letters are UTF-8, or the body's charset, or Windows."""
    if value.isascii() and b"\x1b$" not in value:
        return value.decode("ascii")
    if hint and hint not in ("us-ascii", "utf-8"):
        try:
            return value.decode("utf-8")
        except UnicodeError:
            return charset.decode(value, hint)[0]
    return charset.guess(value) if b"\x1b$" not in value else charset.decode(value, "iso-2022-jp")[0]


# The text may hold blanks and even raw letters: many senders forget to encode them.
WORD = re.compile(r"=\?([A-Za-z0-9][^?\s\"<>]{0,59})\?([BbQq])\?([^?]*+(?:\?(?!=)[^?]*+)*+)\?=")


def decode_words(text: str) -> str:
    """Decode RFC 2047 words. Neighbours in one charset are joined first: senders cut letters in two."""
    if "=?" not in text:
        return text
    pieces: list[str] = []
    pending = bytearray()
    pending_charset = ""
    position = 0

    def flush() -> None:
        if pending:
            pieces.append(charset.decode(bytes(pending), pending_charset)[0])
            pending.clear()

    for word in WORD.finditer(text):
        between = text[position : word.start()]
        label = charset.tidy(word.group(1).partition("*")[0])
        data = _word_bytes(word.group(2), word.group(3), label)
        if data is None:
            continue
        if between.strip(" \t\r\n") or position == 0:
            flush()
            pieces.append(between)
        if label != pending_charset or label in ("iso-2022-jp", "utf-7"):
            flush()
        pending_charset = label
        pending += data
        position = word.end()
    flush()
    pieces.append(text[position:])
    return "".join(pieces)


def _word_bytes(encoding: str, text: str, label: str) -> bytes | None:
    raw = charset.encode(text, label)
    if encoding in "Bb":
        clean = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
        if len(clean) % 4 == 1:
            clean = clean[:-1]
        try:
            return base64.b64decode(clean + b"=" * (-len(clean) % 4))
        except (binascii.Error, ValueError):
            return None
    return re.sub(rb"=([0-9A-Fa-f]{2})", lambda found: bytes([int(found.group(1), 16)]), raw.replace(b"_", b" "))


_PARAMETER = re.compile(
    r"""[;\s]*+([A-Za-z0-9_!\#$&^`{|}~.+-]{1,60}(?:\*\d{1,3})?\*?)\s*+=\s*+
        (?:"((?:[^"\\]|\\.)*+)(?:"|$)|([^;]*+))""",
    re.VERBOSE | re.DOTALL,
)


def split_parameters(value: str) -> tuple[str, dict[str, str]]:
    """`text/plain; charset=x; name*0*=…` → the lower-case value and its decoded parameters (RFC 2231)."""
    main, _, rest = value.partition(";")
    main = re.split(r"[\s,]", main.strip().strip("\"'").lower(), maxsplit=1)[0]
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    position = 0
    for _ in range(100):
        found = _PARAMETER.match(rest, position)
        if found is None:
            following = rest.find(";", position + 1)
            if following < 0:
                break
            position = following
            continue
        position = max(found.end(), position + 1)
        key = found.group(1).lower()
        quoted = found.group(2)
        content = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else found.group(3).strip().strip("'\"")
        if quoted is not None and "\\" in quoted and re.match(r"[A-Za-z]:\\", quoted):
            content = quoted  # a Windows path, not escapes
        name, star, tail = key.partition("*")
        if not star:
            plain.setdefault(name, content)
        else:
            number = tail.rstrip("*")
            pieces.setdefault(name, {})[int(number) if number.isdigit() else 0] = (
                content,
                tail.endswith("*") or not tail,
            )
    for name, parts in pieces.items():
        plain[name] = _join_pieces(parts)
    return main, plain


def _join_pieces(parts: dict[int, tuple[str, bool]]) -> str:
    label = ""
    raw = bytearray()
    for number in sorted(parts):
        content, is_encoded = parts[number]
        if is_encoded:
            if number == min(parts) and content.count("'") >= 2:
                label, _, content = content.split("'", 2)
            raw += unquote_to_bytes(content)
        else:
            raw += content.encode("utf-8", "surrogatepass")
    return charset.decode(bytes(raw), label or "utf-8")[0]
