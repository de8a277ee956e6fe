"""Once a night: whether the work of some team piles up."""

from __future__ import annotations

from firstline.core.jobs import job
from firstline.people.teams.models import Team

from .actions.watch import watch_backlog


@job()
def watch_backlogs() -> int:
    """Each team in its own transaction; how many piles were told of."""
    return sum(watch_backlog(team, by=None) for team in Team.objects.filter(is_active=True))
