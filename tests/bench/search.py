# ruff: noqa: E501 -- a table of measurements reads better in one line
"""How fast the search index is:  python -m tests.bench.search --tickets 100000 [FIRSTLINE_TEST_DB=postgresql]

Tickets with a title, names, and three messages (two public, one internal note) of 60 words; words as rare and as common
as in natural text (Zipf). Permission is part of each measurement: an agent who sees one team in three, and a requester
who sees 1 ticket in 1,000.
"""

from __future__ import annotations

import argparse
import itertools
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import django

from tests.plugins import surroundings  # noqa: F401 -- it prepares a database of its own

WORDS = 50_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=100_000)
    asked = parser.parse_args()
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstline.config.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    Bench(asked.tickets).run()


class Bench:
    def __init__(self, count: int) -> None:
        self.count = count
        self.chance = random.Random(1)
        letters = "abcdefghijklmnopqrstuvwxyz"
        self.words = ["".join(self.chance.choices(letters, k=self.chance.randint(3, 10))) for _ in range(WORDS)]
        self.weights = list(itertools.accumulate(1 / (rank + 2) for rank in range(WORDS)))

    def text(self, count: int) -> str:
        return " ".join(self.chance.choices(self.words, cum_weights=self.weights, k=count))

    def run(self) -> None:
        from django.db import connection, transaction

        from firstline.core import search
        from firstline.core.search.row import Document
        from firstline.work.tickets.models import Ticket

        print(f"{connection.vendor}, {self.count:,} tickets")
        self._tickets()
        start, spent = time.perf_counter(), 0.0
        from firstline.core.search.asking import _index

        for ids in itertools.batched(range(1, self.count + 1), 1_000):
            documents = [
                Document(
                    noun="ticket", id=id_, title=self.text(8), names=self.text(6), body=self.text(120),
                    internal=self.text(60),
                )
                for id_ in ids
            ]  # fmt: skip
            before = time.perf_counter()
            with transaction.atomic():
                _index().write(documents)
            spent += time.perf_counter() - before
        print(
            f"indexing: {self.count / spent:,.0f} tickets/s ({time.perf_counter() - start:.0f} s with making the texts)"
        )
        self._settle()

        agent = Ticket.objects.filter(team_id__in=[1, 4, 7])
        requester = Ticket.objects.filter(requester_id=7)
        common = [self.words[rank] for rank in range(20)]
        medium = [self.words[rank] for rank in range(500, 600)]
        rare = [self.words[rank] for rank in range(30_000, 30_100)]
        kinds: dict[str, list[str]] = {
            "very common word": [f"{word} " for word in common],
            "two common words": [f"{one} {two} " for one, two in itertools.pairwise(common)],
            "medium word": [f"{word} " for word in medium],
            "common and medium": [f"{one} {two} " for one, two in zip(common * 5, medium, strict=True)],
            "rare word": [f"{word} " for word in rare],
            "beginning of three letters": [word[:3] for word in medium],
            "phrase": [f'"{one} {two}"' for one, two in itertools.pairwise(common)],
        }
        for name, texts in kinds.items():
            self._time(
                f"first page, agent: {name}", texts, lambda text: search.page(agent, "ticket", text, internal=True).ids
            )
        for name, texts in kinds.items():
            self._time(
                f"first page, requester: {name}",
                texts,
                lambda text: search.page(requester, "ticket", text, internal=False).ids,
            )
        for name in ("very common word", "medium word", "common and medium"):
            self._time(
                f"as a filter, newest 50: {name}", kinds[name],
                lambda text: list(
                    agent.filter(search.query("ticket", text, internal=True)).order_by("-pk").values_list("pk", flat=True)[:50]
                ),
            )  # fmt: skip
            self._time(f"best 10: {name}", kinds[name], lambda text: search.best(agent, "ticket", text, internal=True))
        for size in (200, 2_000, 15_000):
            texts = [self.text(size) for _ in range(20)]
            self._time(
                f"index one ticket of {size:,} words again", texts,
                lambda text: self._index(text),
            )  # fmt: skip

    def _index(self, text: str) -> list[int]:
        from firstline.core import search

        cut = len(text) * 2 // 3
        search.index("ticket", self.chance.randint(1, self.count), title="x", body=text[:cut], internal=text[cut:])
        return []

    def _tickets(self) -> None:
        from django.db import models

        from firstline.people.accounts.models import Person
        from firstline.people.teams.models import Team
        from firstline.work.tickets.models import Status, Ticket

        def create(model: type[models.Model], rows: Iterator[Any]) -> None:
            models.QuerySet(model).bulk_create(rows, batch_size=1_000)

        create(Person, (Person(pk=1000 + n, email=f"p{n}@example.org") for n in range(1)))
        create(Person, (Person(pk=n, email=f"q{n}@example.org") for n in range(2, 1000)))
        teams: list[Any] = list(models.QuerySet(Team).all())
        create(Team, (Team(pk=n, name=f"Team {n}") for n in range(1, 10) if n not in {team.pk for team in teams}))
        status: Any = models.QuerySet(Status).first()
        if status is None:
            create(
                Status, iter([Status(pk=1, kind="incident", key="new", name="New", type="new", requester_label="New")])
            )
            status = models.QuerySet(Status).get()
        create(
            Ticket,
            (
                Ticket(
                    pk=n, subject=self.text(8), status=status, requester_id=2 + n % 998,
                    team_id=1 + n % 9, priority=1 + n % 4,
                )
                for n in range(1, self.count + 1)
            ),
        )  # fmt: skip

    def _settle(self) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                cursor.execute("SELECT sum(length(block)) FROM search_index_data")
            else:
                cursor.execute("VACUUM ANALYZE")
                cursor.execute("SELECT pg_total_relation_size('search_index')")
            size = cursor.fetchone()[0]
        print(f"size of the index: {size / 1e6:,.0f} MB, {size / self.count:,.0f} bytes a ticket")

    def _time(self, name: str, texts: list[str], ask: Callable[[str], Any]) -> None:
        taken = []
        found = 0
        for text in texts:
            start = time.perf_counter()
            found += len(ask(text))
            taken.append((time.perf_counter() - start) * 1000)
        taken.sort()
        middle, late = taken[len(taken) // 2], taken[int(len(taken) * 0.95)]
        print(
            f"{name:52} p50 {middle:7.2f}  p95 {late:7.2f}  max {taken[-1]:7.2f} ms  ({found / len(texts):.0f} found)"
        )


if __name__ == "__main__":
    main()
