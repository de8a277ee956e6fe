"""My approvals: what waits for me, what I said, what I asked for."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from firstline.core.actions import NotAllowed, Refused
from firstline.core.entry import signed_in
from firstline.core.paging import BadCursor, Page, page_of
from firstline.core.text.numbers import row_number
from firstline.core.ui.render import page
from firstline.flow.approvals.actions.decide import decide
from firstline.flow.approvals.fields import CURRENCY
from firstline.flow.approvals.models import Approval, Seat
from firstline.flow.approvals.queries import lists
from firstline.flow.approvals.queries.shown import TONES

SIZE = 50
MOST_AT_ONCE = 100
SHOWN: dict[str, tuple[Any, tuple[str, ...]]] = {
    "waiting": (lists.waiting_for, lists.WAITING_ORDER),
    "decided": (lists.decided_by, lists.DECIDED_ORDER),
    "asked": (lists.asked_for_by, lists.ASKED_ORDER),
}


@signed_in
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What waits for me, what I decided, what I asked for."""
    what = request.GET.get("show", "waiting")
    if what not in SHOWN:
        return redirect("approvals:mine")
    text = request.GET.get("q", "")[:200]
    find, order = SHOWN[what]
    found = _page(request, find(request.user, text), order)
    waited_for = lists.people_waited_for(row["id"] for row in found.rows) if what == "asked" else {}
    here = reverse("approvals:mine")
    tabs = [
        {"label": label, "url": f"{here}?show={key}", "current": key == what,
         "count": lists.count_waiting_for(request.user) or None if key == "waiting" else None}
        for key, label in (
            ("waiting", _("Waiting for me")), ("decided", _("Decided by me")), ("asked", _("Asked by me")),
        )
    ]  # fmt: skip
    names = {
        "what": what, "tabs": tabs, "text": text, "rows": found.rows, "waited_for": waited_for, "tones": TONES,
        "states": dict(Approval.State.choices),
        "currency": CURRENCY.get(), "newer": _beside(request, "before", found.newer),
        "older": _beside(request, "after", found.older), "breadcrumb": [(_("Approvals"), None)],
    }  # fmt: skip
    return page(request, "approvals/mine.html", names, block="content")


@signed_in
@require_POST
def decisions(request: HttpRequest) -> HttpResponse:
    """Decide several at once. Each for itself: what could not be done is told, the rest is done."""
    says = request.POST.get("says")
    comment = request.POST.get("comment", "")
    chosen = [row_number(text) for text in request.POST.getlist("seat")[:MOST_AT_ONCE]]
    seats = Seat.objects.filter(pk__in=chosen, person=request.user.pk).select_related("stage__approval__ticket")
    done, trouble = 0, []
    for seat in seats.order_by("asked_at", "id") if says in {"grant", "refuse"} else []:
        approval = seat.stage.approval
        try:
            decide(approval, says == "grant", comment=comment, stage=seat.stage_id, by=request.user)
            done += 1
        except (Refused, NotAllowed) as refusal:
            trouble.append(f"#{approval.ticket_id}: {refusal}")
    if done:
        words = ngettext("%(count)s is decided.", "%(count)s are decided.", done)
        messages.success(request, words % {"count": done})
    for sentence in trouble[:5]:
        messages.warning(request, sentence)
    if len(trouble) > 5:
        messages.warning(request, _("%(count)s more could not be decided.") % {"count": len(trouble) - 5})
    if not done and not trouble:
        messages.warning(request, _("Choose what you decide, and whether you approve it."))
    return HttpResponseRedirect(reverse("approvals:mine"))


def _page(request: HttpRequest, rows: Any, order: tuple[str, ...]) -> Page[Any]:
    try:
        return page_of(rows, order, size=SIZE, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    except BadCursor:
        return page_of(rows, order, size=SIZE)


def _beside(request: HttpRequest, name: str, cursor: str) -> str:
    if not cursor:
        return ""
    asked = request.GET.copy()
    for key in ("after", "before"):
        asked.pop(key, None)
    asked[name] = cursor
    return f"{request.path}?{asked.urlencode()}"
