"""Cut a message into its parts. Own code, because the standard parser recurses until it falls.

Works on offsets into the raw bytes, so nothing is copied before a part is wanted; depth and number of
parts are bounded, and whatever lies deeper stays whole as one part.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from firstline.channels.email.engine import transfer
from firstline.channels.email.engine.headers import Headers, decode_words, split_head, split_parameters, to_text
from firstline.channels.email.engine.limits import Limits


@dataclass(slots=True)
class Part:
    """One entity: its header fields, its type, and either children or a body."""

    headers: Headers
    type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    disposition_parameters: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    children: list[Part] = field(default_factory=list)
    whole: bytes = b""
    is_cut: bool = False

    @property
    def is_multipart(self) -> bool:
        return bool(self.children)

    def content(self, problems: list[str]) -> bytes:
        """The body with its transfer encoding undone."""
        encoding = to_text(self.headers.raw("content-transfer-encoding"))
        content, problem = transfer.decode(self.body, encoding)
        if content is self.body and "binary" not in encoding.lower() and b"\x00" not in content:
            content = content.replace(b"\r\n", b"\n")  # the line ends of text on the wire mean nothing
        if problem and problem not in problems:
            problems.append(problem)
        return content


class _Budget:
    def __init__(self, limits: Limits, problems: list[str]) -> None:
        self.limits = limits
        self.problems = problems
        self.parts = 0

    def spend(self) -> bool:
        self.parts += 1
        return self.parts <= self.limits.parts

    def tell(self, sentence: str) -> None:
        if sentence not in self.problems:
            self.problems.append(sentence)


def read(raw: bytes, limits: Limits, problems: list[str]) -> Part:
    """Read a whole message."""
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")  # classic Mac line ends
    elif raw.count(b"\r\r\n") > 3:
        raw = raw.replace(b"\r\r\n", b"\r\n")  # a gateway doubled them
    return _read_entity(raw, 0, len(raw), 0, "text/plain", _Budget(limits, problems))


def _read_entity(raw: bytes, start: int, end: int, depth: int, default: str, budget: _Budget) -> Part:
    headers, body_start = split_head(raw, start, end, budget.limits, budget.problems)
    part = Part(headers=headers)
    _describe(part, default)
    if part.type.startswith("multipart/"):
        if depth >= budget.limits.depth:
            budget.tell(
                f"The message is nested deeper than {budget.limits.depth} levels; the rest is kept as one file."
            )
            part.type, part.is_cut = "message/rfc822", True
            part.body = raw[start:end]
            return part
        _read_children(part, raw, body_start, end, depth, budget)
        if part.children:
            return part
        encoding = to_text(headers.raw("content-transfer-encoding")).strip().lower()
        if encoding in ("base64", "quoted-printable"):
            decoded, _ = transfer.decode(raw[body_start:end], encoding)
            _read_children(part, decoded, 0, len(decoded), depth, budget)
            if part.children:
                return part
        budget.tell("A multipart holds no parts; it is read as text.")
        part.type = (
            "text/html"
            if re.match(rb"\s*<(!doctype|html)", raw[body_start : body_start + 200], re.IGNORECASE)
            else "text/plain"
        )
    part.body = raw[body_start:end]
    return part


def _describe(part: Part, default: str) -> None:
    values = [to_text(value) for value in part.headers.all("content-type")]
    chosen = next((value for value in values if "/" in value.partition(";")[0]), values[0] if values else "")
    kind, part.parameters = split_parameters(decode_words(chosen) if "=?" in chosen.partition(";")[0] else chosen)
    kind = {"text": "text/plain", "html": "text/html", "": default}.get(kind, kind)
    part.type = kind if re.fullmatch(r"[a-z0-9.+_!#$&^-]{1,80}/[a-z0-9.+_!#$&^-]{1,120}", kind) else default
    if kind and part.type != kind and values:
        part.type = "application/octet-stream" if default != "text/plain" or part.parameters.get("name") else default
    for value in part.headers.all("content-disposition"):
        disposition, parameters = split_parameters(to_text(value))
        if disposition or parameters:
            part.disposition, part.disposition_parameters = disposition, parameters
            break


def _read_children(part: Part, raw: bytes, start: int, end: int, depth: int, budget: _Budget) -> None:
    boundary = part.parameters.get("boundary", "").encode("utf-8", "surrogatepass")
    marks = _delimiters(raw, start, end, boundary, budget.limits.parts + 2) if boundary else []
    if not marks:
        boundary = _likely_boundary(raw, start, end)
        marks = _delimiters(raw, start, end, boundary, budget.limits.parts + 2) if boundary else []
        if marks:
            budget.tell("The boundary of a multipart is missing or wrong; another one was found in the body.")
    default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
    if marks and marks[0][2]:  # nothing but an end mark
        marks = []
    for index, (_, after, is_last) in enumerate(marks):
        if is_last:
            break
        following = marks[index + 1][0] if index + 1 < len(marks) else end
        if not budget.spend():
            budget.tell(f"The message has more than {budget.limits.parts} parts; the rest is not shown.")
            break
        if raw[after:following].strip() == b"" and index + 1 == len(marks):
            break
        part.children.append(
            _read_entity(raw, after, _before_line_end(raw, after, following), depth + 1, default, budget)
        )
    if part.children:
        part.whole = raw[start:end]
        if marks and not any(mark[2] for mark in marks):
            budget.tell("A multipart has no end; the message may be cut short.")


def _delimiters(raw: bytes, start: int, end: int, boundary: bytes, most: int) -> list[tuple[int, int, bool]]:
    """Offsets of the boundary lines: where the line begins, where the next begins, is it the last."""
    needle = b"--" + boundary.rstrip(b" \t")
    found: list[tuple[int, int, bool]] = []
    position = raw.find(needle, start, end)
    while position >= 0 and len(found) < most:
        after = position + len(needle)
        if position == start or raw[position - 1 : position] in (b"\n", b"\r"):
            line_end = raw.find(b"\n", after, end)
            line_end = end if line_end < 0 else line_end
            rest = raw[after : min(line_end, after + 200)].strip(b" \t\r")
            if rest in (b"", b"--"):
                found.append((position, min(line_end + 1, end), rest == b"--"))
                if rest == b"--":
                    break
        position = raw.find(needle, after, end)
    return found


_BOUNDARY_LINE = re.compile(
    rb"^--([^\s-][^\r\n]{2,120}?|-[^\r\n]{5,120}?)[ \t]*\r?\n(?=content-[a-z-]+[ \t]*:)", re.IGNORECASE | re.MULTILINE
)


def _likely_boundary(raw: bytes, start: int, end: int) -> bytes:
    """When the declared boundary never comes: a `--something` line that Content-… fields follow."""
    found = _BOUNDARY_LINE.search(raw, start, min(end, start + 65_536))
    return found.group(1) if found else b""


def _before_line_end(raw: bytes, start: int, end: int) -> int:
    """The line end before a boundary belongs to the boundary (RFC 2046, 5.1.1)."""
    if end > start and raw[end - 1 : end] == b"\n":
        end -= 1
        if end > start and raw[end - 1 : end] == b"\r":
            end -= 1
    return end
