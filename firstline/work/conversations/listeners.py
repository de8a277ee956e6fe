"""Keep the search index true, in the transaction of the change."""

from __future__ import annotations

from typing import Any

from django.utils.translation import override

from firstline.core import search
from firstline.core.actions import at_the_end
from firstline.core.events import on
from firstline.core.events.models import Event
from firstline.work.intake.events import SubmissionFiled
from firstline.work.intake.models import AnswerFile
from firstline.work.intake.queries.words import as_message
from firstline.work.tickets.events import (
    ParticipantAdded,
    ParticipantRemoved,
    TicketAssigned,
    TicketEdited,
    TicketOpened,
    TicketRouted,
    TicketTagged,
)
from firstline.work.tickets.models import Filing
from firstline.work.tickets.queries import answers_of

from .actions.say import NewFile, reply
from .events import Noted, Replied, TicketSplit, TicketSplitUndone

CHANGES_WORDS = (
    TicketOpened, TicketAssigned, TicketRouted, TicketEdited, TicketTagged, ParticipantAdded, ParticipantRemoved,
    Replied, Noted,
)  # fmt: skip


@on(*CHANGES_WORDS)
def index_the_ticket(event: Event, ticket: Any) -> None:
    """What changes its words changes how it is found: read once, when all is said. Imports index in bulk."""
    number = ticket.pk
    if event.via != "import":
        at_the_end(("search", "ticket", number), lambda: search.refresh("ticket", number))


@on(TicketSplit, TicketSplitUndone)
def index_both_halves(event: Event, ticket: Any) -> None:
    """Messages moved from one ticket to another."""
    search.refresh("ticket", ticket.pk, event.facts.get("into") or event.facts["from"])


@on(SubmissionFiled)
def say_what_was_answered(event: Event, submission: Any) -> None:
    """What was answered in a form is the first thing said on its tickets, whatever way it came in."""
    files = [
        NewFile(name=file.name, type=file.type, size=file.size, sha256=file.sha256)
        for file in AnswerFile.objects.filter(submission=submission).order_by("id")
    ]
    for filing in Filing.objects.filter(submission=submission).select_related("ticket__requester").order_by("id"):
        requester = filing.ticket.requester
        with override(requester.language or None):
            _filing, said = answers_of(filing.ticket)
        if said:
            reply(filing.ticket, as_message(said), files=files, author=requester, by=submission.person)
            files = []  # with the first of them: once is enough
