"""What must hold whatever is tried; each answers with sentences about what does not, so that a test can gather many."""

from __future__ import annotations

import re
import resource
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.matrix.world import SECRET

# What only the inside of a program says: a traceback, an object as Python shows it, a complaint of the database.
INSIDE = re.compile(
    r"Traceback \(most recent call last\)|<[\w.]+ object at 0x|\bDoesNotExist\b|\bsqlite3\.|\bpsycopg\b"
    r"|OperationalError|IntegrityError|near \"[^\"]*\": syntax error|/site-packages/|SQLSTATE|DETAIL:  |QuerySet \["
)
LINE_OF_A_PAGE = 200


def complaints(
    status: int, body: str | bytes, *, headers: Any = (), entitled: Iterable[str] | None = None
) -> list[str]:
    """O1 and O2 on one answer. `entitled`: the secret words its reader may see; None: do not look for secrets."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    text += str(dict(headers))
    found = [f"an error, {status}"] if status >= 500 and status != 503 else []
    found += [f"shows the inside: {hit[0][:LINE_OF_A_PAGE]!r}" for hit in INSIDE.finditer(text)][:1]
    if entitled is not None:
        leaked = sorted(set(SECRET.findall(text)) - set(entitled))
        found += [f"shows {', '.join(leaked)}"] if leaked else []
    return found


@dataclass
class Spent:
    """What a block of code has cost."""

    cpu: float = 0.0
    wall: float = 0.0
    memory: int = 0  # bytes that the process has grown by at most
    over: list[str] = field(default_factory=list)


@contextmanager
def budget(*, cpu: float = 2.0, wall: float = 10.0, memory: int = 100 * 1024**2) -> Iterator[Spent]:
    """O5: fails if the block costs more than a message or a request may."""
    spent = Spent()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, began_cpu = time.monotonic(), time.process_time()
    yield spent
    spent.cpu, spent.wall = time.process_time() - began_cpu, time.monotonic() - began
    spent.memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert spent.cpu <= cpu, f"{spent.cpu:.1f} s of processor time"
    assert spent.wall <= wall, f"{spent.wall:.1f} s"
    assert spent.memory <= memory, f"{spent.memory / 1024**2:.0f} MB more memory"
