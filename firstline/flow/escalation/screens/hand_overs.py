"""Follow the sun: what was handed over, what waits to be accepted."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.core import clock
from firstline.core.actions import Refused
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.flow.escalation.actions.hand_over import accept_hand_over, hand_over, last_states
from firstline.flow.escalation.forms import HandOverForm
from firstline.flow.escalation.queries import hand_overs_for
from firstline.people.teams.models import Team
from firstline.work.tickets.models import Ticket
from firstline.work.tickets.queries import unsolved_for, visible_to

MOST = 200


@access("escalation.hand_over")
@require_safe
def hand_overs(request: HttpRequest) -> HttpResponse:
    """Those of one's teams, newest first."""
    context = {"rows": list(hand_overs_for(request.user)[:100]), "now": clock.now()}
    return page(request, "escalation/hand_overs.html", context | {"breadcrumb": [(_("Hand-overs"), None)]})


@access("escalation.hand_over")
def new(request: HttpRequest) -> HttpResponse:
    """Make the pack: choose the team, look through its open tickets with a draft of how each stands, send."""
    form = HandOverForm(request.POST or None, viewer=request.user, initial={"team": request.GET.get("team")})
    asked = request.POST.get("team") or request.GET.get("team") or ""
    team = Team.objects.filter(pk=asked, memberships__person=request.user.pk).first() if asked.isdecimal() else None
    tickets = _open_tickets(request, team) if team else []
    drafted = last_states([ticket.pk for ticket in tickets])
    for ticket in tickets:
        ticket.drafted = request.POST.get(f"state_{ticket.pk}", drafted.get(ticket.pk, ""))  # type: ignore[attr-defined]
    if request.method == "POST" and "send" in request.POST and form.is_valid() and team:
        chosen = [ticket for ticket in tickets if f"take_{ticket.pk}" in request.POST]
        states = {ticket.pk: request.POST.get(f"state_{ticket.pk}", "") for ticket in chosen}
        try:
            made = hand_over(
                team, form.cleaned_data["to"], chosen, note=form.cleaned_data["note"], states=states, by=request.user
            )
            messages.success(request, _("Sent. It stays yours until %(team)s accepts.") % {"team": made.to_team})
            return HttpResponseRedirect(reverse("escalation:hand_over", args=[made.pk]))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    where = [(_("Hand-overs"), reverse("escalation:hand_overs")), (_("New hand-over"), None)]
    context = {"form": form, "tickets": tickets, "team": team, "breadcrumb": where}
    return page(request, "escalation/new_hand_over.html", context)


@access("escalation.hand_over")
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One hand-over with its tickets."""
    found = get_object_or_404(hand_overs_for(request.user), pk=pk)
    seen = set(visible_to(request.user).filter(pk__in=found.tickets.values("ticket")).values_list("pk", flat=True))
    rows = list(found.tickets.select_related("ticket__status").order_by("ticket__priority", "ticket_id"))
    return page(
        request,
        "escalation/hand_over.html",
        {
            "hand_over": found,
            "rows": [row for row in rows if row.ticket_id in seen],
            "hidden": len([row for row in rows if row.ticket_id not in seen]),
            "may_accept": found.accepted_at is None
            and found.to_team.memberships.filter(person=request.user.pk).exists(),
            "is_late": found.accepted_at is None and found.accept_by < clock.now(),
            "breadcrumb": [(_("Hand-overs"), reverse("escalation:hand_overs")), (str(found), None)],
        },
    )


@access("escalation.hand_over")
@require_POST
def acceptance(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept for one's team."""
    found = get_object_or_404(hand_overs_for(request.user), pk=pk)
    accept_hand_over(found, by=request.user)
    messages.success(request, _("Accepted. The tickets are yours now."))
    return HttpResponseRedirect(reverse("escalation:hand_over", args=[pk]))


def _open_tickets(request: HttpRequest, team: Team) -> list[Ticket]:
    """The team's open work, most urgent first."""
    found = unsolved_for(request.user).filter(team=team).select_related("status", "owner")
    return list(found.order_by("priority", "created_at", "id")[:MOST])
