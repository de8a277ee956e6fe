from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory

from firstline.core import files
from firstline.core.files.serve import download, safe_name


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> None:
    settings.FILES_FOLDER = tmp_path


def _get(content: bytes = b"0123456789", name: str = "a.txt", kind: str = "text/plain", **options: Any) -> Any:
    request = RequestFactory().get("/", headers=options.pop("headers", {}))
    return download(request, files.store([content]).sha256, name, kind, **options)


def _body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


DANGEROUS = [
    "text/html", "TEXT/HTML; charset=x", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml",
    "text/javascript", "application/javascript", "application/ecmascript", "text/css", "multipart/related",
    "message/rfc822", "application/x-shockwave-flash", "text/cache-manifest", "application/wasm", "",
    "text/html,text/plain", "text/vbscript", "application/hta",
]  # fmt: skip


@pytest.mark.parametrize("kind", DANGEROUS)
@pytest.mark.abuse("C1", "C2", "C12")
def test_what_could_act_is_only_bytes_to_download(kind: str) -> None:
    answer = _get(b"<script>alert(1)</script>", "x.html", kind, inline=True)

    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("kind", ["image/png", "image/jpeg", "application/pdf", "text/plain"])
def test_what_cannot_act_is_shown_when_asked_for(kind: str) -> None:
    assert _get(kind=kind, inline=True)["Content-Disposition"].startswith("inline")
    assert _get(kind=kind)["Content-Disposition"].startswith("attachment")


@pytest.mark.abuse("B4")
def test_plain_text_is_never_taken_for_another_charset() -> None:
    assert _get(kind="text/plain; charset=utf-7", inline=True)["Content-Type"] == "text/plain; charset=utf-8"


def test_a_download_is_whole() -> None:
    answer = _get()

    assert (answer.status_code, _body(answer)) == (200, b"0123456789")
    assert (answer["Content-Length"], answer["Accept-Ranges"]) == ("10", "bytes")
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("asked", "part", "said"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=5-", b"56789", "bytes 5-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
        ("bytes=-99", b"0123456789", "bytes 0-9/10"),
    ],
)
def test_a_part_is_served(asked: str, part: bytes, said: str) -> None:
    answer = _get(headers={"Range": asked})

    assert (answer.status_code, _body(answer), answer["Content-Range"]) == (206, part, said)
    assert answer["Content-Length"] == str(len(part))


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=7-3", "bytes=-0", "bytes=99999999999999999999-"])
def test_a_part_that_is_not_there_is_416(asked: str) -> None:
    answer = _get(headers={"Range": asked})

    assert (answer.status_code, answer["Content-Range"]) == (416, "bytes */10")


@pytest.mark.parametrize("asked", ["bytes=0-1,3-4", "lines=1-2", "bytes=-", "bytes=a-b", "bytes=٣-٤", "x" * 5000])
def test_what_is_no_range_is_ignored(asked: str) -> None:
    assert _get(headers={"Range": asked.encode().decode("latin-1")}).status_code == 200


def test_an_empty_file_has_no_parts() -> None:
    assert _get(b"", headers={"Range": "bytes=0-"}).status_code == 200


def test_a_part_of_another_version_is_not_given() -> None:
    assert _get(headers={"Range": "bytes=0-3", "If-Range": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\report.pdf", "report.pdf"),
        ("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie: x=1.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("", "file"),
        ("...", "file"),
        ("x" * 300 + ".pdf", "x" * 139 + ".pdf"),
        ("Báo cáo 📄.pdf", "Báo cáo 📄.pdf"),
    ],
)
@pytest.mark.abuse("B17")
def test_names_cannot_trick_anybody(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_names_in_any_script_arrive() -> None:
    assert "filename*=utf-8''B%C3%A1o%20c%C3%A1o.pdf" in _get(name="Báo cáo.pdf")["Content-Disposition"]


@pytest.mark.abuse("B17", "G4")
def test_a_quote_in_a_name_does_not_end_it() -> None:
    assert (
        _get(name='a"; filename="evil.exe')["Content-Disposition"]
        == 'attachment; filename="a\\"; filename=\\"evil.exe"'
    )
