"""Give a stored file to a browser without ever letting it act in our name."""

from __future__ import annotations

import io
import re
import unicodedata
from typing import IO, Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from .keeping import open_file

# What a browser may show in place: it cannot run anything in these.
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "application/pdf", "text/plain"})
# What may keep its type when downloaded; all else is only bytes. Never a type that a page could load as
# script or style (text/javascript, text/css), nor one a browser renders (HTML, XML, SVG).
KEPT = SHOWN | {
    "application/gzip", "application/json", "application/msword", "application/rtf", "application/vnd.ms-excel",
    "application/vnd.ms-outlook", "application/vnd.ms-powerpoint", "application/zip", "audio/mp4", "audio/mpeg",
    "audio/ogg", "audio/wav", "audio/webm", "image/bmp", "image/heic", "image/tiff", "text/calendar", "text/csv",
    "video/mp4", "video/ogg", "video/quicktime", "video/webm",
}  # fmt: skip
KEPT_FAMILIES = ("application/vnd.oasis.opendocument.", "application/vnd.openxmlformats-officedocument.")
LONGEST_NAME = 150
BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # would turn "exe.fdp" into "pdf.exe"
RANGE = re.compile(r"bytes=([0-9]*)-([0-9]*)")

SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'self'; sandbox"
# Chrome's own reader refuses to start in a sandbox; it shows PDF in a process of its own, apart from our pages.
READER = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"


def download(
    request: HttpRequest, sha256: str, name: str, content_type: str, *, inline: bool = False
) -> HttpResponse | FileResponse:
    """The answer with this file; the caller has checked that the person may have it.

    With `inline` the browser may show it, if its type is one that cannot act. Parts (`Range`) are served for players
    and interrupted downloads. `Missing` if the file is not kept.
    """
    kind = content_type.partition(";")[0].strip().lower()
    is_shown = inline and kind in SHOWN
    file = open_file(sha256)
    size = file.seek(0, io.SEEK_END)
    part = _part(request, size, sha256)
    if part == (0, 0):
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    start, end = part or (0, size)
    response: Any = FileResponse(Part(file, start, end), content_type=_type(kind))
    if part is not None:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    headers = {
        "Content-Length": str(end - start),
        "Content-Disposition": content_disposition_header(not is_shown, safe_name(name)) or "attachment",
        "Accept-Ranges": "bytes",
        "ETag": f'"{sha256}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": READER if is_shown and kind == "application/pdf" else SANDBOX,
        "Cache-Control": "private, no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Frame-Options": "SAMEORIGIN" if is_shown else "DENY",
    }
    for header, value in headers.items():
        response.headers[header] = value
    return response  # type: ignore[no-any-return]


def can_be_shown(content_type: str) -> bool:
    """Whether `inline` would have an effect for this type."""
    return content_type.partition(";")[0].strip().lower() in SHOWN


def safe_name(name: str) -> str:
    """A file name without paths, control characters or turned-round letters, not too long, never empty."""
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    name = "".join(letter for letter in BIDI.sub("", name) if unicodedata.category(letter)[0] != "C").strip(" .")
    if len(name) > LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem[: LONGEST_NAME - 11]}.{ending[:10]}" if dot else name[:LONGEST_NAME]
    return name or "file"


class Part(io.RawIOBase):
    """The bytes from `start` to `end` of a file."""

    def __init__(self, file: IO[bytes], start: int, end: int) -> None:
        self._file = file
        self._left = end - start
        file.seek(start)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        self._file.close()
        super().close()


def _type(kind: str) -> str:
    if kind == "text/plain":
        return "text/plain; charset=utf-8"
    return kind if kind in KEPT or kind.startswith(KEPT_FAMILIES) else "application/octet-stream"


def _part(request: HttpRequest, size: int, sha256: str) -> tuple[int, int] | None:
    """The one range asked for, as [start, end); None: all of it; (0, 0): there is no such range (RFC 9110, 14)."""
    asked = RANGE.fullmatch(request.headers.get("Range", "").strip()[:100])
    if request.method not in {"GET", "HEAD"} or not size or asked is None or asked.groups() == ("", ""):
        return None
    if request.headers.get("If-Range", f'"{sha256}"') != f'"{sha256}"':
        return None
    first, last = asked.groups()
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1 if last else size)
    return (start, end) if start < end else (0, 0)
