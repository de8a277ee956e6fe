"""Raw bytes to one `Parsed`. Never raises."""

from __future__ import annotations

import re

from firstline.channels.email.engine import bounces, charset, kinds, reply
from firstline.channels.email.engine.addresses import addresses_of, sender_of
from firstline.channels.email.engine.bodies import Bodies, Piece, as_html, sort_parts
from firstline.channels.email.engine.dates import read_date
from firstline.channels.email.engine.headers import Headers, to_text
from firstline.channels.email.engine.html_text import html_to_reply_source, html_to_text
from firstline.channels.email.engine.kinds import NOBODY, Ourselves
from firstline.channels.email.engine.limits import STANDARD, Limits
from firstline.channels.email.engine.message import Kind, Parsed
from firstline.channels.email.engine.mime import Part, read
from firstline.channels.email.engine.sanitise import is_too_complex, sanitise, structure
from firstline.channels.email.engine.text import clean_line, clean_text


def parse(raw: bytes, *, limits: Limits = STANDARD, ourselves: Ourselves = NOBODY) -> Parsed:
    """Read a message as far as it can be read; oddities are sentences in `problems`."""
    try:
        parsed = _parse(raw, limits, ourselves)
    except Exception as error:
        parsed = Parsed(text=clean_text(raw[:100_000].decode("utf-8", "replace")))
        parsed.reply_text = parsed.text
        parsed.problems.append(f"The message could not be read ({type(error).__name__}); its raw text is shown.")
    parsed.problems = list(dict.fromkeys(parsed.problems))[: limits.problems]
    return parsed


def _parse(raw: bytes, limits: Limits, ourselves: Ourselves) -> Parsed:
    parsed = Parsed()
    problems = parsed.problems
    if not raw.strip():
        problems.append("The message is empty.")
    root = read(raw, limits, problems)
    headers = root.headers
    if b"\x00" in raw:
        problems.append("The message contains NUL characters; they are replaced.")
    _read_head(parsed, headers, _charset_hint(root), limits)
    bodies = sort_parts(root, limits, problems)
    parsed.attachments = bodies.attachments
    _read_body(parsed, bodies, limits)
    _read_kind(parsed, root, ourselves)
    return parsed


def _charset_hint(root: Part) -> str:
    """What unencoded letters in the header are probably written in: the body's character set."""
    part = root
    while part.children:
        part = part.children[0]
    return charset.tidy(part.parameters.get("charset", ""))


def _read_head(parsed: Parsed, headers: Headers, hint: str, limits: Limits) -> None:
    problems = parsed.problems
    parsed.sender, parsed.sender_is_ambiguous = sender_of(headers, problems)
    parsed.to = addresses_of(headers, "to", most=limits.recipients, problems=problems)
    parsed.cc = addresses_of(headers, "cc", most=limits.recipients, problems=problems)
    parsed.reply_to = addresses_of(headers, "reply-to", most=20, problems=problems)
    if not headers.has("subject"):
        problems.append("The message has no subject.")
    parsed.subject = headers.text("subject", hint=hint)
    ids = read_ids(to_text(headers.raw("message-id")), most=1)
    parsed.message_id = ids[0] if ids else ""
    if not ids:
        problems.append("The message has no usable Message-ID.")
    references = [
        name
        for value in headers.all("references") + headers.all("in-reply-to")
        for name in read_ids(to_text(value), most=limits.references)
    ]
    parsed.references = list(dict.fromkeys(references))[: limits.references]
    parsed.date_text = headers.text("date")[:200]
    if not parsed.date_text:
        problems.append("The message has no date.")
    parsed.date = read_date(parsed.date_text, problems)
    for name in ("from", "to", "cc", "subject", "date", "message-id"):
        if name != "from" and len(headers.all(name)) > 1:
            problems.append(f"The field {name.title()} occurs several times.")


_ID = re.compile(r"<([^<>\s]{1,500})>")


def read_ids(text: str, *, most: int) -> list[str]:
    """Message-IDs with their angle brackets; bare ones are accepted, monsters are not."""
    text = text[:65_536]
    found = [f"<{clean_line(match)}>" for match in _ID.findall(text)]
    if not found:
        found = [
            f"<{clean_line(word.strip('<>'))}>"
            for word in text.split()
            if "@" in word and len(word) <= 500 and word.isascii()
        ]
    return found[:most]


def _read_body(parsed: Parsed, bodies: Bodies, limits: Limits) -> None:
    pieces = bodies.pieces
    has_html = any(piece.html is not None for piece in pieces)
    raw_html = "".join(_html_of(piece) for piece in pieces) if has_html else ""
    raw_html = re.sub("[\ue000-\ue010]", "\ufffd", raw_html)
    if has_html and is_too_complex(
        raw_html, depth=limits.html_depth, tags=limits.html_tags, attributes=limits.html_attributes
    ):
        parsed.problems.append("The HTML is too complex to be shown; only its words are kept.")
        pieces = [piece if piece.text else Piece(text=_words_of(piece.html or "")) for piece in pieces]
        pieces, has_html, raw_html = [Piece(text=piece.text) for piece in pieces], False, ""
    if has_html:
        parsed.html = sanitise(raw_html)
        if not parsed.html.strip() and not any(piece.text for piece in pieces):
            parsed.html = parsed.html.strip() or None
    parsed.text = _text_of(pieces, parsed.html, has_html)
    parsed.reply_text = _reply_of(pieces, parsed.text, raw_html)


def _words_of(html: str) -> str:
    words = re.sub(r"<[^<>]{0,2000}>", " ", html)
    return re.sub(r"[ \t]{2,}", " ", words).strip()


def _html_of(piece: Piece) -> str:
    return piece.html if piece.html is not None else f"<div>{as_html(piece.text or '')}</div>"


def _text_of(pieces: list[Piece], html: str | None, has_html: bool) -> str:
    """The text the sender wrote; where there is only HTML, the words of it."""
    if not has_html:
        return "\n".join(piece.text or "" for piece in pieces).strip("\n")
    if all(piece.text is not None and piece.text.strip() for piece in pieces):
        return "\n".join(piece.text or "" for piece in pieces).strip("\n")
    return html_to_text(html or "")


def _reply_of(pieces: list[Piece], text: str, raw_html: str) -> str:
    """Prefer the plain text; if it shows no seam, the HTML may know better."""
    from_text = reply.reply_text(text)
    if not raw_html:
        return from_text
    has_text = all(piece.text is not None and piece.text.strip() for piece in pieces)
    if has_text and from_text.strip() != text.strip():
        return from_text
    from_html = reply.reply_text(html_to_reply_source(structure(raw_html)))
    if not has_text:
        return from_html
    return from_html if 0 < len(from_html.strip()) < len(from_text.strip()) * 0.8 else from_text


def _read_kind(parsed: Parsed, root: Part, ourselves: Ourselves) -> None:
    headers = root.headers
    reports = bounces.delivery_reports(root)
    addresses, says_failed = bounces.recipients_of_reports(reports)
    kind: Kind = "message"
    if kinds.is_loop(headers, parsed.sender, parsed.message_id, ourselves) or bounces.is_feedback(root):
        kind = "loop"
    elif bounces.is_bounce(root, headers, parsed.sender, parsed.subject, parsed.text, says_failed=says_failed):
        kind = "bounce"
        own = {box.address.lower() for box in [parsed.sender, *parsed.to, *parsed.cc]}
        parsed.failed_recipients = addresses or bounces.failed_addresses(headers, parsed.text, own)
        parsed.returned_ids = read_ids(" ".join(bounces.returned_ids(root, parsed.text)), most=20)
        parsed.is_delay = bounces.is_delay(reports)
    elif kinds.is_auto_reply(headers, parsed.subject):
        kind = "auto_reply"
    elif kinds.is_list(headers):
        kind = "list"
    parsed.kind = kind
    parsed.is_automatic = kinds.is_automatic(headers, kind)
