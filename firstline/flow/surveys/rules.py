"""Links that let one person answer one question, and which moments count."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from django.core.signing import BadSignature, Signer

from firstline.core.calendars.engine.working import WorkingTime
from firstline.people.accounts.models import Person
from firstline.people.organisations import queries as organisations
from firstline.work.tickets.fields import holds_for
from firstline.work.tickets.models import Ticket

from .models import Survey

FEEDBACK, PULSE = "surveys.feedback", "surveys.pulse"
MOST_DAYS = 1000  # that are looked at: a calendar may be closed for good
_IN_TEXT = re.compile(r"(/(?:feedback|pulse)/)\d+\.[\w-]+")


def token_for(salt: str, pk: int) -> str:
    """What a mail carries instead of a session: good for one question to one person, until that question ends."""
    return Signer(salt=salt, sep=".").sign(str(pk))


def key_in(salt: str, token: str) -> int | None:
    """The row a token was made for; None for anything that we have not made."""
    try:
        return int(Signer(salt=salt, sep=".").unsign(token))
    except (BadSignature, ValueError):
        return None


def without_tokens(words: str) -> str:
    """A mail as others may read it: whoever holds the link could answer in somebody else's place."""
    return _IN_TEXT.sub(r"\1…", words)


def days_later(moment: datetime, days: int, hours: WorkingTime | None = None) -> datetime:
    """So many working days later, at the same time of day: days on which the agreed hours have none do not count.

    Without hours, Saturdays and Sundays do not count.
    """
    later = moment
    for _day in range(MOST_DAYS):
        if days <= 0:
            break
        later += timedelta(days=1)
        days -= _is_working_day(later, hours)
    return later


def _is_working_day(moment: datetime, hours: WorkingTime | None) -> bool:
    if hours is None:
        return moment.weekday() < 5
    midnight = hours.local(moment).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return hours.between(midnight, midnight + timedelta(days=1)) > timedelta(0)


def is_drawn(survey: Survey, key: object) -> bool:
    """Whether this one is in the sample: the same answer each time it is asked."""
    return crc32(f"{survey.pk}:{key}".encode()) % 100 < survey.share


def fits(survey: Survey, ticket: Ticket) -> bool:
    """Whether the survey is meant for tickets like this one. A condition that cannot be read fits nothing."""
    return holds_for(survey.condition, ticket, if_unreadable=False)


def manager_of(person: Person) -> Person | None:
    """Who may speak for somebody: their manager, else the head of their department. Never themselves."""
    found: Any = organisations.manager_of(person)
    return found if found is not None and found.pk != person.pk and found.is_active else None
