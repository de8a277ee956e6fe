"""Assessing a change: what it touches, what else happens at that time, and how risky it is, without anybody asking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.flow.workflows.engine.impact import weighed
from firstline.flow.workflows.events import ChangeAssessed
from firstline.flow.workflows.models import Change, Run
from firstline.flow.workflows.queries.impact import look
from firstline.work.tickets.actions._change import lock
from firstline.work.tickets.models import Ticket

SHORTEST = timedelta(hours=1)  # a window of which only the beginning is known


@action("change.assess", permission="workflow.start")
def assess(
    ticket: Ticket, begins: str, ends: str = "", items: Sequence[str] = (), kind: str = "", back_out: str = "", *,
    by: Any,
) -> dict[str, Any]:  # fmt: skip
    """Find out what a change touches, which changes it overlaps with, and how risky it is.

    Gives back: score, risk, users, overlaps, found. Done again, it writes over what was found before.
    """
    lock(ticket)
    run = Run.objects.filter(ticket=ticket, is_open=True).order_by("-id").first()
    if run is None:
        raise Refused(_("A change is assessed while its workflow is under way."))
    begins_at, ends_at = _moment(begins), _moment(ends, or_else=datetime.min.replace(tzinfo=UTC))
    if ends_at <= begins_at:
        ends_at = begins_at + SHORTEST
    named = [str(each) for each in items] if isinstance(items, list | tuple) else [str(items)] if items else []
    found = look(ticket, named, begins_at, ends_at, kind=kind, back_out=back_out)
    impact = weighed(found.facts)
    change = Change.objects.filter(ticket=ticket).first() or Change(ticket=ticket)
    change.run, change.kind = run, str(kind or "")[:60]
    change.begins_at, change.ends_at, change.items, change.touches = begins_at, ends_at, named, found.touches
    change.score, change.risk, change.users = impact.score, Change.Risk(impact.risk), found.facts.users
    change.report = {"lines": impact.document(), "services": found.services, "overlaps": found.overlaps}
    change.assessed_at = clock.now()
    change.save()
    record(ticket, ChangeAssessed, by=by, score=impact.score, risk=impact.risk)
    return {
        "score": impact.score, "risk": impact.risk, "users": found.facts.users,
        "overlaps": [_overlap(each["ticket"], each["shared"]) for each in found.overlaps],
        "found": "\n".join(f"{line.points} · {line.said(_)}" for line in impact.lines if line.points),
    }  # fmt: skip


def _moment(said: Any, *, or_else: datetime | None = None) -> datetime:
    try:
        found = datetime.fromisoformat(str(said))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        if or_else is None:
            raise Refused(_("A change needs a window: when it begins, and when it ends."))
        return or_else
    return found


def _overlap(ticket: int, shared: list[str]) -> str:
    """Only its number: whoever reads this may not see the other ticket."""
    return f"#{ticket} ({', '.join(shared)})" if shared else f"#{ticket}"
