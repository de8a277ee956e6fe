"""Who has this open: so that two people do not answer the same ticket."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction

from firstline.core import clock

from .announce import announce
from .models import Presence, State

# Pages say they are open every twenty seconds; two may be lost.
GONE_AFTER = timedelta(seconds=50)


def be_present(person: Any, topic: str, state: State) -> None:
    """The person looks at this or writes; the others are told when that is new."""
    with transaction.atomic():
        changed = Presence.objects.filter(person=person, topic=topic, state=state).update(seen_at=clock.now())
        if changed:
            return
        Presence.objects.update_or_create(person=person, topic=topic, defaults={"state": state, "seen_at": clock.now()})
        announce(topic, kind="presence")


def leave(person: Any, topic: str) -> None:
    """The person has closed it."""
    with transaction.atomic():
        if Presence.objects.filter(person=person, topic=topic).delete()[0]:
            announce(topic, kind="presence")


def present(topic: str, *, besides: Any = None) -> list[Presence]:
    """Who has it open now, writers first, without the reader themselves."""
    found = Presence.objects.filter(topic=topic, seen_at__gt=clock.now() - GONE_AFTER).select_related("person")
    if besides is not None:
        found = found.exclude(person=besides)
    return sorted(found, key=lambda each: (each.state != State.WRITING, each.pk))


def forget_the_gone() -> int:
    """Remove those who have fallen silent, and tell the others; how many."""
    with transaction.atomic():
        silent = Presence.objects.filter(seen_at__lte=clock.now() - GONE_AFTER)
        topics = set(silent.values_list("topic", flat=True))
        if not topics:
            return 0
        announce(*sorted(topics), kind="presence")
        return silent.delete()[0]
