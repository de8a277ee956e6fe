"""How many threads a web process wants: `python -m tests.bench.pages [people] [seconds]`.

Signed-in agents ask for their home, the queue and tickets, one request after the other.
Prints pages a second, waiting times, and the server's processor time for one request, for 2 to 12 threads.
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

PEOPLE = int(sys.argv[1]) if len(sys.argv) > 1 else 16
SECONDS = float(sys.argv[2]) if len(sys.argv) > 2 else 8


async def browse(port: int, cookie: str, tickets: list[int], until: float, times: list[float]) -> None:
    """One person: a connection that stays open, and one page after the other."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.monotonic() < until:
        path = random.choice(["/queue", f"/tickets/{random.choice(tickets)}", "/desk"])
        begun = time.monotonic()
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: firstline={cookie}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1]) for line in head.splitlines() if line.lower().startswith(b"content-length")
        )
        await reader.readexactly(length)
        status = int(head.split()[1])
        if status >= 400:
            raise SystemExit(f"{path} answered {status}")
        times.append(time.monotonic() - begun)
    writer.close()


def measure(threads: int, people: list[tuple[str, int]]) -> None:
    from tests.bench.live import cpu, memory

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(512)
        port, fd = listening.getsockname()[1], listening.fileno()
        server = subprocess.Popen(
            [sys.executable, "-m", "firstline", "web", "--fd", str(fd)],
            pass_fds=[fd], stderr=subprocess.DEVNULL, env={**os.environ, "FIRSTLINE_THREADS": str(threads)},
        )  # fmt: skip
        try:
            tickets = [ticket for _cookie, ticket in people]

            async def run(seconds: float) -> list[float]:
                times: list[float] = []
                until = time.monotonic() + seconds
                await asyncio.gather(*(browse(port, cookie, tickets, until, times) for cookie, _ in people[:PEOPLE]))
                return times

            asyncio.run(run(3))
            before, begun = cpu(server.pid), time.monotonic()
            times = sorted(asyncio.run(run(SECONDS)))
            spent = cpu(server.pid) - before
            print(
                f"{threads:2} threads: {len(times) / (time.monotonic() - begun):5.0f} pages/s, "
                f"median {times[len(times) // 2] * 1000:4.0f} ms, p95 {times[int(len(times) * 0.95)] * 1000:4.0f} ms, "
                f"{spent / len(times) * 1000:.1f} ms of processor a page, {memory(server.pid)} MB"
            )
        finally:
            server.terminate()
            server.wait(10)


def main() -> None:
    sys.argv[1:] = [str(max(PEOPLE, 200))]
    with tempfile.TemporaryDirectory(prefix="firstline-bench-") as folder:
        os.environ.setdefault("FIRSTLINE_DATA", folder)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstline.config.settings")
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        from tests.bench.live import make_people

        people = make_people()
        for threads in (2, 4, 6, 8, 12):
            measure(threads, people)


if __name__ == "__main__":
    main()
