"""An archive says by itself whether it is whole."""

from __future__ import annotations

import tarfile

import pytest

from firstline.core.backup import archive
from firstline.core.backup.archive import Manifest, Part, Unusable, Writer


@pytest.fixture
def written(tmp_path):
    for name, content in (("key", b"secret"), ("files/ab/abcd", b"x" * 3_000_000), ("files/empty", b"")):
        (tmp_path / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "data" / name).write_bytes(content)
    writer = Writer(tmp_path / "one.tar")
    for name in ("key", "files/ab/abcd", "files/empty"):
        writer.add(f"data/{name}", tmp_path / "data" / name)
    writer.finish(Manifest("2026-01-05T08:00:00+00:00", "1.0", "sqlite", [["work", "0001_initial"]], {"ticket": 3}))
    return tmp_path / "one.tar"


def test_what_was_written_is_read_and_unpacked_alike(written, tmp_path):
    manifest = archive.read(written)
    archive.unpack_data(written, tmp_path / "copy")

    assert (manifest.rows, manifest.migrations, manifest.size) == ({"ticket": 3}, [["work", "0001_initial"]], 3_000_006)
    assert manifest.parts[0] == Part("data/key", 6, "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b")
    for name in ("key", "files/ab/abcd", "files/empty"):
        assert (tmp_path / "copy" / name).read_bytes() == (tmp_path / "data" / name).read_bytes()
        assert (tmp_path / "copy" / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.abuse("J2")
def test_nobody_else_may_read_an_archive(written):
    assert written.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("at", [0.3, 0.6, 0.9])
def test_a_flipped_bit_is_found(written, at):
    content = bytearray(written.read_bytes())
    content[int(3_000_000 * at)] ^= 1
    written.write_bytes(content)

    with pytest.raises(Unusable, match="digest differs"):
        archive.read(written)


@pytest.mark.parametrize("cut", [1, 15_000, 1_000_000, 2_999_999])
def test_a_missing_tail_is_found(written, cut):
    whole = written.read_bytes()
    # tar pads its end with zeros, which may be missing without harm
    written.write_bytes(whole.rstrip(b"\0")[:-cut])

    with pytest.raises(Unusable):
        archive.read(written)


@pytest.mark.abuse("G8")
def test_an_added_file_is_found(written):
    with tarfile.open(written, "a") as tar:
        tar.add(__file__, "data/extra")

    with pytest.raises(Unusable, match="data/extra, which its manifest does not name"):
        archive.read(written)


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04" + b"x" * 5000])
def test_something_else_is_not_an_archive(tmp_path, content):
    (tmp_path / "other.tar").write_bytes(content)

    with pytest.raises(Unusable):
        archive.read(tmp_path / "other.tar")


@pytest.mark.parametrize("name", ["data/../../escaped", "data//etc/escaped"])
@pytest.mark.abuse("G8")
def test_nothing_is_written_outside_the_folder(tmp_path, name):
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        tar.add(__file__, name)

    with pytest.raises(Unusable):
        archive.unpack_data(tmp_path / "evil.tar", tmp_path / "copy")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / "evil.tar"]


def test_a_folder_in_use_is_left_alone(written, tmp_path):
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "something").write_text("dear")

    with pytest.raises(Unusable, match="not empty"):
        archive.unpack_data(written, tmp_path / "copy")


def test_an_abandoned_archive_leaves_nothing(tmp_path):
    writer = Writer(tmp_path / "one.tar")

    writer.abandon()

    assert list(tmp_path.iterdir()) == []
