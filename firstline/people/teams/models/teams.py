from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from firstline.core.actions import ChangedByActions


class Team(ChangedByActions):
    """People who share a queue. Tickets of a private team are seen by its members only."""

    noun = "team"

    name = models.CharField(_("name"), max_length=120, unique=True)
    purpose = models.CharField(_("purpose"), max_length=300, blank=True)
    is_private = models.BooleanField(_("private (members only, not even admins)"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)  # of its shifts; empty: the organisation's
    region = models.CharField(_("public holidays of"), max_length=10, blank=True)  # ISO 3166: DE, DE-BE; empty: none

    class Meta:
        db_table = "team"
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    def relations_of(self, person: Any) -> frozenset[str]:
        """What `person` is to this team: member, lead."""
        rows = [row for row in person.team_memberships.all() if row.team_id == self.pk]
        return frozenset({"member" for _row in rows} | {"team lead" for row in rows if row.is_lead})


class TeamMember(ChangedByActions):
    """Somebody works in a team, and perhaps leads it."""

    noun = "team_member"

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="team_memberships")
    is_lead = models.BooleanField(_("leads the team"), default=False)

    class Meta:
        db_table = "team_member"
        constraints: ClassVar = [models.UniqueConstraint(fields=["team", "person"], name="team_member_once")]

    def __str__(self) -> str:
        return f"{self.person} in {self.team}"


class Absence(ChangedByActions):
    """Somebody is away from one day to another, both included; a deputy may stand in."""

    noun = "absence"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="absences")
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="stands_in_for"
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        db_table = "absence"
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(last_day__gte=models.F("first_day")), name="absence_forwards")
        ]
        indexes: ClassVar = [models.Index(fields=["last_day", "first_day"], name="absence_days")]

    def __str__(self) -> str:
        return f"{self.person} {self.first_day} – {self.last_day}"
