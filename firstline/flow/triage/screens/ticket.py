from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.core.actions import may
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.flow.triage.actions.pick import pick as pick_somebody
from firstline.flow.triage.actions.pick import take_next
from firstline.flow.triage.actions.triage import triage
from firstline.flow.triage.queries.explaining import why as answers
from firstline.flow.triage.queries.explaining import why_not
from firstline.people.access.rules import teams_of
from firstline.people.teams.queries import visible_to as teams_visible_to
from firstline.work.tickets.models import Ticket
from firstline.work.tickets.queries import visible_to


@access("desk.enter")
@require_safe
def why(request: HttpRequest, pk: int) -> HttpResponse:
    """Why it is as it is, and why a rule did nothing."""
    ticket = _the_ticket(request, pk)
    may_edit = may(request.user, "ticket.edit", ticket) and ticket.merged_into_id is None
    names = {
        "ticket": ticket,
        "answers": answers(ticket),
        "rules": why_not(ticket),
        "may_edit": may_edit,
        "breadcrumb": [(f"#{ticket.pk}", ticket.get_absolute_url()), (_("Why?"), None)],
    }
    return page(request, "triage/why.html", names)


@access("desk.enter")
@require_POST
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the rules again."""
    triage(_the_ticket(request, pk), by=request.user)
    messages.success(request, _("The rules were asked again."))
    return HttpResponseRedirect(reverse("triage:why", args=[pk]))


@access("desk.enter")
@require_POST
def pick(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the mode of its team choose somebody."""
    ticket = pick_somebody(_the_ticket(request, pk), by=request.user)
    if ticket.owner is None:
        messages.warning(request, _("Nobody in %(team)s could take it.") % {"team": ticket.team})
    return HttpResponseRedirect(reverse("triage:why", args=[pk]))


@access("team.view")
@require_POST
def following(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the top of a team's queue."""
    team = get_object_or_404(teams_visible_to(request.user), pk=pk)
    person: Any = request.user
    if team.is_private and team.pk not in teams_of(person):
        raise Http404
    ticket = take_next(team.pk, by=person)
    if ticket is None:
        messages.info(request, _("The queue of %(team)s is empty.") % {"team": team.name})
        return HttpResponseRedirect(f"{reverse('desk:queue')}?view=team")
    return HttpResponseRedirect(ticket.get_absolute_url())


def _the_ticket(request: HttpRequest, pk: int) -> Ticket:
    return get_object_or_404(
        visible_to(request.user).select_related(
            "team", "owner", "category", "organisation", "requester", "merged_into"
        ),
        pk=pk,
    )
