"""Sort the parts of a message into text, HTML and attachments."""

from __future__ import annotations

import html as entities
import re
from dataclasses import dataclass, field

from firstline.channels.email.engine import charset, transfer
from firstline.channels.email.engine.headers import decode_words, to_text
from firstline.channels.email.engine.limits import Limits
from firstline.channels.email.engine.message import Attachment
from firstline.channels.email.engine.mime import Part, read
from firstline.channels.email.engine.text import clean_file_name, clean_text

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)


@dataclass(slots=True)
class Piece:
    """One stretch of the body: as text, as HTML, or as both."""

    text: str | None = None
    html: str | None = None


@dataclass(slots=True)
class Bodies:
    pieces: list[Piece] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)


def sort_parts(root: Part, limits: Limits, problems: list[str]) -> Bodies:
    """Walk the parts in order. What is no body is an attachment: nothing gets lost."""
    bodies = Bodies()
    bodies.pieces = _walk(root, bodies, limits, problems, is_only=not root.children)
    return bodies


def _walk(part: Part, bodies: Bodies, limits: Limits, problems: list[str], *, is_only: bool = False) -> list[Piece]:
    if part.type == "multipart/alternative":
        return _alternative(part, bodies, limits, problems)
    if part.children:
        pieces: list[Piece] = []
        for child in part.children:
            pieces += _walk(child, bodies, limits, problems)
        return pieces
    if _is_body(part, is_only):
        return _body(part, bodies, limits, problems)
    _attach(part, bodies, limits, problems)
    return []


def _alternative(part: Part, bodies: Bodies, limits: Limits, problems: list[str]) -> list[Piece]:
    """Versions of the same: one piece with the text of one and the HTML of the other."""
    texts: list[str] = []
    html: list[str] = []
    for child in part.children:
        pieces = _walk(child, bodies, limits, problems)
        rich = any(piece.html is not None for piece in pieces)
        for piece in pieces:
            if rich:
                html.append(piece.html if piece.html is not None else as_html(piece.text or ""))
            elif piece.text and piece.text not in texts:
                texts.append(piece.text)
            if rich and piece.html is not None and piece.text:
                texts.append(piece.text)
    if not texts and not html:
        return []
    return [Piece("\n".join(texts) if texts else None, "".join(html) if html else None)]


def _is_body(part: Part, is_only: bool) -> bool:
    if part.type not in ("text/plain", "text/html", "text/enriched", "text/x-markdown", "text/markdown"):
        return False
    if part.disposition == "attachment":
        return False
    name = part.disposition_parameters.get("filename") or part.parameters.get("name")
    return not name or (is_only and part.disposition != "attachment")


def _body(part: Part, bodies: Bodies, limits: Limits, problems: list[str]) -> list[Piece]:
    raw = part.content(problems)
    if part.type != "text/html" and (b"\nbegin " in raw or raw.startswith(b"begin ")):
        raw = _take_uuencoded(raw, bodies, limits)
    most = limits.html_chars if part.type == "text/html" else limits.text_chars
    if len(raw) > most * 4:
        _once(problems, "The text is very long; only its beginning is shown.")
        raw = raw[: most * 4]
    text = decode_text(part, raw, problems)
    if len(text) > most:
        _once(problems, "The text is very long; only its beginning is shown.")
        text = text[:most]
    if part.type == "text/html":
        return [Piece(html=text)]
    if part.type == "text/enriched":
        text = re.sub(
            r"<param>[^<]{0,200}</param>|</?[a-z]{1,20}>", "", text.replace("<<", "\ue010"), flags=re.IGNORECASE
        ).replace("\ue010", "<")
    return [Piece(text=text)]


def decode_text(part: Part, raw: bytes, problems: list[str]) -> str:
    """Decode a text part by its label, by its HTML head, or by look."""
    label = charset.tidy(decode_words(part.parameters.get("charset", "")))
    if part.type == "text/html" and (not label or label == "us-ascii"):
        found = _META_CHARSET.search(raw[:4_096])
        if found and not raw.isascii():
            label = found.group(1).decode("ascii")
    text, as_labelled = charset.decode(raw, label)
    if label and not as_labelled:
        _once(problems, f"A text is not written in the character set it names ({label}).")
    # The private use letters are our own marks in reply.py.
    return re.sub("[\ue000-\ue010]", "\ufffd", clean_text(text))


def _take_uuencoded(raw: bytes, bodies: Bodies, limits: Limits) -> bytes:
    out = bytearray()
    position = 0
    for name, content, start, end in transfer.find_uuencoded(raw):
        if len(bodies.attachments) >= limits.attachments:
            break
        bodies.attachments.append(
            Attachment(clean_file_name(to_text(name)) or "file", "application/octet-stream", content)
        )
        out += raw[position:start]
        position = end
    return bytes(out + raw[position:])


def _attach(part: Part, bodies: Bodies, limits: Limits, problems: list[str]) -> None:
    if len(bodies.attachments) >= limits.attachments:
        _once(problems, f"The message has more than {limits.attachments} attachments; the rest is not shown.")
        return
    content = part.body if part.is_cut else part.content(problems)
    content_id = to_text(part.headers.raw("content-id")).strip().strip("<>")[:300]
    inline = part.disposition == "inline" or (part.disposition != "attachment" and bool(content_id))
    name = _unlike(_name_of(part, content_id, content, limits), {file.name for file in bodies.attachments})
    bodies.attachments.append(Attachment(name, part.type, content, inline=inline, content_id=content_id))


def _name_of(part: Part, content_id: str, content: bytes, limits: Limits) -> str:
    declared = (
        part.disposition_parameters.get("filename")
        or part.parameters.get("name")
        or part.parameters.get("filename")
        or ""
    )
    name = clean_file_name(decode_words(declared))
    if name:
        return name
    if part.type in ("message/rfc822", "message/global"):
        inner, _ = _head_only(content, limits)
        subject = clean_file_name(inner)
        described = clean_file_name(part.headers.text("content-description"))
        return f"{(subject or described or 'message')[:150]}.eml"
    if part.type.startswith("message/"):
        described = clean_file_name(part.headers.text("content-description"))
        return f"{described[:150]}.txt" if described else "report.txt"
    picture = re.fullmatch(r"image/(jpe?g|png|gif|webp|bmp|tiff|heic)", part.type)
    if picture:
        return f"image.{picture.group(1)}"
    local, at, _ = content_id.partition("@")
    if at and local:
        return clean_file_name(local) or "file"
    location = clean_file_name(decode_words(to_text(part.headers.raw("content-location"))).rpartition("/")[2])
    return location or _EXTENSIONS.get(part.type, "file")


def _unlike(name: str, taken: set[str]) -> str:
    """Two files of one message never show the same name: `image.png`, `image1.png`, `archive1.tar.gz`."""
    stem, dot, extension = name.partition(".")
    number, unique = 0, name
    while unique in taken:
        number += 1
        unique = f"{stem}{number}{dot}{extension}"
    return unique


_EXTENSIONS = {
    "text/calendar": "invitation.ics",
    "text/x-vcard": "contact.vcf",
    "text/vcard": "contact.vcf",
    "text/html": "page.html",
    "application/ms-tnef": "winmail.dat",
}


def _head_only(content: bytes, limits: Limits) -> tuple[str, Part]:
    part = read(content[:65_536], Limits(depth=0, parts=1, headers=limits.headers), [])
    return part.headers.text("subject"), part


def as_html(text: str) -> str:
    """Plain text as HTML, line for line."""
    return entities.escape(text, quote=False).replace("\n", "<br>")


def _once(problems: list[str], sentence: str) -> None:
    if sentence not in problems:
        problems.append(sentence)
