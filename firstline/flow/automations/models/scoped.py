from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from firstline.core.actions import ChangedByActions
from firstline.people.teams.models import TeamMember


class ForTeams(ChangedByActions):
    """Something that holds for some teams only, or for all; who leads all of them may shape it."""

    name = models.CharField(_("name"), max_length=120)
    position = models.PositiveIntegerField(default=0, editable=False)
    teams = models.JSONField(default=list, blank=True)  # ids; empty: all teams
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def is_for(self, team: int | None) -> bool:
        """Whether it holds for tickets of this team."""
        return not self.teams or team in self.teams

    def access_scope(self) -> tuple[int | None, str, bool]:
        """As people/access judges roles that hold for one team."""
        return (self.teams[0] if len(self.teams) == 1 else None), "", False

    def relations_of(self, person: Any) -> frozenset[str]:
        """Who leads every team it is for."""
        if not self.teams:
            return frozenset()
        led = TeamMember.objects.filter(person=person.pk, team__in=self.teams, is_lead=True)
        return frozenset({"lead of its teams"} if led.count() == len(set(self.teams)) else ())
