"""Escalations of all teams and regions on one page, and what they teach."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from firstline.core import clock
from firstline.core.database import keyset
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.core.ui.words import duration
from firstline.flow.escalation.queries import figures, open_majors, recurring, unsolved_escalated

DAYS = (7, 30, 90, 365)


@access("desk.enter")
@require_safe
def escalations(request: HttpRequest) -> HttpResponse:
    """What is escalated now, oldest first."""
    found = unsolved_escalated(request.user)
    rows, following = keyset.page(found, by="at", after=request.GET.get("after", ""))
    return page(
        request,
        "escalation/escalations.html",
        {
            "rows": rows,
            "next_url": f"?after={following}" if following else None,
            "majors": open_majors(request.user),
            "now": clock.now(),
            "breadcrumb": [(_("Escalations"), None)],
        },
        block="live",
    )


@access("desk.enter")
@require_safe
def lessons(request: HttpRequest) -> HttpResponse:
    """Volume, time, the share the first level could have solved, and what escalates again and again."""
    asked = request.GET.get("days", "30")
    days = int(asked) if asked in {str(each) for each in DAYS} else 30
    until = clock.now()
    since = until - timedelta(days=days)
    now, before = (
        figures(request.user, since=since, until=until),
        figures(request.user, since=since - timedelta(days=days), until=since),
    )
    return page(
        request,
        "escalation/lessons.html",
        {
            "days": days,
            "choices": DAYS,
            "figures": now,
            "before": before,
            "share": _share(now["tickets"], now["all_tickets"]),
            "could": _share(now["first_level_could"], now["judged"]),
            "mean": duration(now["mean"]) if now["mean"] else "—",
            "mean_before": duration(before["mean"]) if before["mean"] else "—",
            "recurring": recurring(request.user, days=days),
            "breadcrumb": [(_("Escalations"), None)],
        },
    )


def _share(some: int, of: int) -> str:
    return f"{some / of:.0%}" if of else "—"
