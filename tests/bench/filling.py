"""Fill an empty database with the world that is measured:  python -m tests.bench.filling --tickets 100000

What others must know of it (sessions, a token, words, numbers) is written to `world.json` in the data folder.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

TEAMS, AGENTS, REQUESTERS, MESSAGES = 20, 50, 5_000, 3
WORDS, SENTENCES = 30_000, 40_000
AT_ONCE = 10_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--renew", metavar="KEY", nargs="*", help="Bring an older world up to date; keys of sessions.")
    asked = parser.parse_args()
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    if asked.renew is None:
        Filling(asked.tickets).run()
    else:
        _renew(asked.renew)


def _renew(sessions: list[str]) -> None:
    """A session that was begun when people signed in by other code is none any more."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    for key in sessions:
        session = SessionStore(key)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session.save()


class Filling:
    def __init__(self, tickets: int) -> None:
        self.count = tickets
        self.chance = random.Random(3)
        self.words = _made_up_words(self.chance)
        weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(WORDS)))  # Zipf, as in natural text
        self.sentences = [
            " ".join(self.chance.choices(self.words, cum_weights=weights, k=9)).capitalize() + "."
            for _ in range(SENTENCES)
        ]

    def run(self) -> None:
        from django.db import connection, transaction

        from firstline.core import clock, search
        from firstline.core.actions import acting

        begun = time.monotonic()
        self.now = clock.now()
        with transaction.atomic(), acting():
            self._people()
        for ids in itertools.batched(range(1, self.count + 1), AT_ONCE):
            with transaction.atomic(), acting():
                self._tickets(ids)
            _tell(f"{ids[-1]:,} tickets")
        _tell("search index")
        search.rebuild("ticket")
        _tell("seal")
        self._seal()
        with connection.cursor() as cursor:
            _limit(cursor)
            cursor.execute("ANALYZE")
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._world()
        _tell(f"filled in {time.monotonic() - begun:.0f} s\n")

    def _people(self) -> None:
        from firstline.core.database.bulk import insert_many
        from firstline.core.text import fold
        from firstline.people.access.models import Grant, Role
        from firstline.people.accounts.models import Person
        from firstline.people.teams.models import Team, TeamMember

        names = [f"{self._name()} {self._name()}" for _ in range(AGENTS + REQUESTERS)]
        insert_many(
            Person,
            (
                {"name": name, "email": (address := f"p{n}@bench.example"), "folded": fold(f"{name} {address}"),
                 "password": "!", "email_verified_at": self.now}
                for n, name in enumerate(names, 1)
            ),
        )  # fmt: skip
        people = list(Person.objects.order_by("id").values_list("pk", flat=True))
        self.agents, self.requesters = people[:AGENTS], people[AGENTS:]
        insert_many(Team, ({"name": f"Team {n:02}"} for n in range(1, TEAMS + 1)))
        self.teams = list(Team.objects.order_by("id").values_list("pk", flat=True))
        # Every agent works in two teams. The last one sees three teams' tickets only, the others all.
        insert_many(
            TeamMember,
            (
                {"team_id": self.teams[(n + more) % TEAMS], "person_id": pk}
                for n, pk in enumerate(self.agents)
                for more in (0, 7)
            ),
        )  # fmt: skip
        insert_many(Grant, ({"person_id": pk, "role": Role.AGENT, "kind": ""} for pk in self.agents[:-1]))
        insert_many(
            Grant,
            ({"person_id": self.agents[-1], "role": Role.AGENT, "team_id": pk, "kind": ""} for pk in self.teams[:3]),
        )  # fmt: skip

    def _tickets(self, ids: tuple[int, ...]) -> None:
        from firstline.core.database.bulk import insert_many
        from firstline.core.events.past import Past, record_past
        from firstline.core.text import fold
        from firstline.work.conversations.events import Noted, Replied
        from firstline.work.conversations.models import Message, Visibility
        from firstline.work.tickets.events import TicketAssigned, TicketOpened
        from firstline.work.tickets.models import Status, StatusType, Ticket, Turn

        if not hasattr(self, "statuses"):
            self.statuses = {
                status.type: status.pk for status in Status.objects.filter(kind="incident").order_by("-position")
            }
        tickets: list[dict[str, Any]] = []
        messages: list[dict[str, Any]] = []
        happened: list[Past] = []
        pick = self.chance.choice
        for id_ in ids:
            is_open = self.chance.random() < 0.1
            state = pick([StatusType.OPEN, StatusType.OPEN, StatusType.WAITING]) if is_open else StatusType.CLOSED
            at = self.now - timedelta(minutes=5 * (self.count - id_) + self.chance.randint(0, 4))
            requester, owner, subject = pick(self.requesters), pick(self.agents), pick(self.sentences)[:70]
            tickets.append(
                {
                    "subject": subject, "subject_folded": fold(subject), "status_id": self.statuses[state],
                    "state": state, "is_unsolved": is_open, "requester_id": requester, "opened_by_id": requester,
                    "priority": self.chance.choices([1, 2, 3, 4], [2, 15, 60, 23])[0],
                    "team_id": pick(self.teams), "owner_id": owner, "source": "mail", "created_at": at,
                    "updated_at": at + timedelta(hours=3), "resolved_at": None if is_open else at + timedelta(hours=3),
                    "turn": Turn.DESK if state != StatusType.WAITING else Turn.REQUESTER,
                    "due_at": at + timedelta(days=2) if is_open else None,
                    "next_due_at": at + timedelta(days=2) if is_open else None,
                    "next_due": "date" if is_open else "",
                }
            )  # fmt: skip
            facts = {"source": "mail", "subject": subject, "requester": requester}
            happened.append(Past(TicketOpened, id_, at, requester, facts))
            for place, (author, visibility) in enumerate(
                [(requester, Visibility.PUBLIC), (owner, Visibility.INTERNAL), (owner, Visibility.PUBLIC)][:MESSAGES]
            ):
                text = " ".join(self.chance.choices(self.sentences, k=5))
                when = at + timedelta(hours=place)
                messages.append(
                    {
                        "ticket_id": id_, "visibility": visibility, "author_id": author, "text": text,
                        "html": f"<p>{text}</p>", "is_from_desk": author == owner, "source": "mail", "created_at": when,
                    }
                )  # fmt: skip
                number = (id_ - 1) * MESSAGES + place + 1
                if visibility == Visibility.INTERNAL:
                    happened.append(Past(Noted, id_, when, author, {"message": number}))
                else:
                    from_desk = author == owner
                    happened.append(Past(Replied, id_, when, author, {"message": number, "from_desk": from_desk}))
            happened.append(Past(TicketAssigned, id_, at + timedelta(hours=1), owner, {"from": None, "to": owner}))
        insert_many(Ticket, tickets)
        insert_many(Message, messages)
        record_past(happened)

    def _seal(self) -> None:
        from django.db import transaction

        from firstline.core.events.seal import seal
        from firstline.core.jobs.loops import leader

        while True:
            leader.take()
            with transaction.atomic():
                if not seal(leader, batch=5_000):
                    break
        leader.release()

    def _world(self) -> None:
        from django.conf import settings

        from firstline.core.text import words
        from firstline.doors.api.actions.tokens import create_token
        from firstline.doors.api.models import ApiToken
        from firstline.people.accounts.models import Person

        def somebody(pk: int) -> Person:
            return Person.objects.get(pk=pk)

        agent = somebody(self.agents[0])
        # Words that occur in some hundred to some thousand tickets: neither stop words nor serial numbers.
        known = [word for word in self.words[30:400] if words(word) == [word]]
        pairs = [f"{one} {two}" for one, two in zip(known[:60], known[60:120], strict=True)]
        world = {
            "tickets": self.count,
            "cookie": settings.SESSION_COOKIE_NAME,
            "agent": _session(agent),
            "narrow_agent": _session(somebody(self.agents[-1])),
            "requester": _session(somebody(self.requesters[0])),
            "token": create_token(agent, "bench", scope=ApiToken.Scope.WRITE, by=None)[1],
            "numbers": sorted(self.chance.sample(range(1, self.count + 1), min(200, self.count))),
            "searches": pairs,
            "requesters": [f"p{n}@bench.example" for n in range(AGENTS + 1, AGENTS + 201)],
            "agent_id": agent.pk,
        }
        (Path(settings.DATA) / "world.json").write_text(json.dumps(world))

    def _name(self) -> str:
        return self.chance.choice(self.words).capitalize()


def _made_up_words(chance: random.Random) -> list[str]:
    """Pronounceable, so that lengths and beginnings are as in a language."""
    vowels, rest = "aeiou", "bcdfghklmnprstvwz"
    made: dict[str, None] = {}
    while len(made) < WORDS:
        made["".join(chance.choice(rest) + chance.choice(vowels) for _ in range(chance.randint(2, 4)))] = None
    return list(made)


def _session(person: Any) -> str:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def _limit(cursor: Any) -> None:
    """The table of the bare view (see limit.py): its own, so that its index is no help to the product."""
    columns = "id, is_unsolved, priority, created_at, subject, state"
    cursor.execute(f"CREATE TABLE bench_limit AS SELECT {columns} FROM ticket")
    cursor.execute(
        "CREATE INDEX bench_limit_queue ON bench_limit (is_unsolved, priority, created_at, id, subject, state)"
    )


def _tell(words: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K  {words}")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
