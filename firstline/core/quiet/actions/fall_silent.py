from __future__ import annotations

from typing import Any

from firstline.core.actions import action
from firstline.core.events.record import record
from firstline.core.quiet.events import SilenceBegun
from firstline.core.quiet.models import Silence


@action("silence.begin", permission="settings.edit")
def fall_silent(*, reason: str, by: Any) -> Silence:
    """Hold back mail, chat and webhooks until somebody lets them go."""
    silence = Silence.objects.filter(ended_at__isnull=True).first()
    if silence is None:
        silence = Silence(reason=reason)
        silence.save()
        record(silence, SilenceBegun, by=by, reason=reason)
    return silence
