"""`bin/bench`: how fast the real server is, as multiples of a bare page on the same server and database."""

from __future__ import annotations

import itertools
import json
import shutil
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from tests.bench import load, mailing
from tests.rig import machine
from tests.rig.cluster import Cluster
from tests.rig.desk import ROOT, Desk, milliseconds
from tests.rig.wire import request

CACHE = ROOT / ".cache" / "bench"
CLIENTS = 8
TWO_PROCESSES = f"api, {CLIENTS} clients, two processes"  # a second core is used by `firstline web --processes 2`
PEOPLE = ("agent", "narrow_agent", "requester")
LIMIT = "the limit"
ASGI = "the limit, ASGI"
# The pages' p50 with one client, over the limit's; what issue and PEERS.md ask for.
TARGETS = {"queue": 1.5, "ticket": 1.2, "search": 2.0}
CREATES = {"sqlite": 100, "postgresql": 150}
SLOWEST_WRITE = 1_000  # ms
STATEMENTS = {"queue": 6, "ticket": 12}
LARGEST_QUEUE, LARGEST_FIRST_LOAD = 60_000, 200_000  # bytes


@click.command()
@click.option("--tickets", default=100_000, show_default=True, help="How many tickets, with three messages each.")
@click.option("--db", type=click.Choice(["sqlite", "postgresql", "both"]), default="both", show_default=True)
@click.option("--short", is_flag=True, help="5,000 tickets and fewer requests: under 90 seconds.")
@click.option("--profile", metavar="PAGE", help="Print where the time of a page goes (queue, ticket, …), and end.")
@click.option("--sql", metavar="PAGE", help="Print the statements of a page, and end.")
def bench(tickets: int, db: str, short: bool, profile: str | None, sql: str | None) -> None:
    """Measure pages, search and creating over HTTP and SMTP, beside a bare page of the same minute.

    The database is filled once and kept in .cache/bench; each run works on a copy. The figures go to
    .cache/bench/result.json.
    """
    tickets = 5_000 if short else tickets
    print(f"{machine.describe()}; load before the run {machine.load():.1f}")
    results = {}
    for kind in ["sqlite", "postgresql"] if db == "both" else [db]:
        with _desk(kind, tickets) as desk:
            world = _world(desk)  # it may be of an older version
            desk.python("tests.bench.filling", "--renew", *(world[who] for who in PEOPLE))
            if profile or sql:
                print(desk.python("tests.bench.statements", json.dumps(_pages(_world(desk))),
                                  *(("--profile", profile) if profile else ("--sql", str(sql)))))  # fmt: skip
                continue
            results[kind] = Measuring(desk, kind, short=short).run()
            results[kind]["bars"] = _bars(kind, results[kind])
            _print(kind, tickets, results[kind])
    if results:
        result = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": machine.describe(),
            "load": round(machine.load(), 1),
            "tickets": tickets,
            "databases": results,
        }
        (CACHE / "result.json").write_text(json.dumps(result, indent=1))
        print(f"\nload after the run {machine.load():.1f}; figures in {(CACHE / 'result.json').relative_to(ROOT)}")


@contextmanager
def _desk(kind: str, tickets: int) -> Iterator[Desk]:
    """A copy of the filled desk, made first where it is missing."""
    CACHE.mkdir(parents=True, exist_ok=True)
    filled, run = CACHE / f"{kind}-{tickets}", CACHE / f"{kind}-run"
    shutil.rmtree(run, ignore_errors=True)
    if kind == "sqlite":
        if not (filled / "world.json").exists():
            shutil.rmtree(filled, ignore_errors=True)
            _fill(filled, "", tickets)
        shutil.copytree(filled, run)
        with Desk(run) as desk:
            yield desk
        shutil.rmtree(run, ignore_errors=True)
        return
    with Cluster(CACHE / "postgresql") as cluster:
        name = f"filled_{tickets}"
        if name not in cluster.names() or not (filled / "world.json").exists():
            shutil.rmtree(filled, ignore_errors=True)
            cluster.create(name)
            _fill(filled, cluster.address(name), tickets)
            cluster.do(name, "VACUUM ANALYZE")
        cluster.create("run", like=name)
        cluster.do("run", "CHECKPOINT")
        shutil.copytree(filled, run)
        with Desk(run, database=cluster.address("run")) as desk:
            yield desk
        cluster.drop("run")
        shutil.rmtree(run, ignore_errors=True)


def _fill(folder: Path, database: str, tickets: int) -> None:
    begun = time.monotonic()
    with Desk(folder, database=database) as desk:
        desk.python("tests.bench.filling", "--tickets", str(tickets))
    print(f"filled {tickets:,} tickets in {time.monotonic() - begun:.0f} s (kept for the next run)")


def _world(desk: Desk) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((desk.folder / "world.json").read_text())
    return found


def _pages(world: dict[str, Any]) -> dict[str, tuple[dict[str, str], str]]:
    """Name → cookies and path of one example; the order is the order of the table."""
    agent, narrow, requester = ({world["cookie"]: world[who]} for who in PEOPLE)
    search = world["searches"][0].replace(" ", "+")
    return {
        "queue": (agent, "/queue"),
        "queue, agent of three teams": (narrow, "/queue"),
        "ticket": (agent, f"/tickets/{world['numbers'][len(world['numbers']) // 2]}"),
        "search": (agent, f"/search?q={search}"),
        "portal home": (requester, "/"),
    }


class Measuring:
    """One database's figures."""

    def __init__(self, desk: Desk, kind: str, *, short: bool) -> None:
        self.desk, self.kind, self.world = desk, kind, _world(desk)
        self.rounds, self.seconds = (40, 1.5) if short else (200, 5.0)
        self.pages: dict[str, dict[str, Any]] = {}
        self.assets = self.assets_zipped = 0  # bytes of style, script and pictures, which browsers keep for ever

    def run(self) -> dict[str, Any]:
        for name, seen in json.loads(
            self.desk.python("tests.bench.statements", json.dumps(_pages(self.world)))
        ).items():
            if name == "assets":
                self.assets = seen
            elif name == "assets_zipped":
                self.assets_zipped = seen
            else:
                self.pages[name] = seen
        bare = Desk(self.desk.folder / "limit", database=self.desk.environment["FIRSTLINE_DATABASE"])
        with bare, Desk(self.desk.folder / "asgi") as under_asgi:
            if self.kind == "sqlite":
                bare.environment["FIRSTLINE_DATABASE"] = f"sqlite:///{self.desk.folder / 'firstline.sqlite3'}"
            bare.start("limit", "--fd", "{fd}", module="tests.bench.limit")
            bare.wait_until_ready("limit")
            under_asgi.environment |= {"FIRSTLINE_DATABASE": bare.environment["FIRSTLINE_DATABASE"]}
            under_asgi.start("limit", "--fd", "{fd}", "--asgi", module="tests.bench.limit")
            under_asgi.wait_until_ready("limit")
            started = self.desk.start_web()
            self._one_client(bare.port, under_asgi.port)
            self._many_clients(bare.port, under_asgi.port)
            memory = {LIMIT: bare.peak_memory("limit"), "web": self.desk.peak_memory("web")}
        creating = self._creating()
        memory["worker"] = self.desk.peak_memory("worker")
        return {
            "pages": self.pages, "creates": creating, "memory": memory, "started": started, "assets": self.assets,
            "assets_zipped": self.assets_zipped,
        }  # fmt: skip

    def _targets(self, limit: int, asgi: int) -> dict[str, tuple[int, load.Ask]]:
        world, port = self.world, self.desk.port
        agent = f"{world['cookie']}={world['agent']}"
        found: dict[str, tuple[int, load.Ask]] = {
            LIMIT: (limit, load.cycle([request("GET", "/")])),
            "the limit, Jinja2": (limit, load.cycle([request("GET", "/jinja2")])),
            ASGI: (asgi, load.cycle([request("GET", "/")])),
        }
        for name, (cookies, path) in _pages(world).items():
            paths = [path]
            if name == "ticket":
                paths = [f"/tickets/{number}" for number in world["numbers"]]
            elif name == "search":
                paths = [f"/search?q={words.replace(' ', '+')}" for words in world["searches"]]
            cookie = "; ".join(f"{key}={value}" for key, value in cookies.items())
            found[name] = (port, load.cycle([request("GET", path, cookie=cookie) for path in paths]))
        found["queue, zipped"] = (port, load.cycle([request("GET", "/queue", cookie=agent, accept_encoding="gzip")]))
        return found

    def _one_client(self, limit: int, asgi: int) -> None:
        times = load.in_turn(self._targets(limit, asgi), rounds=self.rounds)
        bare = statistics.median(times[LIMIT].taken)
        for name, found in times.items():
            _must_be_right(name, found)
            p50, p95 = milliseconds(found.taken, 0.5, 0.95)
            row = self.pages.setdefault(
                name, {"statements": 1 if name.startswith(LIMIT) else None, "bytes": found.size}
            )
            row |= {"p50": round(p50, 2), "p95": round(p95, 2), "ratio": round(p50 / 1000 / bare, 2)}

    def _many_clients(self, limit: int, asgi: int) -> None:
        targets = self._targets(limit, asgi)
        for name, (port, _ask) in targets.items():
            asks = [self._targets(limit, asgi)[name][1] for _ in range(CLIENTS)]
            found = load.at_once(port, asks, seconds=self.seconds)
            if name != ASGI or not found.taken:  # ASGI opens a connection a request: PostgreSQL turns some away
                _must_be_right(name, found)
            p50, p95 = milliseconds(found.taken, 0.5, 0.95)
            self.pages[name] |= {"rate8": round(found.rate, 1), "p50_8": round(p50, 1), "p95_8": round(p95, 1)}

    def _creating(self) -> dict[str, Any]:
        """By API with one process and with two, as `--processes 2` does; beside a working worker; by mail."""
        found: dict[str, Any] = {}
        for clients in (1, CLIENTS):
            found[f"api, {clients} client{'s' * (clients > 1)}"] = self._create_by_api(clients)
        self.desk.start_web("web 2")
        found[TWO_PROCESSES] = self._create_by_api(CLIENTS)
        self.desk.start("worker", "worker")
        port = self.desk.start_mail()
        time.sleep(3)
        found[f"api, {CLIENTS} clients, worker at work"] = self._create_by_api(CLIENTS)
        found[f"mail, {CLIENTS} clients"] = self._create_by_mail(port)
        return found

    def _create_by_api(self, clients: int) -> dict[str, Any]:
        people = self.world["requesters"]

        numbers = itertools.count(1)
        head = {"content_type": "application/json", "authorization": f"Bearer {self.world['token']}"}

        def ask() -> bytes:
            number = next(numbers)
            said = {
                "subject": f"The screen stays black {number}",
                "text": "It does since this morning.",
                "requester": people[number % len(people)],
            }
            return request("POST", "/api/v1/tickets", body=json.dumps(said).encode(), **head)

        times = load.at_once(self.desk.port, [ask] * clients, seconds=self.seconds * 2, expected=201)
        _must_be_right("create", times)
        return _summary(times)

    def _create_by_mail(self, port: int) -> dict[str, Any]:
        begun = time.perf_counter()
        times = mailing.deliver(
            port, self.world["requesters"], clients=CLIENTS, seconds=self.seconds * 2, run=f"{time.time_ns()}"
        )
        _must_be_right("mail", times)
        taken = int(self.desk.python("tests.bench.waiting", str(len(times.taken))))
        seconds = time.perf_counter() - begun
        return _summary(times) | {"read": taken, "read_rate": round(taken / seconds, 1)}


def _summary(times: load.Times) -> dict[str, Any]:
    p50, p95 = milliseconds(times.taken, 0.5, 0.95)
    return {
        "count": len(times.taken),
        "rate": round(times.rate, 1),
        "p50": round(p50, 1),
        "p95": round(p95, 1),
        "slowest": round(max(times.taken) * 1000),
    }


def _bars(kind: str, found: dict[str, Any]) -> list[dict[str, Any]]:
    """What issue and PEERS.md ask for, each with the figure of this run and whether it is good enough."""
    pages, creates = found["pages"], found["creates"]
    eight = creates[TWO_PROCESSES]
    bars = [(f"{name}: p50 over the limit's", pages[name]["ratio"], goal, "most") for name, goal in TARGETS.items()]
    bars += [(f"{name}: SQL statements", pages[name]["statements"], most, "most") for name, most in STATEMENTS.items()]
    bars += [
        ("queue: bytes of HTML", pages["queue"]["bytes"], LARGEST_QUEUE, "most"),
        (
            "first load: bytes on the wire",
            pages["queue"]["zipped"] + found["assets_zipped"],
            LARGEST_FIRST_LOAD,
            "most",
        ),
        (
            "first load: bytes, unzipped",
            pages["queue"]["bytes"] + found["assets"],
            LARGEST_FIRST_LOAD,
            "most",
        ),
        (f"durable creates a second, {CLIENTS} clients, two processes", eight["rate"], CREATES[kind], "least"),
        ("slowest single write, ms", max(row["slowest"] for row in creates.values()), SLOWEST_WRITE, "most"),
    ]
    return [
        {"name": name, "value": value, "bar": bar, "kind": way, "met": value <= bar if way == "most" else value >= bar}
        for name, value, bar, way in bars
    ]


def _must_be_right(name: str, times: load.Times) -> None:
    if times.wrong or not times.taken:
        raise SystemExit(f"{name}: {times.wrong} wrong answers, such as {times.last_wrong}")


def _print(kind: str, tickets: int, found: dict[str, Any]) -> None:
    print(f"\n{kind}, {tickets:,} tickets × 3 messages; × is p50 over the limit's, one client\n")
    print(
        f"{'page':<30}{'×':>6}{'goal':>6}{'p50 ms':>9}{'p95 ms':>9}{'req/s (8)':>11}{'p95 (8)':>9}{'SQL':>5}{'KB':>7}"
    )
    for name, row in sorted(found["pages"].items(), key=lambda item: not item[0].startswith(LIMIT)):
        print(
            f"{name:<30}{row['ratio']:>6.2f}{TARGETS.get(name, ''):>6}{row['p50']:>9.1f}{row['p95']:>9.1f}"
            f"{row['rate8']:>11.1f}{row['p95_8']:>9.1f}{row['statements'] or '':>5}{row['bytes'] / 1000:>7.1f}"
        )
    print(f"\n{'creating tickets, durably':<36}{'per s':>8}{'goal':>6}{'p50 ms':>9}{'p95 ms':>9}{'slowest':>9}")
    for name, row in found["creates"].items():
        goal = CREATES[kind] if name == TWO_PROCESSES else ""
        print(f"{name:<36}{row['rate']:>8.1f}{goal:>6}{row['p50']:>9.1f}{row['p95']:>9.1f}{row['slowest']:>9}")
        if "read" in row:
            print(f"{'  … until the worker has read them':<36}{row['read_rate']:>8.1f}")
    memory = found["memory"]
    words = ", ".join(f"{name} {size / 2**20:.0f} MB (× {size / memory[LIMIT]:.1f})" for name, size in memory.items())
    for bar in found["bars"]:
        if not bar["met"]:
            print(f"MISSED: {bar['name']} is {bar['value']:g}, the bar is {bar['bar']:g}")
    print(f"\npeak memory: {words}; web answers {found['started']:.1f} s after its start")


if __name__ == "__main__":
    bench()
