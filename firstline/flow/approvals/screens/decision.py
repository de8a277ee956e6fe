"""The page behind the link of a mail. The link is the proof; looking at it, however often, changes nothing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from firstline.core.actions import NotAllowed, Refused, via
from firstline.core.entry import checks_itself
from firstline.core.preferences.house import language_of_a_page
from firstline.core.ui.render import page
from firstline.flow.approvals.actions.by_link import answer_by_link
from firstline.flow.approvals.forms import DecisionForm
from firstline.flow.approvals.models import Seat
from firstline.flow.approvals.queries.shown import background, remarks_of, shown
from firstline.flow.approvals.rules import seat_of

SAYS = {"grant", "refuse", "ask"}


@checks_itself
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: HttpRequest, token: str) -> HttpResponse:
    """Approve, refuse or ask for more, without signing in."""
    seat = seat_of(token)
    if seat is None:
        return _answered(request, {"heading": _("This link does not work"), "hint": reverse("approvals:mine")}, 404)
    with translation.override(language_of_a_page(seat.person.language)):
        return _decision(request, seat)


def _decision(request: HttpRequest, seat: Seat) -> HttpResponse:
    approval = seat.stage.approval
    form = DecisionForm(request.POST or None)
    says = request.POST.get("says", "")
    if request.method == "POST" and form.is_valid() and says in SAYS:
        try:
            with via("mail"):
                answer_by_link(seat, says, form.cleaned_data["comment"], by=None)
        except (Refused, NotAllowed) as refusal:
            form.add_error(None, str(refusal))
        else:
            return HttpResponseRedirect(f"{request.path}?done")
    approval.refresh_from_db()
    seat.refresh_from_db()
    names: dict[str, Any] = {
        "heading": approval.title,
        "detail": _("Request #%(number)s") % {"number": approval.ticket_id},
        "shown": shown(approval),
        "remarks": remarks_of(approval),
        "seat": seat,
        "person": None,
        "form": form if seat.is_open else None,
        "is_done": "done" in request.GET,
        **background(approval),
    }
    return _answered(request, names, 422 if form.errors else 200)


def _answered(request: HttpRequest, names: dict[str, Any], status: int) -> HttpResponse:
    empty = {"shown": None, "form": None, "detail": "", "is_done": False, "hint": "", "seat": None}
    response = page(request, "approvals/decision.html", empty | names, status=status)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
