"""What makes us read and write mails. What we write is a row of the same transaction; the worker sends it."""

from __future__ import annotations

from typing import Any

from firstline.core import live
from firstline.core.actions import may
from firstline.core.events import later, on
from firstline.core.events.models import Event
from firstline.flow.surveys.events import AskedToConfirm, ConfirmationReminded, FeedbackAsked, PulseBegan
from firstline.flow.surveys.models import Feedback, Survey, Wording
from firstline.flow.workflows.events import Invited
from firstline.flow.workflows.models import Invitation
from firstline.people.accounts.models import Person
from firstline.people.notifications.actions.deliver import plug_in_mail
from firstline.work.conversations.events import Replied
from firstline.work.conversations.models import Message

from .actions.appointments import write_invitation, write_letter
from .actions.invite import invite_some
from .actions.write import write_notice, write_question, write_reply
from .events import MailboxCheckAsked, MailReceived
from .jobs.fetching import check
from .jobs.reading import read_mail


@later(MailReceived)
def read_what_came(event: Event) -> None:
    """A stored mail is read by the worker, a moment after it was acknowledged."""
    read_mail(event.subject_id)


@later(MailboxCheckAsked)
def try_the_mailbox(event: Event) -> None:
    """Somebody pressed “Test the connection”."""
    check(event.subject_id)


@on(Replied)
def send_answers_of_the_desk(event: Event, ticket: Any) -> None:
    """An answer reaches everybody on the ticket by mail."""
    if event.facts["from_desk"]:
        write_reply(ticket, Message.objects.select_related("author").get(pk=event.facts["message"]))


@on(AskedToConfirm)
def ask_whether_it_is_solved(event: Event, ticket: Any) -> None:
    """The desk says that it is solved: those who are asked learn it by the same mail."""
    _write_questions(event, Wording.Key.SOLVED)


@on(ConfirmationReminded)
def ask_again(event: Event, ticket: Any) -> None:
    _write_questions(event, Wording.Key.REMINDER)


@on(FeedbackAsked)
def ask_how_it_was(event: Event, ticket: Any) -> None:
    is_escalation = event.facts["occasion"] == Survey.Occasion.ESCALATION
    _write_questions(event, Wording.Key.ESCALATION if is_escalation else Wording.Key.RATE)


@on(Invited)
def write_for_a_workflow(event: Event, ticket: Any) -> None:
    """An appointment, a change of one, its end; or a letter with files."""
    facts = event.facts
    if facts["kind"] == "letter":
        for person in Person.objects.filter(pk__in=facts["people"]):
            write_letter(ticket, person, facts["title"], facts["text"], facts["files"])
        return
    for invitation in Invitation.objects.filter(pk__in=facts["invitations"]).select_related("person"):
        write_invitation(ticket, invitation, "CANCEL" if facts["kind"] == "cancel" else "REQUEST")


@later(PulseBegan)
def invite_to_the_pulse(event: Event) -> None:
    """Hundreds of mails, a part at a time: a worker that dies goes on where it stopped."""
    while invite_some(event.subject_id):
        pass


def _write_questions(event: Event, key: str) -> None:
    for feedback in Feedback.objects.filter(pk__in=event.facts["feedback"]).select_related("ticket", "person"):
        write_question(feedback, key)


plug_in_mail(write_notice)
live.topic("mailbox", lambda person, number: number is not None and may(person, "mail.manage"))
# The page of outgoing mail: told of every event about a mail or a ticket, which is what mails come from.
live.topic(
    "outbox", lambda person, number: number is None and may(person, "mail.view"), hears={"outgoing_mail", "ticket"}
)
live.harmless("raw_mail", "outgoing_mail")
