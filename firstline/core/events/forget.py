"""Forget what an event says about a person, and leave the chain whole."""

from __future__ import annotations

from firstline.core.actions.acting import is_acting

from .models import Event
from .seal import digest_of_fact


def forget(event: Event) -> bool:
    """Replace the event's personal facts by their digests and throw the salts away. `False`: nothing to forget.

    Only facts that the kind named as `personal` when the event was recorded can be forgotten.
    """
    if not is_acting():
        raise RuntimeError("An event is forgotten by an action, so that the forgetting is recorded too.")
    salts = {name: salt for name, salt in event.salts.items() if salt}
    for name, salt in salts.items():
        event.facts[name] = digest_of_fact(salt, event.facts[name])
        event.salts[name] = ""
    if salts:
        event.save(update_fields=["facts", "salts"])
    return bool(salts)
