"""The schedule of changes: one page, day by day."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from firstline.core import clock
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.flow.workflows.queries.changes import schedule
from firstline.flow.workflows.queries.filing import filed_by, trigger_of

DAYS = 28


@access("workflow.view")
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """What is changed when, how risky it is, and what overlaps."""
    today = timezone.localtime(clock.now()).date()
    first = _day(request.GET.get("from", "")) or today
    names = {
        "days": schedule(request.user, first, DAYS), "first": first,
        "span": f"{date_format(first)} – {date_format(first + timedelta(days=DAYS - 1))}",
        "today": today,
        "earlier": f"?from={first - timedelta(days=DAYS)}", "later": f"?from={first + timedelta(days=DAYS)}",
        "fileable": [
            each for each in filed_by(request.user) if (found := trigger_of(each)) and found[1].kind == "change"
        ],
        "breadcrumb": [(_("Changes"), None)],
    }  # fmt: skip
    return page(request, "workflows/changes.html", names)


def _day(said: str) -> date | None:
    """A day some years around now; what is none, or would leave the calendar, is nothing."""
    try:
        found = date.fromisoformat(said)
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2200 else None
