"""What gets better because of what people said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.flow.surveys.events import ImprovementChanged
from firstline.flow.surveys.models import Feedback, Improvement


@action("improvement.save", permission="improvement.edit")
def save_improvement(improvement: Improvement, *, caused_by: Iterable[Feedback] = (), by: Any) -> Improvement:
    """Note what gets better, who does it, and which answers led to it."""
    improvement.title = " ".join(improvement.title.split())
    if not improvement.title:
        raise Refused(_("Say in a few words what gets better."))
    if improvement._state.adding:
        improvement.created_by, improvement.created_at = by, clock.now()
    is_done = improvement.state == Improvement.State.DONE
    improvement.done_at = (improvement.done_at or clock.now()) if is_done else None
    improvement.save()
    improvement.caused_by.add(*caused_by)
    record(improvement, ImprovementChanged, by=by, title=improvement.title, state=improvement.state)
    return improvement
