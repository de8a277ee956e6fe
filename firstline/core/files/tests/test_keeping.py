from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import textwrap
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from firstline.core import files
from firstline.core.files import references


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> files.Folder:
    settings.FILES_FOLDER = tmp_path / "files"
    return files.Folder(settings.FILES_FOLDER)


def _all_files(folder: files.Folder) -> list[Path]:
    return [path for path in folder.path.rglob("*") if path.is_file()]


def test_a_file_is_found_by_what_is_in_it(folder: files.Folder) -> None:
    kept = files.store([b"hello ", b"world"])

    assert kept == files.StoredFile(hashlib.sha256(b"hello world").hexdigest(), 11)
    assert files.fetch(kept.sha256) == b"hello world"
    assert files.open_file(kept.sha256, verify=True).read() == b"hello world"
    assert files.is_there(kept.sha256)


def test_the_same_content_is_kept_once(folder: files.Folder) -> None:
    assert files.store([b"twice"]) == files.store([b"tw", b"ice"])
    assert len(_all_files(folder)) == 1


def test_an_empty_file_is_a_file(folder: files.Folder) -> None:
    assert files.fetch(files.store([]).sha256) == b""


def test_what_is_too_large_leaves_nothing_behind(folder: files.Folder) -> None:
    with pytest.raises(files.TooLarge, match="at most 10"):
        files.store([b"123456", b"123456"], largest=10)

    assert _all_files(folder) == []


def test_a_reader_that_breaks_off_leaves_nothing_behind(folder: files.Folder) -> None:
    def pieces() -> Any:
        yield b"some"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        files.store(pieces())

    assert _all_files(folder) == []


def test_a_damaged_file_is_never_used(folder: files.Folder) -> None:
    kept = files.store([b"precious"])
    folder.place(kept.sha256).write_bytes(b"preciouS")

    with pytest.raises(files.Damaged):
        files.fetch(kept.sha256)
    with pytest.raises(files.Damaged):
        files.open_file(kept.sha256, verify=True)


def test_storing_again_heals_a_damaged_file(folder: files.Folder) -> None:
    kept = files.store([b"precious"])
    folder.place(kept.sha256).write_bytes(b"prec")

    files.store([b"precious"])

    assert files.fetch(kept.sha256) == b"precious"


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n", "0" * 65])
@pytest.mark.abuse("G8")
def test_only_a_digest_names_a_file(folder: files.Folder, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        files.open_file(name)


def test_what_is_not_kept_is_missing(folder: files.Folder) -> None:
    with pytest.raises(files.Missing):
        files.open_file("0" * 64)


def test_a_disk_that_is_nearly_full_keeps_room_for_the_database(folder: files.Folder) -> None:
    with pytest.raises(files.NoSpace, match="no space left"):
        files.Folder(folder.path, reserve=2**60).begin()


def test_a_full_disk_is_said_and_leaves_nothing_behind(tmp_path: Path) -> None:
    script = f"""
        import os, pathlib, sys
        os.environ["FIRSTLINE_DATA"] = {str(tmp_path)!r}
        import django
        os.environ["DJANGO_SETTINGS_MODULE"] = "firstline.config.settings"
        django.setup()
        from firstline.core import files
        from firstline.core.files import folder
        folder.RESERVE = 0
        files.keeping.Folder = lambda path: files.Folder(path, reserve=0)
        before = files.store([b"fits"])
        try:
            files.store(b"x" * 65536 for _ in range(64))
        except files.NoSpace as error:
            left = [path.name for path in pathlib.Path({str(tmp_path)!r}, "files").rglob("*") if path.is_file()]
            sys.exit(0 if left == [before.sha256] and "no space left" in str(error) else 3)
        sys.exit(4)
    """
    mount = f"mount -t tmpfs -o size=1m none {tmp_path} && exec {sys.executable} -"
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", mount], input=textwrap.dedent(script), text=True, capture_output=True
    )
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip("This machine does not let us make a small disk.")

    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    used: set[str] = set()
    monkeypatch.setattr("firstline.core.files.sweep.used_among", lambda names: used & set(names))
    monkeypatch.setattr("firstline.core.files.sweep.every", lambda: iter(used))
    monkeypatch.setattr("firstline.core.files.sweep.is_known", lambda: True)
    return used


def _age(folder: files.Folder, sha256: str, days: int) -> None:
    path = folder.place(sha256)
    then = path.stat().st_mtime - days * 86400
    os.utime(path, (then, then))


def test_only_old_files_that_nobody_names_are_deleted(folder: files.Folder, rows: set[str]) -> None:
    named, old, young = (files.store([name]).sha256 for name in (b"named", b"old", b"young"))
    rows.add(named)
    _age(folder, named, 9)
    _age(folder, old, 9)

    assert files.delete_unreferenced() == 1

    assert [files.is_there(name) for name in (named, old, young)] == [True, False, True]


def test_a_file_stored_again_is_young_again(folder: files.Folder, rows: set[str]) -> None:
    kept = files.store([b"again"]).sha256
    _age(folder, kept, 9)

    files.store([b"again"])

    assert files.delete_unreferenced() == 0
    assert files.is_there(kept)


def test_a_file_stored_while_it_is_swept_stays(folder: files.Folder, rows: set[str]) -> None:
    from firstline.core import clock

    kept = files.store([b"raced"]).sha256

    assert not folder.delete(kept, stored_before=clock.now() - timedelta(days=2))
    assert files.fetch(kept) == b"raced"


def test_a_killed_sweep_loses_nothing(folder: files.Folder, rows: set[str]) -> None:
    kept = files.store([b"taken out"]).sha256
    rows.add(kept)
    (folder.path / "leaving").mkdir()
    folder.place(kept).rename(folder.path / "leaving" / kept)

    files.delete_unreferenced()

    assert files.fetch(kept) == b"taken out"


def test_nothing_is_deleted_while_no_model_refers_to_files(
    folder: files.Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(references, "_fields", {})

    with pytest.raises(RuntimeError, match="all of them would be deleted"):
        files.delete_unreferenced()


def test_the_check_finds_what_is_damaged_and_what_is_missing(folder: files.Folder, rows: set[str]) -> None:
    whole, damaged = files.store([b"whole"]).sha256, files.store([b"damaged"]).sha256
    folder.place(damaged).write_bytes(b"damageD")
    rows.update({whole, damaged, "0" * 64})

    report = files.check_files()

    assert report == files.Report(checked=2, size=12, damaged=[damaged], missing=["0" * 64])
    assert not report.is_well


@pytest.mark.django_db
def test_rows_are_found_by_the_field_that_names_files(folder: files.Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.sessions.models import Session

    from firstline.core import clock

    monkeypatch.setattr(references, "_fields", {})
    files.refer(Session, "session_data")  # any model with a text will do
    used, unused = files.store([b"used"]).sha256, files.store([b"unused"]).sha256
    Session.objects.create(session_key="k", session_data=used, expire_date=clock.now())

    assert references.used_among([used, unused]) == {used}
    assert list(references.every()) == [used]


def test_files_can_lie_where_djangos_storages_reach(tmp_path: Path, rows: set[str]) -> None:
    place = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path, "allow_overwrite": True},
    }
    with override_settings(STORAGES={"firstline": place}):
        kept = files.store([b"far ", b"away"])
        assert files.store([b"far away"]) == kept

        assert files.fetch(kept.sha256) == b"far away"
        assert files.check_files() == files.Report(checked=1, size=8)
        assert files.delete_unreferenced(grace=timedelta(seconds=-60)) == 1
        with pytest.raises(files.Missing):
            files.open_file(kept.sha256)
