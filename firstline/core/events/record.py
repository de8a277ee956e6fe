"""Write down that something happened, and tell those who must know at once."""

from __future__ import annotations

import secrets
from typing import Any

from firstline.core import clock
from firstline.core.actions.acting import circumstances, is_acting
from firstline.core.database.prepared import insert

from .kinds import EventKind
from .listeners import listeners_of
from .models import Event


def record(subject: Any, kind: type[EventKind], /, *, by: Any = None, **facts: Any) -> Event:
    """Record one event about `subject` (a model with `noun`) and run its `@on` listeners.

    Facts are JSON: ids and values, never sentences. Must run inside an action.
    """
    if not is_acting():
        raise RuntimeError(f"{kind.key} was recorded outside an action.")
    now_acting = circumstances()
    event = Event(
        kind=kind.key,
        subject_noun=kind.noun,
        subject_id=subject.pk,
        actor_id=by.pk if by is not None else None,
        at=clock.now(),
        facts=facts,
        salts={name: secrets.token_hex(16) for name in kind.personal if name in facts},
        cause_id=now_acting.cause,
        correlation=now_acting.correlation,
        via=now_acting.via,
        hops=now_acting.hops,
    )
    insert(event)
    for listener in listeners_of(kind.key):
        listener(event, subject)
    return event
