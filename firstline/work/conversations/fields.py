"""How a ticket is read for searching: its words, its people, what was said on it, its files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from operator import itemgetter
from typing import Any

from django.db import connection

from firstline.core import search
from firstline.work.tickets.models import Ticket

from .models import Visibility

MOST_MESSAGES = 2_000  # of one ticket; the newest


def documents(ids: list[int]) -> Iterable[search.Document]:
    """Tickets as the index keeps them. Notes are kept apart, so that a requester never finds by them."""
    titles: dict[int, str] = {}
    parts: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for part, ticket, _place, *words in _read(ids):
        if part == "title":
            titles[ticket] = words.pop(0)
            words.append(str(ticket))
            part = "names"
        parts[part][ticket] += filter(None, words)
    for ticket, title in titles.items():
        yield search.Document(
            noun="ticket",
            id=ticket,
            title=title,
            names=" ".join(parts["names"][ticket]),
            body="\n".join(parts[Visibility.PUBLIC][ticket]),
            internal="\n".join(parts[Visibility.INTERNAL][ticket]),
        )


def _read(ids: list[int]) -> list[tuple[Any, ...]]:
    """Each ticket's words, part by part: numbers, people, tags and files; messages, newest first.

    In one question instead of six, written out: every change of a ticket asks it.
    """
    if not ids:
        return []  # PostgreSQL knows no empty list
    with connection.cursor() as cursor:
        cursor.execute(_WORDS.format(", ".join(["%s"] * len(ids))), [*ids * 5, MOST_MESSAGES * len(ids)])
        return sorted(cursor.fetchall(), key=itemgetter(2), reverse=True)


_WORDS = """
SELECT 'title', t.id, 0, t.subject, t.external_reference, r.name, r.email, o.name, o.email, team.name
FROM ticket t JOIN person r ON r.id = t.requester_id
LEFT JOIN person o ON o.id = t.owner_id LEFT JOIN team ON team.id = t.team_id WHERE t.id IN ({0})
UNION ALL SELECT 'names', p.ticket_id, 0, person.name, person.email, '', '', '', '', ''
FROM ticket_participant p JOIN person ON person.id = p.person_id WHERE p.ticket_id IN ({0})
UNION ALL SELECT 'names', g.ticket_id, 0, tag.name, '', '', '', '', '', ''
FROM ticket_tagged g JOIN ticket_tag tag ON tag.id = g.tag_id WHERE g.ticket_id IN ({0})
UNION ALL SELECT m.visibility, m.ticket_id, 0, a.name, '', '', '', '', '', ''
FROM attachment a JOIN message m ON m.id = a.message_id WHERE m.ticket_id IN ({0})
UNION ALL SELECT visibility, ticket_id, id, text, trimmed_text, '', '', '', '', '' FROM (
    SELECT visibility, ticket_id, id, text, trimmed_text FROM message
    WHERE ticket_id IN ({0}) ORDER BY id DESC LIMIT %s
) AS said
"""


search.provide(
    "ticket", ids=lambda: Ticket.objects.order_by("id").values_list("pk", flat=True).iterator(), read=documents
)
