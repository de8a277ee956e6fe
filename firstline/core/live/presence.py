"""Who has this open: so that two people do not answer the same ticket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from firstline.core import clock

from .announce import announce
from .models import Presence, State

# Pages say they are open every twenty seconds; two may be lost.
GONE_AFTER = timedelta(seconds=50)


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who is here now."""

    person: Any
    state: State


def be_present(person: Any, topic: str, state: State) -> None:
    """The person looks at this or writes; the others are told when that is new."""
    with transaction.atomic():
        changed = Presence.objects.filter(person_id=person.pk, topic=topic, state=state).update(seen_at=clock.now())
        if changed:
            return
        Presence.objects.update_or_create(
            person_id=person.pk, topic=topic, defaults={"state": state, "seen_at": clock.now()}
        )
        announce(topic, kind="presence")


def leave(person: Any, topic: str) -> None:
    """The person has closed it."""
    with transaction.atomic():
        if Presence.objects.filter(person_id=person.pk, topic=topic).delete()[0]:
            announce(topic, kind="presence")


def present(topic: str, *, besides: Any = None) -> list[Present]:
    """Who has it open now, writers first, without the reader themselves. Two queries."""
    found = Presence.objects.filter(topic=topic, seen_at__gt=clock.now() - GONE_AFTER).order_by("pk")
    states = {each.person_id: State(each.state) for each in found if besides is None or each.person_id != besides.pk}
    people = get_user_model()._default_manager.in_bulk(states)
    here = [Present(people[number], state) for number, state in states.items() if number in people]
    return sorted(here, key=lambda each: each.state != State.WRITING)


def forget_the_gone() -> int:
    """Remove those who have fallen silent, and tell the others; how many."""
    with transaction.atomic():
        silent = Presence.objects.filter(seen_at__lte=clock.now() - GONE_AFTER)
        topics = set(silent.values_list("topic", flat=True))
        if not topics:
            return 0
        announce(*sorted(topics), kind="presence")
        return silent.delete()[0]
