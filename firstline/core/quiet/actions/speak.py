from __future__ import annotations

from typing import Any

from firstline.core import clock
from firstline.core.actions import action
from firstline.core.events.record import record
from firstline.core.quiet.events import SilenceEnded
from firstline.core.quiet.models import Silence


@action("silence.end", permission="settings.edit")
def speak(*, by: Any) -> Silence | None:
    """Let mail, chat and webhooks leave this machine again."""
    silence = Silence.objects.filter(ended_at__isnull=True).first()
    if silence is not None:
        silence.ended_at = clock.now()
        silence.save(update_fields=["ended_at"])
        record(silence, SilenceEnded, by=by)
    return silence
