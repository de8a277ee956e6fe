"""The rows of the queue: which, in which order, with what is shown of each. One query a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from firstline.core import clock, search
from firstline.core.database.prepared import Prepared
from firstline.core.paging import BadCursor, Page, first_of, page_of
from firstline.core.search.phrases import Phrase
from firstline.core.ui.row import Row
from firstline.core.ui.said import said
from firstline.core.ui.words import is_soon
from firstline.people.access.rules import teams_of
from firstline.work.tickets.models import NextDue, StatusType, Ticket, Turn
from firstline.work.tickets.queries import visible_to
from firstline.work.tickets.rules import is_on_the_desk, seen_by

PAGE = 50
SOON = timedelta(hours=2)

SHOWN = (
    "id", "kind", "subject", "state", "status__name", "priority", "turn", "created_at", "updated_at", "next_due_at",
    "next_due", "requester__name", "requester__email", "owner__name", "owner__email", "team__name", "is_unsolved",
)  # fmt: skip

ORDERS: Mapping[str, tuple[str, ...]] = {
    "priority": ("priority", "created_at", "id"),
    "newest": ("-created_at", "-id"),
    "oldest": ("created_at", "id"),
    "updated": ("-updated_at", "-id"),
    "due": ("next_due_at", "id"),
}
ORDER_LABELS: Mapping[str, Promise] = {
    "priority": _("Priority, then age"),
    "newest": _("Newest first"),
    "oldest": _("Oldest first"),
    "updated": _("Last change first"),
    "due": _("Time left"),
}


@dataclass(frozen=True, slots=True)
class View:
    """A ready-made question to the queue."""

    key: str
    label: Promise
    empty: Promise  # what an empty list means here


VIEWS = (
    View("open", _("Open"), _("Nothing is open. Enjoy the silence.")),
    View("mine", _("Mine"), _("Nothing is waiting for you. Take something from the open ones.")),
    View("team", _("My teams"), _("The queues of your teams are empty.")),
    View("unassigned", _("Nobody’s"), _("Everything has somebody who looks after it.")),
    View("waiting", _("Waiting"), _("Nothing is waiting for anybody else.")),
    View("soon", _("Due soon"), _("Nothing is due in the next two hours.")),
    View("late", _("Late"), _("Nothing is late.")),
    View("solved", _("Solved"), _("Nothing has been solved yet.")),
    View("all", _("All"), _("There are no tickets yet. Send a mail to the desk, or open one.")),
)


def rows(person: Any, view: str, *, among: QuerySet[Ticket] | None = None) -> QuerySet[Ticket]:
    """The tickets of a view that the person may see."""
    tickets = visible_to(person) if among is None else among
    unsolved = tickets.filter(is_unsolved=True)
    match view:
        case "mine":
            return unsolved.filter(owner=person)
        case "team":
            return unsolved.filter(team__in=teams_of(person))
        case "unassigned":
            return unsolved.filter(owner__isnull=True)
        case "waiting":
            return unsolved.filter(state=StatusType.WAITING)
        case "soon":
            return unsolved.filter(next_due_at__range=(clock.now(), clock.now() + SOON))
        case "late":
            return unsolved.filter(next_due_at__lt=clock.now())
        case "solved":
            return tickets.filter(is_unsolved=False)
        case "all":
            return tickets
    return unsolved


def page(tickets: QuerySet[Ticket], order: str, *, after: str = "", before: str = "") -> Page[dict[str, Any]]:
    """One page of the queue; an unreadable cursor gives the first page."""
    if order == "due":
        tickets = tickets.filter(next_due_at__isnull=False)
    shown = tickets.values(*SHOWN)
    try:
        return page_of(shown, ORDERS[order], size=PAGE, after=after, before=before)
    except BadCursor:
        return page_of(shown, ORDERS[order], size=PAGE)


def found_by_words(person: Any, phrases: Sequence[Phrase], *, after: str = "") -> Page[dict[str, Any]]:
    """Newest first, straight from the search index: it walks its matches in that order and need not sort them."""
    before = int(after) if after.isdecimal() and len(after) < 19 else None
    internal = is_on_the_desk(person)
    seen = search.page(visible_to(person), "ticket", phrases, internal=internal, before=before, size=PAGE)
    by_id = {row["id"]: row for row in Ticket.objects.filter(pk__in=seen.ids).values(*SHOWN)}
    rows = [by_id[number] for number in seen.ids if number in by_id]
    return Page(rows=rows, older="" if seen.before is None else str(seen.before))


def drawn(rows: Iterable[dict[str, Any]]) -> list[Row]:
    """The rows as a list shows them."""
    address = reverse("desk:ticket", args=[0]).removesuffix("0")
    return [
        Row(
            row["id"],
            f"{address}{row['id']}",
            f"#{row['id']}",
            row["subject"],
            row["state"],
            state_label=said(row["status__name"]),
            requester=row["requester__name"] or row["requester__email"] or "",
            owner=row["owner__name"] or row["owner__email"] or "",
            priority=row["priority"],
            due=row["next_due_at"] if row["is_unsolved"] else None,
            is_paused=row["is_unsolved"] and row["next_due"] == NextDue.PAUSED,
            is_soon=row["next_due_at"] is not None and is_soon(row["next_due_at"]),
            since=row["created_at"],
        )
        for row in rows
    ]


def first_page(person: Any, view: str, order: str) -> Page[dict[str, Any]] | None:
    """The page of a view that everybody begins with, from a query made once; None where `page` must ask."""
    if view not in _PREPARED or order == "due" or seen_by(person) is not None:
        return None
    values = [person.pk] if view == "mine" else []
    return first_of(_first(view, order)(*values), ORDERS[order], size=PAGE)


# Views whose question is the same for whoever sees all tickets, but for the numbers in it.
_PREPARED: Mapping[str, tuple[type, ...]] = {
    "open": (), "mine": (int,), "unassigned": (), "waiting": (), "solved": (), "all": (),
}  # fmt: skip


@cache
def _first(view: str, order: str) -> Prepared[dict[str, Any]]:
    def make(*person: int) -> QuerySet[Any, dict[str, Any]]:
        found = rows(person[0] if person else None, view, among=Ticket.objects.all())
        shown: QuerySet[Any, dict[str, Any]] = found.values(*SHOWN).order_by(*ORDERS[order])[: PAGE + 1]
        return shown

    return Prepared(make, *_PREPARED[view])


def default_order(view: str) -> str:
    return "updated" if view in {"solved", "all"} else "due" if view in {"late", "soon"} else "priority"


def count_up_to(tickets: QuerySet[Ticket], most: int = 99) -> int:
    """How many, but never counting further than `most` + 1."""
    return len(tickets.order_by().values_list("pk", flat=True)[: most + 1])


def is_burning(row: dict[str, Any]) -> bool:
    return bool(row["next_due_at"] and row["next_due_at"] < clock.now()) or (
        row["priority"] == 1 and row["turn"] == Turn.DESK
    )
