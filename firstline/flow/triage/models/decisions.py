from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions
from firstline.people.teams.models import Team
from firstline.work.tickets.models import Ticket

from .rules import Rule


class Decision(ChangedByActions):
    """Why one fact of a ticket was set without anybody typing it."""

    noun = "decision"

    class How(models.TextChoices):
        RULE = "rule", _("a rule")
        MAP = "map", _("the team of its category")
        DEFAULT = "default", _("the team for everything else")
        SUGGESTION = "suggestion", _("a suggestion")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    field = models.CharField(max_length=60)  # category, team, kind, tags, impact, urgency, risk, custom.floor
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    how = models.CharField(max_length=12, choices=How)
    rule = models.ForeignKey(Rule, null=True, on_delete=models.SET_NULL, related_name="+")
    facts = models.JSONField(default=dict)  # {"rule": name of the rule then, "confidence": 0.9}
    at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "triage_decision"

    def __str__(self) -> str:
        return f"#{self.ticket_id} {self.field}: {self.how}"


class Pick(ChangedByActions):
    """One person chosen for one ticket, or nobody: who was thought of, and what spoke against each."""

    noun = "pick"

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_index=False)
    chosen = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    mode = models.CharField(max_length=16)
    verdicts = models.JSONField(default=list)  # [{"person": 7, "load": 6, "capacity": 40, "why_not": "absent"}]
    at = models.DateTimeField(default=clock.now)
    # Nobody could get it, and nobody has it yet.
    is_alarm = models.BooleanField(default=False)

    class Meta:
        db_table = "triage_pick"
        indexes: ClassVar = [
            models.Index(fields=["team", "id"], name="triage_pick_team"),
            models.Index(fields=["ticket"], condition=Q(is_alarm=True), name="triage_pick_alarm"),
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id} → {self.chosen_id or 'nobody'}"


class StillNotice(ChangedByActions):
    """A ticket on which nothing happened was pointed out; once for each time it stands still."""

    noun = "still_notice"

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+", db_index=False)
    since = models.DateTimeField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "triage_still"
        constraints: ClassVar = [models.UniqueConstraint(fields=["ticket", "since"], name="triage_still_once")]

    def __str__(self) -> str:
        return f"#{self.ticket_id} since {self.since}"
