"""Poison kills the child at most, and the next mail flows."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import pytest

from firstline.channels.email.engine import child
from firstline.channels.email.engine.child import close_child, parse_in_child
from firstline.channels.email.engine.kinds import Ourselves
from firstline.channels.email.engine.limits import Limits
from firstline.channels.email.engine.message import Failure, Parsed
from firstline.channels.email.engine.parse import parse

GOOD = b"From: rosa@example.org\nSubject: Hi\nMessage-ID: <1@desk.example>\n\nHello\n"


@pytest.fixture(autouse=True)
def fresh_child() -> Iterator[None]:
    yield
    close_child()


def test_the_child_reads_as_we_read_ourselves() -> None:
    assert parse_in_child(GOOD) == parse(GOOD)


def test_the_child_knows_our_own_mail() -> None:
    read = parse_in_child(GOOD, ourselves=Ourselves(message_id_domains=frozenset({"desk.example"})))

    assert isinstance(read, Parsed)
    assert read.kind == "loop"


def test_one_child_serves_many_mails_fast() -> None:
    parse_in_child(GOOD)
    started = time.monotonic()
    for _ in range(100):
        parse_in_child(GOOD)

    assert time.monotonic() - started < 5


@pytest.mark.abuse("B15")
def test_too_little_time_is_a_failure_and_the_next_mail_flows() -> None:
    big = b"From: a@example.org\n\n" + b"On Monday wrote a@b.c\n" * 200_000

    late = parse_in_child(big, Limits(wall_seconds=0.05))

    assert isinstance(late, Failure)
    assert late.reason.endswith(".")
    assert isinstance(parse_in_child(GOOD), Parsed)


@pytest.mark.abuse("B10")
def test_too_little_memory_is_a_failure_and_the_next_mail_flows() -> None:
    parse_in_child(GOOD)

    starved = parse_in_child(b"From: a@example.org\n\n" + b"x" * 20_000_000, Limits(memory_bytes=60_000_000))

    assert isinstance(starved, Failure) or any("MemoryError" in problem for problem in starved.problems)
    assert isinstance(parse_in_child(GOOD), Parsed)


@pytest.mark.abuse("B3")
def test_too_much_processor_time_is_a_failure_with_its_reason() -> None:
    lines = (
        b"From: a@example.org\nContent-Type: multipart/mixed; boundary=b\n\n"
        + (b"--b\n\n" + b"On Monday 2020 at 10:10 <a@example.org> wrote:\n" * 2_000) * 400
    )

    assert parse_in_child(lines, Limits(cpu_seconds=0, wall_seconds=60)) == Failure(
        "Reading the message took too much processor time."
    )


def test_the_child_finds_the_engine_from_any_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.path", [path for path in sys.path if "site-packages" in path or "lib" in path])

    assert isinstance(parse_in_child(GOOD), Parsed)


def test_a_killed_child_is_replaced() -> None:
    parse_in_child(GOOD)
    process = child._CHILD._process
    assert process is not None
    process.kill()
    process.wait()

    assert isinstance(parse_in_child(GOOD), Parsed)


def nested(depth: int) -> bytes:
    levels = (b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level) for level in range(depth))
    return b"From: a@example.org\n" + b"".join(levels) + b"\nWords\n"


def html(body: bytes) -> bytes:
    return b"From: a@example.org\nContent-Type: text/html\n\n" + body


def text(body: bytes) -> bytes:
    return b"From: a@example.org\n\n" + body


POISON = {
    "B1 brackets, 1 KB": b"To: " + b"(" * 1_000 + b"\n\nx",
    "B1 brackets, 1 MB": b"To: " + b"(" * 1_000_000 + b"\n\nx",
    "B1 quotes": b'To: "' + b'\\"' * 30_000 + b"\n\nx",
    "B2 nested 10,000": nested(10_000),
    "B3 80,000 parts": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 80_000,
    "B3 20,000 recipients": b"To: " + b",\n ".join(b"u%d@example.org" % n for n in range(20_000)) + b"\n\nx",
    "B3 10,000 Received": b"Received: from a by b; x\n" * 10_000 + b"\nx",
    "B14 200,000 divs": html(b"<div>" * 200_000),
    "B14 a million &": html(b"&" * 1_000_000),
    "B14 a million <": html(b"<" * 1_000_000),
    "B14 100,000 attributes": html(b"<p " + b"".join(b"a%d=b " % n for n in range(100_000)) + b">"),
    "B15 one long line": text(b"a" * 1_000_000),
    "B15 blanks": text(b" " * 1_000_000 + b"x"),
    "B15 dashes": text(b"-" * 1_000_000),
    "B15 attributions": text(b"On Monday wrote:\n" * 60_000),
    "B15 phones": text(b"Sent from my my my my my my my my my x\n" * 25_000),
    "B15 links": text((b"[" * 390 + b"\n") * 2_500),
    "B15 a bounce of blanks": b"From: mailer-daemon@x.org\nReturn-Path: <>\nSubject: Undelivered\n\n"
    + b" " * 1_000_000,
    "B15 a bounce of ats": b"From: mailer-daemon@x.org\nReturn-Path: <>\nSubject: Undelivered\n\n" + b"<a@b" * 250_000,
    "B6 a million NUL": b"\x00" * 1_000_000,
}


@pytest.mark.parametrize("name", POISON)
@pytest.mark.abuse("B1", "B2", "B3", "B6", "B14", "B15")
def test_poison_costs_less_than_two_seconds_and_is_answered(name: str) -> None:
    started = time.process_time()
    parsed = parse(POISON[name])
    spent = time.process_time() - started

    assert spent < 2
    assert parsed.problems
    assert not [problem for problem in parsed.problems if "could not be read" in problem]


@pytest.mark.parametrize("name", ["B1 brackets, 1 MB", "B2 nested 10,000", "B3 80,000 parts"])
@pytest.mark.abuse("B1", "B2", "B3")
def test_the_worst_poison_is_answered_by_the_child_too(name: str) -> None:
    assert isinstance(parse_in_child(POISON[name]), Parsed | Failure)
    assert parse_in_child(GOOD) == parse(GOOD)
