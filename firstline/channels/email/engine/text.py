"""Make any string safe to store, to compare and to show."""

from __future__ import annotations

import re

_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f]")
_LINE_BREAKS = re.compile("\r\n?|\x85|\u2028|\u2029")
_ONE_LINE_BLANKS = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_BIDI_OVERRIDES = re.compile("[\u202d\u202e]")
_BIDI_EMBEDDINGS = re.compile("[\u202a-\u202c\u2066-\u2069\u200b\ufeff]")


def clean_text(text: str) -> str:
    """Body text: `\\n` line ends, no NUL, no lone surrogates (PostgreSQL refuses both), no control characters."""
    text = _LINE_BREAKS.sub("\n", text)
    text = text.replace("\x00", "\ufffd")
    text = _LONE_SURROGATES.sub("\ufffd", text)
    return _CONTROLS.sub("", text)


def clean_line(text: str, *, longest: int = 2_000) -> str:
    """One line for subjects and names: an encoded word may hide CRLF and a `Bcc:` behind it.

    Direction overrides, which can make `exe.gpj` read as a picture, become a visible mark.
    """
    text = _ONE_LINE_BLANKS.sub(" ", text[: longest * 4])
    text = _LONE_SURROGATES.sub("\ufffd", text)
    text = _BIDI_EMBEDDINGS.sub("", _BIDI_OVERRIDES.sub("\ufffd", text))
    return text.strip(" ")[:longest]


_UNFIT_FOR_NAMES = re.compile(r'[/\\:*?"<>|]+')
_RESERVED_NAMES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def clean_file_name(name: str, *, longest: int = 200) -> str:
    """A name to show and to offer for download; folders, reserved names and hidden-file dots are taken out."""
    name = clean_line(name, longest=1_000)
    name = re.split(r"[/\\]", name)[-1] if re.search(r"[/\\]", name) and ".." in name else name
    name = _UNFIT_FOR_NAMES.sub("_", name).strip(" ").lstrip(".")
    if _RESERVED_NAMES.match(name):
        name = f"_{name}"
    if len(name) > longest:
        stem, dot, extension = name.rpartition(".")
        name = f"{stem[: longest - len(extension) - 1]}.{extension}" if dot and len(extension) <= 10 else name[:longest]
    return name
