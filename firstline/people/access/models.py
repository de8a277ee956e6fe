from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from firstline.core.actions import ChangedByActions
from firstline.people.teams.models import Team


class Role(models.TextChoices):
    """Everybody is a requester; the other roles are granted."""

    REQUESTER = "requester", _("Requester")
    APPROVER = "approver", _("Approver")
    AGENT = "agent", _("Agent")
    LEAD = "lead", _("Lead")
    AUTHOR = "author", _("Author")
    AUDITOR = "auditor", _("Auditor")
    PRIVACY_OFFICER = "privacy_officer", _("Privacy officer")
    ADMIN = "admin", _("Admin")


class Grant(ChangedByActions):
    """A role for a person, everywhere or only for one team's tickets or one kind of ticket."""

    noun = "grant"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE)
    kind = models.CharField(_("kind of ticket"), max_length=20, blank=True)  # empty: all kinds

    class Meta:
        db_table = "access_grant"
        constraints: ClassVar = [
            # Two, because SQLite holds two empty teams to be different.
            models.UniqueConstraint(
                fields=["person", "role", "kind"], condition=models.Q(team=None), name="grant_once_everywhere"
            ),
            models.UniqueConstraint(
                fields=["person", "role", "team", "kind"],
                condition=models.Q(team__isnull=False),
                name="grant_once_per_team",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.role}"
