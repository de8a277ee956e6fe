"""Promised news: when it is due, and telling it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.flow.escalation.events import NewsTold
from firstline.flow.escalation.models import MajorIncident, News, NewsClock
from firstline.flow.escalation.queries import protocol_for
from firstline.work.conversations.actions.say import reply
from firstline.work.tickets.models import Ticket


@action("ticket.tell_news", permission="ticket.reply")
def tell_news(
    ticket: Ticket,
    state: str,
    *,
    done: str = "",
    coming: str = "",
    expected_at: datetime | None = None,
    by: Any,
) -> News:
    """Tell everybody concerned how it stands. The next news is due after the time the priority promises."""
    state, coming = " ".join(state.split())[:300], " ".join(coming.split())[:300]
    done = done.strip()[:2000]
    protocol = protocol_for(ticket.priority)
    lacking = [] if state else [_("how it stands")]
    if protocol is not None and protocol.asks_next and not coming:
        lacking.append(_("what comes next"))
    if protocol is not None and protocol.asks_expected and expected_at is None:
        lacking.append(_("when it is expected to be solved"))
    if lacking:
        raise Refused(_("News at this priority also says: %(parts)s.") % {"parts": ", ".join(lacking)})
    now = clock.now()
    due = NewsClock.objects.filter(ticket=ticket).first()
    told = News(
        ticket=ticket, by=by, at=now, state=state, done=done, coming=coming, expected_at=expected_at,
        late_seconds=max(0, int((now - due.due_at).total_seconds())) if due else 0,
    )  # fmt: skip
    told.save(force_insert=True)
    record(
        ticket, NewsTold, by=by, news=told.pk, late_seconds=told.late_seconds,
        expected_at=expected_at.isoformat() if expected_at else None,
    )  # fmt: skip
    reply(ticket, _text(told), by=by)
    promise(ticket, after=now)
    return told


def promise(ticket: Ticket, *, after: datetime, is_first: bool = False) -> NewsClock | None:
    """Set the moment of the next news by the protocol of the ticket's priority; without one nothing is promised."""
    protocol = protocol_for(ticket.priority) if ticket.is_unsolved and ticket.merged_into_id is None else None
    if protocol is None:
        NewsClock.objects.filter(ticket=ticket).delete()
        return None
    minutes = protocol.first_minutes if is_first else protocol.every_minutes
    made, _is_new = NewsClock.objects.update_or_create(
        ticket=ticket, defaults={"due_at": after + timedelta(minutes=minutes), "told_late_at": None}
    )
    return made


def draft(ticket: Ticket) -> dict[str, Any]:
    """What the form starts with: how it stood last time, and what has happened since."""
    last = News.objects.filter(ticket=ticket).order_by("-at", "-id").first()
    is_major = MajorIncident.objects.filter(ticket=ticket, ended_at__isnull=True).exists()
    return {
        "state": last.state if last else "",
        "coming": last.coming if last else "",
        "expected_at": last.expected_at if last and last.expected_at and last.expected_at > clock.now() else None,
        "is_major": is_major,
        "since": last.at if last else ticket.created_at,
    }


def _text(told: News) -> str:
    """The news as the message everybody reads: short lines, most important first."""
    parts = [told.state]
    if told.done:
        parts.append(_("Done so far: %(done)s") % {"done": told.done})
    if told.coming:
        parts.append(_("Next: %(next)s") % {"next": told.coming})
    if told.expected_at:
        moment = formats.date_format(timezone.localtime(told.expected_at), "DATETIME_FORMAT")
        parts.append(_("Expected to be solved: %(moment)s") % {"moment": moment})
    return "\n\n".join(parts)
