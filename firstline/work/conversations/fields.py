"""How a ticket is read for searching: its words, its people, what was said on it, its files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from firstline.core import search
from firstline.work.tickets.models import Participant, Ticket

from .models import Attachment, Message, Visibility

MOST_MESSAGES = 2_000  # of one ticket; the newest


def documents(ids: list[int]) -> Iterable[search.Document]:
    """Tickets as the index keeps them. Notes are kept apart, so that a requester never finds by them."""
    public, internal, names = defaultdict[int, list[str]](list), defaultdict[int, list[str]](list), _names(ids)
    for ticket, text, trimmed, visibility in (
        Message.objects.filter(ticket__in=ids)
        .order_by("-id")
        .values_list("ticket", "text", "trimmed_text", "visibility")[: MOST_MESSAGES * max(len(ids), 1)]
    ):
        said = internal if visibility == Visibility.INTERNAL else public
        said[ticket] += [text, trimmed]
    files = Attachment.objects.filter(message__ticket__in=ids).values_list(
        "message__ticket", "name", "message__visibility"
    )
    for ticket, name, visibility in files:
        (internal if visibility == Visibility.INTERNAL else public)[ticket].append(name)
    for ticket, subject in Ticket.objects.filter(pk__in=ids).values_list("pk", "subject"):
        yield search.Document(
            noun="ticket",
            id=ticket,
            title=subject,
            names=" ".join(names[ticket]),
            body="\n".join(public[ticket]),
            internal="\n".join(internal[ticket]),
        )


def _names(ids: list[int]) -> dict[int, list[str]]:
    """Numbers, people and tags of each ticket."""
    names: dict[int, list[str]] = defaultdict(list)
    columns = (
        "pk", "external_reference", "requester__name", "requester__email", "owner__name", "owner__email", "team__name",
    )  # fmt: skip
    for ticket, *words in Ticket.objects.filter(pk__in=ids).values_list(*columns):
        names[ticket] += [str(ticket), *filter(None, words)]
    for ticket, name, email in Participant.objects.filter(ticket__in=ids).values_list(
        "ticket", "person__name", "person__email"
    ):
        names[ticket] += filter(None, (name, email))
    for ticket, tag in Ticket.tags.through.objects.filter(ticket__in=ids).values_list("ticket", "tag__name"):
        names[ticket].append(tag)
    return names


search.provide(
    "ticket", ids=lambda: Ticket.objects.order_by("id").values_list("pk", flat=True).iterator(), read=documents
)
