from __future__ import annotations

from datetime import timedelta
from typing import Any

from firstline.core import clock
from firstline.core.actions import action
from firstline.core.events.models import Event
from firstline.core.events.record import record
from firstline.insight.reports.events import BacklogGrew
from firstline.insight.reports.queries import growth_of
from firstline.people.teams.models import Team
from firstline.work.tickets.models import Ticket

RESTS = timedelta(days=7)  # who was told is not told again so soon


@action("team.watch_backlog", permission="report.view")
def watch_backlog(team: Team, *, by: Any) -> bool:
    """Look whether a team's backlog grows by more than chance, and say so; whether it was said."""
    growth = growth_of(Ticket.objects.filter(team=team, merged_into__isnull=True))
    lately = Event.objects.filter(
        subject_noun="team", subject_id=team.pk, kind=BacklogGrew.key, at__gt=clock.now() - RESTS
    )
    if not growth.is_alarm or lately.exists():
        return False
    record(team, BacklogGrew, by=by, net=growth.net, usual=round(growth.usual, 1), open=growth.open)
    return True
