from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstline.core import clock
from firstline.core.actions import action
from firstline.core.preferences.house import ORGANISATION_NAME
from firstline.people.notifications.fields import kind_of, knows
from firstline.people.notifications.models import Delivery, Notice
from firstline.people.notifications.queries import (
    language_of,
    path_of,
    readable,
    text_of,
    title_of,
    wordings,
    words_for,
    zone_of,
)

State = Delivery.State
MOST_ATTEMPTS = 6
MOST_IN_DIGEST = 100


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice, or several, in the words of one reader: ready for a mail, a push message or a chat."""

    person: Any  # None: a team's chat
    title: str
    text: str
    path: str  # where it leads, from the root of the site
    noun: str = ""
    number: int | None = None
    sender: str = ""
    why: str = ""
    key: str = ""  # newer ones with the same key take the place of older ones on a phone
    is_urgent: bool = False


Mailer = Callable[[Letter], None]
_mailer: list[Mailer] = []


def plug_in_mail(write: Mailer) -> None:
    """channels/email answers here: writes a letter into the outbox, within the running transaction."""
    _mailer[:] = [write]


def compose(notice: Notice) -> Letter | None:
    """The letter of one notice; None if its reader is gone, or may not see what it is about any more."""
    person = notice.person
    if not knows(notice.kind) or (person is not None and not person.is_active):
        return None
    with translation.override(language_of(person)), timezone.override(zone_of(person)):
        # A team's chat hears what an agent of that team would: the number and the subject.
        about = readable(person or _somebody_of(notice), [(notice.about_noun, notice.about_id)])
        if notice.about_noun and not about:
            return None
        words = words_for(notice, person, about.get((notice.about_noun, notice.about_id or 0), {}))
        kind, wording = kind_of(notice.kind), wordings([notice.kind]).get(notice.kind)
        more = kind.more(notice, person) if person is not None else {}
        return Letter(
            person=person,
            title=title_of(notice, words, wording),
            text=text_of(notice, words | dict(more), wording),
            path=path_of(notice, person or _somebody_of(notice)),
            noun=notice.about_noun,
            number=notice.about_id,
            sender=notice.actor.display_name if notice.actor is not None else "",
            why=words["why"],
            key=f"{notice.about_noun}-{notice.about_id}" if notice.about_id else f"notice-{notice.pk}",
            is_urgent=kind.is_urgent,
        )


def gather(person: Any, letters: Sequence[Letter]) -> Letter:
    """Several letters as one."""
    with translation.override(language_of(person)):
        count = len(letters)
        words = {"count": count, "organisation": ORGANISATION_NAME.get()}
        title = ngettext("%(count)d notice from %(organisation)s", "%(count)d notices from %(organisation)s", count)
        return Letter(
            person=person,
            title=title % words,
            text="\n\n".join(f"– {letter.title}\n  {link_of(letter)}" for letter in letters),
            path="/notices",
            sender="",
            why=_("you have chosen to get these gathered"),
            key="digest",
        )


@action("notice.mail", permission="notice.give")
def write_mail(deliveries: Sequence[Delivery], *, by: Any) -> str:
    """Write the mail of one notice, or of several gathered, into the outbox; says what became of it."""
    told, letters = letters_of(deliveries[:MOST_IN_DIGEST])
    if not letters:
        return State.DROPPED
    if not _mailer:
        end(told, State.FAILED, "no room that sends mail")
        return State.FAILED
    _mailer[0](letters[0] if len(letters) == 1 else gather(letters[0].person, letters))
    end(told, State.SENT, "")
    return State.SENT


def letters_of(deliveries: Sequence[Delivery]) -> tuple[list[Delivery], list[Letter]]:
    """The deliveries that are still wanted, with their letters; the others end here."""
    told: list[Delivery] = []
    letters: list[Letter] = []
    for delivery in deliveries:
        letter = None if _is_read_already(delivery) else compose(delivery.notice)
        if letter is None:
            end([delivery], State.DROPPED, "")
        else:
            told.append(delivery)
            letters.append(letter)
    return told, letters


@action("notice.claim", permission="notice.give")
def claim(deliveries: Sequence[Delivery], state: str, *, by: Any) -> list[Delivery]:
    """Move deliveries on, if nobody else has; answers those that are ours."""
    mine = []
    for delivery in deliveries:
        changed = Delivery.objects.filter(pk=delivery.pk, state=delivery.state, attempts=delivery.attempts).update(
            state=state
        )
        if changed:
            delivery.state = state
            mine.append(delivery)
    return mine


@action("notice.end", permission="notice.give")
def finish(
    deliveries: Sequence[Delivery], state: str, error: str = "", *, reached: Sequence[int] = (), by: Any
) -> None:
    """Note how it went; what may still arrive waits and is tried again."""
    for delivery in deliveries:
        delivery.reached = sorted({*delivery.reached, *reached})
        delivery.attempts += 1
        if state == State.WAITING and delivery.attempts >= MOST_ATTEMPTS:
            state = State.FAILED
        if state == State.WAITING:
            delivery.due_at = clock.now() + _pause(delivery.attempts)
        delivery.save(update_fields=["reached", "attempts", "due_at"])
    end(deliveries, state, error)


def end(deliveries: Sequence[Delivery], state: str, error: str) -> None:
    Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries]).update(
        state=state, last_error=error[:300], done_at=None if state == State.WAITING else clock.now()
    )


def _pause(attempts: int) -> timedelta:
    return timedelta(seconds=30 * 4 ** (attempts - 1))


def _is_read_already(delivery: Delivery) -> bool:
    """What was held back and has been read meanwhile need not come."""
    return delivery.state == State.HELD and delivery.notice.in_inbox and delivery.notice.read_at is not None


def _somebody_of(notice: Notice) -> Any:
    """A member of the team a chat belongs to: the chat hears no more than they may see."""
    membership = notice.team.memberships.filter(person__is_active=True).first() if notice.team is not None else None
    return membership.person if membership is not None else None


def link_of(letter: Letter) -> str:
    return f"{settings.BASE_URL}{letter.path}"
