from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.core.actions import Refused, may, together
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.people.accounts.actions.open import get_or_open
from firstline.people.accounts.queries import by_email
from firstline.people.teams.models import Team
from firstline.work.conversations.actions.say import reply
from firstline.work.tickets.actions.assign import take
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.models import Category, Impact, Kind, Ticket, Urgency
from firstline.work.tickets.queries import categories

from . import people
from .conversation import uploaded

CHANNELS = [
    ("phone", gettext_lazy("By phone")),
    ("web", gettext_lazy("At the desk")),
    ("chat", gettext_lazy("By chat")),
]


class NewTicket(forms.Form):
    """What an agent notes while somebody is on the phone: two fields are enough."""

    requester = forms.CharField(label=gettext_lazy("For whom"), help_text=gettext_lazy("A name or a mail address"))
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=300)
    text = forms.CharField(label=gettext_lazy("What happened"), widget=forms.Textarea, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices, initial=Kind.INCIDENT)
    source = forms.ChoiceField(label=gettext_lazy("How it came in"), choices=CHANNELS, initial="phone")
    category = forms.TypedChoiceField(label=gettext_lazy("Category"), required=False, coerce=int, empty_value=None)
    impact = forms.TypedChoiceField(
        label=gettext_lazy("Impact"), required=False, coerce=int, empty_value=None, choices=[("", "—"), *Impact.choices]
    )
    urgency = forms.TypedChoiceField(
        label=gettext_lazy("Urgency"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "—"), *Urgency.choices],
    )
    team = forms.ModelChoiceField(
        label=gettext_lazy("Team"), queryset=Team.objects.none(), required=False, empty_label="—"
    )
    is_mine = forms.BooleanField(label=gettext_lazy("I take it"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tree = [(branch.pk, "\u2007\u2007" * branch.depth + branch.name) for branch in categories()]  # type: ignore[attr-defined]
        self.fields["category"].choices = [("", "—"), *tree]  # type: ignore[attr-defined]
        self.fields["team"].queryset = Team.objects.filter(is_active=True)  # type: ignore[attr-defined]


@access("ticket.open")
def new(request: HttpRequest) -> HttpResponse:
    """Open a ticket on somebody's behalf."""
    form = NewTicket(request.POST or None, initial={"requester": request.GET.get("requester", "")})
    if request.method == "POST" and form.is_valid():
        try:
            ticket = _open(request, form.cleaned_data)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            return HttpResponseRedirect(ticket.get_absolute_url())
    return page(
        request,
        "desk/new.html",
        {"form": form, "breadcrumb": [(_("New ticket"), None)]},
        status=422 if form.errors else 200,
    )


def _open(request: HttpRequest, said: dict[str, Any]) -> Ticket:
    person: Any = request.user
    files = uploaded(request)
    with together():
        ticket = open_ticket(
            _requester(said["requester"], person),
            said["subject"],
            kind=said["kind"],
            category=Category.objects.filter(pk=said["category"]).first() if said["category"] else None,
            team=said["team"],
            impact=said["impact"],
            urgency=said["urgency"],
            source=said["source"],
            words=said["text"],
            owner=person if said["is_mine"] else None,
            by=person,
        )
        if said["text"].strip() or files:
            reply(ticket, said["text"], files=files, author=ticket.requester, by=person)
        if said["is_mine"]:
            take(ticket, by=person)
    return ticket


def _requester(text: str, person: Any) -> Any:
    """Somebody known, or a new person with this address: whoever calls for the first time is welcome."""
    address = text.rpartition("<")[2].rstrip(">").strip()
    if "@" in address and by_email(address) is None and may(person, "person.open"):
        return get_or_open(address, text.partition("<")[0].strip() if "<" in text else "", by=person)
    return people.named(text, person)
