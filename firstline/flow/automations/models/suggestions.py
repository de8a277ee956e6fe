"""What people do by hand again and again, found by counting: an automation could do it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from firstline.core import clock
from firstline.core.actions import ChangedByActions

from .automations import Automation


class Suggestion(ChangedByActions):
    """Under these facts people set the same by hand. Counted anew now and then; what was dismissed stays away."""

    noun = "automation_suggestion"

    key = models.CharField(max_length=64, unique=True)  # of the facts and the deed
    facts = models.JSONField(default=dict)  # {"category": 3, "kind": "request"}: what those tickets have in common
    deed = models.JSONField(default=dict)  # {"do": "team", "value": 4}, as automations keep it
    days = models.PositiveSmallIntegerField()  # in how many days
    times = models.PositiveIntegerField()  # on how many tickets people have done it
    alike = models.PositiveIntegerField()  # of how many tickets with these facts
    people = models.PositiveIntegerField(default=1)  # how many different people have
    is_current = models.BooleanField(default=True)  # the last count has found it, too
    counted_at = models.DateTimeField(default=clock.now)
    dismissed_at = models.DateTimeField(null=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    automation = models.ForeignKey(Automation, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)

    class Meta:
        db_table = "automation_suggestion"
        ordering: ClassVar = ["-times", "id"]

    def __str__(self) -> str:
        return self.key

    @property
    def percent(self) -> int:
        return round(100 * self.times / self.alike) if self.alike else 0
