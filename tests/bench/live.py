"""How much 500 open streams cost, and how soon they hear: `python -m tests.bench.live [streams] [seconds]`.

Every stream has a person and a session of its own and listens to a ticket and to the queue, so that nothing is shared.
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

STREAMS = int(sys.argv[1]) if len(sys.argv) > 1 else 500
SECONDS = float(sys.argv[2]) if len(sys.argv) > 2 else 20


def make_people() -> list[tuple[str, int]]:
    """Session keys and tickets."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import transaction

    from firstline.core.actions import acting
    from firstline.people.access.models import Grant, Role
    from firstline.people.accounts.models import Person
    from firstline.work.tickets.actions.open import open_ticket

    made = []
    with transaction.atomic(), acting():
        for number in range(STREAMS):
            person = Person.objects.create_user(f"agent{number}@bench.example")
            Grant.objects.create(person=person, role=Role.AGENT)
            session = SessionStore()
            session[SESSION_KEY] = str(person.pk)
            session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
            session[HASH_SESSION_KEY] = person.get_session_auth_hash()
            session.create()
            made.append((str(session.session_key), open_ticket(person, f"Ticket {number}", by=None).pk))
    return made


def happen(ticket: int) -> float:
    """One more event about the ticket; when it was committed."""
    from firstline.work.tickets.actions.edit import retitle
    from firstline.work.tickets.models import Ticket

    retitle(Ticket.objects.get(pk=ticket), f"Ticket {ticket} {random.random()}", by=None)
    return time.monotonic()


class Listener:
    def __init__(self) -> None:
        self.heard: dict[str, list[float]] = {}

    async def listen(self, port: int, cookie: str, ticket: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = (
            f"GET /live?topics=ticket:{ticket},queue HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: firstline={cookie}\r\n\r\n"
        )
        writer.write(head.encode())
        status = await reader.readline()
        if b" 200 " not in status:
            raise SystemExit(f"a stream was refused: {status!r}")
        while line := await reader.readline():
            if line.startswith(b"data:"):
                for name in line[5:].split():
                    self.heard.setdefault(name.decode(), []).append(time.monotonic())


def cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20


async def measure(server: subprocess.Popen[bytes], port: int, people: list[tuple[str, int]]) -> None:
    listeners = [Listener() for _ in people]
    begun = time.monotonic()
    tasks = []
    for listener, (cookie, ticket) in zip(listeners, people, strict=True):
        tasks.append(asyncio.create_task(listener.listen(port, cookie, ticket)))
        await asyncio.sleep(0.004)
    await asyncio.sleep(8)
    print(f"{STREAMS} streams open after {time.monotonic() - begun - 8:.1f} s, web process {memory(server.pid)} MB")

    before, begun = cpu(server.pid), time.monotonic()
    await asyncio.sleep(SECONDS)
    print(f"silent: {(cpu(server.pid) - before) / (time.monotonic() - begun):.1%} of a core")

    before, begun = cpu(server.pid), time.monotonic()
    happened: dict[int, float] = {}
    loop = asyncio.get_running_loop()
    for place in random.sample(range(len(people)), int(SECONDS)):
        happened[place] = await loop.run_in_executor(None, happen, people[place][1])
        await asyncio.sleep(1)
    await asyncio.sleep(2)
    print(f"one event a second: {(cpu(server.pid) - before) / (time.monotonic() - begun):.1%} of a core")
    delays = sorted(
        listeners[place].heard.get(f"ticket:{people[place][1]}", [float("inf")])[0] - at
        for place, at in happened.items()
    )
    print(f"heard after: median {delays[len(delays) // 2]:.2f} s, worst {delays[-1]:.2f} s")
    counts = {len(listener.heard.get("queue", [])) for listener in listeners}
    print(f"told of the queue: {min(counts)} to {max(counts)} times, {len(happened)} events")
    for task in tasks:
        task.cancel()


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="firstline-bench-") as folder:
        os.environ.setdefault("FIRSTLINE_DATA", folder)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstline.config.settings")
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        people = make_people()
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen(1024)
            port = listening.getsockname()[1]
            fd = listening.fileno()
            server = subprocess.Popen(
                [sys.executable, "-m", "firstline", "web", "--fd", str(fd)], pass_fds=[fd], stderr=subprocess.DEVNULL
            )
            try:
                asyncio.run(measure(server, port, people))
            finally:
                server.terminate()
                print(f"stopped after {_wait(server):.1f} s")


def _wait(server: subprocess.Popen[Any]) -> float:
    begun = time.monotonic()
    server.wait(10)
    return time.monotonic() - begun


if __name__ == "__main__":
    main()
