"""What became of messages that broke off, and of what came and went."""

from __future__ import annotations

from datetime import timedelta

from firstline.core import clock
from firstline.core.jobs import loops

from .actions.receive import calm_down, take_message
from .models import AlertGroup
from .queries import waiting


def take_what_waits() -> bool:
    """A message that was kept and then broke off is taken after all."""
    for message in waiting()[:50]:
        take_message(message, by=None)
    return False


def end_what_is_calm() -> bool:
    """Flapping troubles that have been over for the minutes of calm."""
    now = clock.now()
    for group in AlertGroup.objects.filter(is_flapping=True, is_firing=False).select_related("source")[:200]:
        if group.over_at and group.over_at < now - timedelta(minutes=group.source.calm_minutes):
            calm_down(group, by=None)
    return False


loops.register("alerts: take what waits", take_what_waits, every=20)
loops.register("alerts: end what is calm", end_what_is_calm, every=30)
