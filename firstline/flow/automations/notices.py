"""Whom automations tell: their owners of circles, failures and reviews; and whoever an automation is to tell."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from firstline.core.actions import may
from firstline.core.events import later
from firstline.core.events.models import Event
from firstline.people.notifications.actions.give import notify
from firstline.people.notifications.fields import Channel, Kind, Subject, declare, declare_subject
from firstline.work.tickets.models import Ticket

from .events import AutomationFailed, AutomationTold, LoopCut, ReviewDue
from .models import Automation

INBOX, MAIL = Channel.INBOX, Channel.MAIL


def read(person: Any, numbers: Collection[int]) -> Mapping[int, Mapping[str, str]]:
    if not may(person, "automation.view"):
        return {}
    rows = Automation.objects.filter(pk__in=list(numbers)).values_list("pk", "name", "goal")
    return {pk: {"name": name, "goal": goal} for pk, name, goal in rows}


declare_subject(
    Subject(
        "automation",
        read=read,
        link=lambda _person, number: reverse("automations:automation", args=[number]),
        placeholders={
            "name": gettext_lazy("the name of the automation"),
            "goal": gettext_lazy("what it is for"),
        },
    )
)
TOLD = declare(
    Kind(
        "automation.told",
        label=gettext_lazy("An automation tells me something about a ticket"),
        title=gettext_lazy("#{number}: {text}"),
        text=gettext_lazy("{text}\nPriority: {priority}. Owner: {owner}. Status: {status}."),
        desk={INBOX, MAIL},
        is_logged=False,
        facts={"text": gettext_lazy("what it says")},
    )
)
CUT = declare(
    Kind(
        "automation.cut",
        label=gettext_lazy("An automation of mine goes in a circle"),
        title=gettext_lazy("Stopped: “{automation}” went in a circle on #{number}"),
        text=gettext_lazy("{reason}\nLook at when it is asked, and at what the others do."),
        desk={INBOX, MAIL},
        facts={"automation": gettext_lazy("the name of the automation"), "reason": gettext_lazy("why")},
    )
)
FAILED = declare(
    Kind(
        "automation.failed",
        label=gettext_lazy("An automation of mine cannot do its work"),
        title=gettext_lazy("“{automation}” could not be run on #{number}"),
        text=gettext_lazy("{reason}\nNothing of it was done."),
        desk={INBOX, MAIL},
        facts={"automation": gettext_lazy("the name of the automation"), "reason": gettext_lazy("why")},
    )
)
REVIEW = declare(
    Kind(
        "automation.review",
        label=gettext_lazy("An automation of mine should be looked at again"),
        title=gettext_lazy("Look at the automation “{name}” again"),
        text=gettext_lazy("{goal}\nIs it still right? Does it still do anything? Then set another day."),
        desk={INBOX, MAIL},
    )
)


@later(LoopCut, AutomationFailed)
def tell_its_owner(event: Event) -> None:
    """Once a day for each automation: a circle on a hundred tickets is one mistake."""
    automation = Automation.objects.select_related("owner").filter(pk=event.facts["automation"]).first()
    if automation is None or automation.owner is None:
        return
    kind = CUT if event.kind == LoopCut.key else FAILED
    notify(
        kind, {"owner": [automation.owner]}, about=Ticket.objects.get(pk=event.subject_id), event=event,
        facts={"automation": automation.name, "reason": event.facts.get("why", "")},
        occasion=f"automation:{automation.pk}:{kind.key}:{event.at:%Y-%m-%d}", by=None,
    )  # fmt: skip


@later(AutomationTold)
def tell_people(event: Event) -> None:
    ticket = Ticket.objects.get(pk=event.subject_id)
    notify(
        TOLD, {"rule": event.facts["people"]}, about=ticket, event=event, facts={"text": event.facts["text"]}, by=None
    )


@later(ReviewDue)
def tell_of_the_review(event: Event) -> None:
    automation = Automation.objects.select_related("owner").filter(pk=event.subject_id).first()
    if automation is not None and automation.owner is not None:
        notify(REVIEW, {"owner": [automation.owner]}, about=automation, event=event, by=None)
