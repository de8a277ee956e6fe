"""HTML to plain text in one linear pass over well-formed HTML (the output of `sanitise`)."""

from __future__ import annotations

import html as entities
import re

# Marks that only reply.py sees: letters of the private use area, which clean_text has removed from real mail.
BREAK = "\ue000"  # a mail program says: from here on it is the old message
MAYBE_BREAK = "\ue001"  # a line drawn above something; only a header block below makes it a break
SIGNATURE = "\ue002"  # a mail program says: this is a signature
MARKS = BREAK + MAYBE_BREAK + SIGNATURE

_TOKEN = re.compile(r'<(/?)([a-zA-Z][a-zA-Z0-9]*+)((?:\s++[^\s=>"/]++(?:="[^"]*+")?)*+)\s*+/?>|[^<]++|<')
_ATTRIBUTE = re.compile(r'([^\s=>"/]+)="([^"]*)"')
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_BLOCKS = {
    "address", "article", "blockquote", "caption", "center", "dd", "details", "div", "dl", "dt", "figcaption",
    "figure", "footer", "form", "header", "hr", "li", "main", "nav", "ol", "pre", "section", "summary", "table",
    "tbody", "tfoot", "thead", "tr", "ul",
}  # fmt: skip
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6"}
_OLD_MESSAGE_CLASSES = {
    "gmail_quote", "gmail_quote_container", "gmail_attr", "yahoo_quoted", "protonmail_quote", "moz-cite-prefix",
    "moz-forward-container", "outlookmessageheader", "tutanota_quote", "zmail_extra", "freebirdquote",
    "ms-outlook-mobile-reference-message", "replyheader", "quoted_text", "front-blockquote", "gmail_extra_quote",
}  # fmt: skip
_OLD_MESSAGE_IDS = {
    "appendonsend", "divrplyfwdmsg", "olk_src_body_section", "reply-intro", "mail-editor-reference-message-container",
    "isforwardcontent", "isreplycontent", "stopspelling", "replyblockquote", "reply-intro1", "x_divrplyfwdmsg",
    "x_appendonsend",
}  # fmt: skip
_SIGNATURE_CLASSES = {"gmail_signature", "moz-signature", "protonmail_signature_block", "gmail_signature_prefix"}
_SIGNATURE_IDS = {"signature", "ms-outlook-mobile-signature", "x_signature"}
_BORDER_ABOVE = re.compile(r"border-top\s*:[^;]*solid|border-top-style\s*:\s*solid", re.IGNORECASE)


def html_to_text(html: str) -> str:
    """The words, with line breaks where a reader sees them."""
    return _Writer(quotes=False).write(html)


def html_to_reply_source(html: str) -> str:
    """Like html_to_text, with `> ` before quoted lines and the marks above where mail programs left traces."""
    return _Writer(quotes=True).write(html)


class _Writer:
    def __init__(self, *, quotes: bool) -> None:
        self.quotes = quotes
        self.lines: list[str] = []
        self.line: list[str] = []
        self.depth = 0
        self.preformatted = 0
        self.signature_depth = 0
        self.open: list[tuple[str, bool, bool]] = []  # tag, is it a quote, is it a signature

    def write(self, html: str) -> str:
        for token in _TOKEN.finditer(html):
            name = token.group(2)
            if name is None:
                self._words(token.group())
            elif token.group(1):
                self._end(name.lower())
            else:
                self._start(name.lower(), dict(_ATTRIBUTE.findall(token.group(3))))
        self._break()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.lines)).strip("\n")

    def _words(self, raw: str) -> None:
        if self.signature_depth:
            return
        text = entities.unescape(raw)
        if self.preformatted:
            first, *others = text.replace("\r\n", "\n").split("\n")
            self.line.append(first)
            for other in others:
                self._new_line()
                self.line.append(other)
            return
        text = _BLANKS.sub(" ", text)
        if not self.line or self.line[-1].endswith(" "):
            text = text.lstrip(" ")
        if text:
            self.line.append(text)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "br":
            self._new_line()
            return
        if name == "img":
            return
        if name in _BLOCKS or name in _PARAGRAPHS:
            self._break()
        if name in _PARAGRAPHS:
            self._blank()
        if name in ("td", "th") and self.line:
            self._words(" ")
        if name == "li" and not self.signature_depth:
            self.line.append("- ")
        is_quote = is_signature = False
        if self.quotes:
            is_quote, is_signature = self._trace(name, attributes)
        if name == "pre":
            self.preformatted += 1
        if name not in ("hr", "col", "wbr"):
            self.open.append((name, is_quote, is_signature))
            self.depth += is_quote
            self.signature_depth += is_signature

    def _end(self, name: str) -> None:
        if name in _BLOCKS or name in _PARAGRAPHS:
            self._break()
        if name in _PARAGRAPHS:
            self._blank()
        if name == "pre":
            self.preformatted = max(0, self.preformatted - 1)
        # nh3 closes what it opens, so the tag is on top; anything else is ignored.
        if self.open and self.open[-1][0] == name:
            _, is_quote, is_signature = self.open.pop()
            self.depth -= is_quote
            self.signature_depth -= is_signature

    def _trace(self, name: str, attributes: dict[str, str]) -> tuple[bool, bool]:
        """Notice what mail programs leave around old messages and signatures."""
        classes = set(attributes.get("class", "").lower().split())
        mark_id = attributes.get("id", "").lower()
        marker = attributes.get("data-marker", "")
        if name == "hr":
            self._mark(BREAK if mark_id == "stopspelling" or marker == "__DIVIDER__" else MAYBE_BREAK)
            return False, False
        if classes & _SIGNATURE_CLASSES or mark_id in _SIGNATURE_IDS or "data-signatureblock" in attributes:
            return False, True
        if (
            classes & _OLD_MESSAGE_CLASSES
            or mark_id in _OLD_MESSAGE_IDS
            or marker == "__QUOTED_TEXT__"
            or (name == "div" and attributes.get("name") == "quote")
            or mark_id.startswith("aolmsgpart")
        ):
            self._mark(BREAK)
        elif name == "div" and _BORDER_ABOVE.search(attributes.get("style", "")[:2_000]):
            self._mark(MAYBE_BREAK)
        return name == "blockquote", False

    def _mark(self, mark: str) -> None:
        self._break()
        if not self.depth:
            self.lines.append(mark)

    def _break(self) -> None:
        if "".join(self.line).strip(" \xa0"):
            self._new_line()
        else:
            self.line = []

    def _new_line(self) -> None:
        text = "".join(self.line).rstrip(" \xa0").replace("\xa0", " ")
        self.line = []
        if self.signature_depth:
            return
        prefix = ">" * min(self.depth, 9)
        self.lines.append(f"{prefix} {text}".rstrip() if prefix else text)

    def _blank(self) -> None:
        prefix = ">" * min(self.depth, 9)
        if self.lines and self.lines[-1].strip("> ") and not self.signature_depth:
            self.lines.append(prefix)
