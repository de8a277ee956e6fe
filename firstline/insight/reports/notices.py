"""Whom a growing pile concerns: those who lead the team."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from firstline.core.events import later
from firstline.core.events.models import Event
from firstline.flow.escalation.queries import leads_of
from firstline.people.notifications.actions.give import notify
from firstline.people.notifications.fields import Channel, Kind, declare
from firstline.people.teams.models import Team

from .events import BacklogGrew

PILE = declare(
    Kind(
        "reports.backlog",
        label=gettext_lazy("The work of a team piles up"),
        title=gettext_lazy("{team}: {net} tickets more than a week ago"),
        text=gettext_lazy("{open} are open now. In the weeks before it was {usual} a week."),
        desk={Channel.INBOX, Channel.MAIL},
        facts={
            "team": gettext_lazy("the team"),
            "net": gettext_lazy("how many tickets more are open"),
            "open": gettext_lazy("how many are open now"),
            "usual": gettext_lazy("how many more it usually is in a week"),
        },
    )
)


@later(BacklogGrew)
def tell_the_leads(event: Event) -> None:
    team = Team.objects.get(pk=event.subject_id)
    facts = {"team": team.name, "net": event.facts["net"], "open": event.facts["open"], "usual": event.facts["usual"]}
    notify(PILE, {"lead": [lead.pk for lead in leads_of(team.pk)]}, event=event, facts=facts, teams=[team], by=None)
