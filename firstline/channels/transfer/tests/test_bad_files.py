from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from firstline.channels.transfer.engine.tables import BadFile
from firstline.channels.transfer.models import ImportRun
from firstline.channels.transfer.sources import Options
from firstline.channels.transfer.tests.logs import import_, row, write
from firstline.people.accounts.models import Person
from firstline.work.tickets.models import Ticket

pytestmark = pytest.mark.django_db


def missing(path: Path) -> None:
    path.unlink()


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def content(what: bytes) -> Callable[[Path], None]:
    return changed(lambda _was: what)


def changed(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        path.write_bytes(change(path.read_bytes()))

    return spoil


BAD = {
    "missing": (missing, "There is no file"),
    "folder": (folder, "is a folder. Give the file in it."),
    "pipe": (pipe, "is not a regular file; it must be read twice."),
    "empty": (content(b""), "log.csv is empty."),
    "blank": (content(b"\n\n \n"), "log.csv is empty."),
    "zip": (content(b"PK\x03\x04rest"), "log.csv is a zip archive or a spreadsheet, not a CSV file."),
    "binary": (content(b"\x7fELF\x00\x01"), "log.csv is a binary file, not a CSV file."),
    "utf-16": (changed(lambda was: was.decode().encode("utf-16")), "log.csv is UTF-16 text. Save it as UTF-8."),
    "prose": (content(b"Dear all,\nplease import this.\n"), "its first line has none of the columns"),
    "another table": (content(b"id,name\n1,x\n"), "its first line has none of the columns"),
    "header": (changed(lambda was: was.replace(b"caller_id", b"caller", 1)), "lacks the columns caller_id."),
    "twice": (changed(lambda was: was.replace(b"vendor", b"number", 1)), "has the column number twice."),
    "only a header": (changed(lambda was: was.splitlines()[0] + b"\n"), "holds a header and no rows."),
    "cut off": (changed(lambda was: was[:-150]), "Line 3 has 17 columns instead of 36"),
    "cut off at the end": (changed(lambda was: was[:-2]), "Line 3, the last one, was cut off in the middle."),
    "damaged inside": (changed(lambda was: was.replace(b"Phone,", b"", 1)), "Line 2 has 35 columns instead of 36"),
    "open quote": (changed(lambda was: was.replace(b"Phone", b'"Phone', 1)), "cannot be read as CSV"),
    "wrong letters": (changed(lambda was: was.replace(b"Phone", b"Caf\xe9", 1)), "The file is not UTF-8: there is a"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
@pytest.mark.abuse("H3")
def test_a_bad_file_gets_a_sentence_and_changes_nothing(tmp_path: Path, name: str) -> None:
    spoil, sentence = BAD[name]
    log = write(tmp_path / "log.csv", row(0), row(1, closed_at="1/3/2016 12:00"))
    spoil(log)

    with pytest.raises(BadFile) as refused:
        import_(log)

    assert sentence in str(refused.value)
    assert (Ticket.objects.count(), Person.objects.count(), ImportRun.objects.count()) == (0, 0, 0)


def test_the_same_file_unspoiled_is_good(tmp_path: Path) -> None:
    assert import_(write(tmp_path / "log.csv", row(0), row(1, closed_at="1/3/2016 12:00"))).is_good


def test_a_last_line_without_a_line_end_is_good_if_it_is_whole(tmp_path: Path) -> None:
    log = write(tmp_path / "log.csv", row(0), row(1, closed_at="1/3/2016 12:00"))
    log.write_bytes(log.read_bytes().rstrip())

    assert import_(log).written["rows that opened"] == 1


def test_other_letters_are_read_when_their_encoding_is_said(tmp_path: Path) -> None:
    log = write(tmp_path / "log.csv", {"caller_id": "Zoë"}, encoding="cp1252")

    import_(log, Options(encoding="cp1252"))

    assert Ticket.objects.get().requester.name == "Zoë"


def test_a_mark_at_the_start_and_windows_line_ends_do_not_matter(tmp_path: Path) -> None:
    log = write(tmp_path / "log.csv", row(0), row(1), encoding="utf-8-sig")
    log.write_bytes(log.read_bytes().replace(b"\n", b"\r\n"))

    assert import_(log).is_good


@pytest.mark.abuse("G2")
def test_hostile_texts_stay_texts(tmp_path: Path) -> None:
    nasty = "=cmd|' /C calc'!A0 <script>alert(1)</script> \"quoted\", {{7*7}}\nsecond line"

    import_(write(tmp_path / "log.csv", {"u_symptom": nasty}))

    assert Ticket.objects.get().custom["symptom"] == " ".join(nasty.split())
