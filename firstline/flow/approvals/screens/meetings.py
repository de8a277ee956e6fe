"""Meetings of those who decide together: the agenda, the minutes, and deciding in one sitting."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstline.core.actions import Refused
from firstline.core.entry import signed_in
from firstline.core.text.numbers import row_number
from firstline.core.ui.render import page
from firstline.flow.approvals.actions.meet import hold_meeting, plan_meeting
from firstline.flow.approvals.fields import CURRENCY
from firstline.flow.approvals.forms import MeetingForm
from firstline.flow.approvals.models import Meeting
from firstline.flow.approvals.queries.lists import agenda_of, boards_of, decided_in, meetings_for
from firstline.flow.approvals.queries.shown import details_of
from firstline.people.accounts.models import Person


@signed_in
def meetings(request: HttpRequest) -> HttpResponse:
    """The meetings of my teams; whoever leads one plans the next."""
    person: Any = request.user
    boards = boards_of(person)
    form = MeetingForm(request.POST or None)
    form.fields["team"].queryset = boards  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            made = plan_meeting(person, form.instance, by=person)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Planned."))
            return HttpResponseRedirect(reverse("approvals:meeting", args=[made.pk]))
    names = {
        "meetings": list(meetings_for(person)[:100]), "form": form if boards else None,
        "breadcrumb": [(_("Approvals"), reverse("approvals:mine")), (_("Meetings"), None)],
    }  # fmt: skip
    return page(request, "approvals/meetings.html", names, status=422 if form.errors else 200)


@signed_in
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """What is on the agenda, what was decided, and the minutes."""
    person: Any = request.user
    found = get_object_or_404(meetings_for(person), pk=pk)
    may_hold = boards_of(person).filter(pk=found.team_id).exists()
    members = list(Person.objects.filter(team_memberships__team=found.team_id, is_active=True).order_by("name"))
    if request.method == "POST" and may_hold:
        return _held(request, found, members)
    agenda = agenda_of(found)
    names = {
        "meeting": found, "may_hold": may_hold, "members": members, "agenda": agenda,
        "details": details_of([stage.approval for stage in agenda], person),
        "decided": decided_in(found), "attended": set(found.attended.values_list("pk", flat=True)),
        "currency": CURRENCY.get(),
        "breadcrumb": [
            (_("Approvals"), reverse("approvals:mine")), (_("Meetings"), reverse("approvals:meetings")),
            (found.name, None),
        ],
    }  # fmt: skip
    return page(request, "approvals/meeting.html", names)


def _held(request: HttpRequest, found: Meeting, members: list[Person]) -> HttpResponse:
    person: Any = request.user
    decisions = {
        row_number(name.removeprefix("says_")): (said == "grant", request.POST.get(f"comment_{name[5:]}", ""))
        for name, said in request.POST.items()
        if name.startswith("says_") and said in {"grant", "refuse"}
    }
    here = {row_number(text) for text in request.POST.getlist("attended")}
    attended = [member for member in members if member.pk in here]
    minutes = request.POST.get("minutes", "")[:50_000]
    done, trouble = hold_meeting(person, found, decisions, minutes=minutes, attended=attended, by=person)
    messages.success(request, ngettext("%(count)s is decided.", "%(count)s are decided.", done) % {"count": done})
    for sentence in trouble[:5]:
        messages.warning(request, sentence)
    return HttpResponseRedirect(reverse("approvals:meeting", args=[found.pk]))
