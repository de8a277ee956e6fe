"""What waits longest and for whom; which approvals are worth their hours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from firstline.core import clock
from firstline.core.actions import may
from firstline.core.entry import access
from firstline.core.paging import BadCursor, page_of
from firstline.core.text.numbers import whole_number
from firstline.core.ui.render import page
from firstline.flow.approvals.fields import CURRENCY
from firstline.flow.approvals.queries import lists

PERIODS = (30, 90, 365)
FEWEST = 5  # of the same, all approved: then it may as well be approved beforehand


@access("report.view")
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """The oldest first, and by approver; above all what waits for nobody."""
    person = whole_number(request.GET.get("person", ""))
    rows = lists.oldest_waiting(request.user, person=person)
    try:
        found = page_of(rows, lists.WAITING_ORDER, after=request.GET.get("after", ""))
    except BadCursor:
        found = page_of(rows, lists.WAITING_ORDER)
    here = reverse("approvals:waiting")
    keep = f"&person={person}" if person is not None else ""
    names = {
        "rows": found.rows, "older": f"{here}?after={found.older}{keep}" if found.older else "",
        "people": lists.per_approver(request.user), "person": person, "stuck": lists.stuck(request.user),
        "currency": CURRENCY.get(),
        "breadcrumb": [(_("Approvals"), reverse("approvals:mine")), (_("What waits"), None)],
    }  # fmt: skip
    return page(request, "approvals/waiting.html", names)


@access("report.view")
@require_safe
def value(request: HttpRequest) -> HttpResponse:
    """Approvals that nobody ever refuses, and the hours they cost."""
    days = next((each for each in PERIODS if str(each) == request.GET.get("days")), 90)
    until = clock.now()
    lines = lists.value_of(request.user, since=until - timedelta(days=days), until=until)
    for line in lines:
        line["proposal"] = line["many"] >= FEWEST and not line["refused"] and not line["expired"]
        line["mean"] = timedelta(hours=line["hours"] / line["many"])
        line["waited"] = timedelta(hours=line["hours"])
    never: list[Any] = [line for line in lines if line["proposal"]]
    names = {
        "lines": lines, "days": days, "periods": PERIODS, "currency": CURRENCY.get(),
        "never": len(never), "may_set": may(request.user, "approval.settings"),
        "hours": round(sum(line["hours"] for line in never)),
        "breadcrumb": [(_("Approvals"), reverse("approvals:mine")), (_("What they are worth"), None)],
    }  # fmt: skip
    return page(request, "approvals/value.html", names)
