from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from firstline.core.actions import Refused, together, via
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.doors.portal.files import uploaded
from firstline.work.conversations.actions.say import reply
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.models import Impact, Kind, Ticket, Urgency

NEED = [(Kind.INCIDENT.value, _("Something does not work")), (Kind.REQUEST.value, _("I need something"))]
BADLY = [
    (Urgency.HIGH.value, _("I cannot work")),
    (Urgency.MEDIUM.value, _("I can work, but it is hard")),
    (Urgency.LOW.value, _("It can wait")),
]
WHO = [(Impact.LOW.value, _("Only me")), (Impact.MEDIUM.value, _("Several of us")), (Impact.HIGH.value, _("Everybody"))]


class Ask(forms.Form):
    """Five questions at most."""

    kind = forms.ChoiceField(label=_("What is it about?"), choices=NEED, widget=forms.RadioSelect, initial="incident")
    subject = forms.CharField(
        label=_("In a few words"), max_length=300, help_text=_("For example: The printer on floor 2 prints empty pages")
    )
    text = forms.CharField(
        label=_("What happened, and what should happen?"), widget=forms.Textarea(attrs={"rows": 6}), required=False
    )
    urgency = forms.TypedChoiceField(
        label=_("How badly does it hinder you?"), coerce=int, choices=BADLY, widget=forms.RadioSelect, initial=2
    )
    impact = forms.TypedChoiceField(
        label=_("Whom does it concern?"), coerce=int, choices=WHO, widget=forms.RadioSelect, initial=3
    )


@access("ticket.ask")
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for help."""
    form = Ask(request.POST or None, initial=_asked(request))
    if request.method == "POST" and form.is_valid():
        try:
            ticket = _open(request, form.cleaned_data)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            return HttpResponseRedirect(reverse("portal:request", args=[ticket.pk]) + "?new")
    return page(request, "portal/ask.html", {"form": form}, status=422 if form.errors else 200)


def _asked(request: HttpRequest) -> dict[str, str]:
    """What is known already from the door somebody came through."""
    known = {"subject": request.GET.get("subject", "")}
    return known | {"kind": "request"} if request.GET.get("kind") == "request" else known


def _open(request: HttpRequest, said: dict[str, Any]) -> Ticket:
    person: Any = request.user
    with via("portal"):
        files = uploaded(request)
        with together():
            ticket = open_ticket(
                person,
                said["subject"],
                kind=said["kind"],
                impact=said["impact"],
                urgency=said["urgency"],
                words=said["text"],
                by=person,
            )
            if said["text"].strip() or files:
                reply(ticket, said["text"] or said["subject"], files=files, by=person)
    return ticket
