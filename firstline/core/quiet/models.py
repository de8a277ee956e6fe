from __future__ import annotations

from typing import ClassVar

from django.db import models

from firstline.core import clock
from firstline.core.actions import ChangedByActions


class Silence(ChangedByActions):
    """A time in which nothing left this machine, and why. At most one has not ended."""

    noun = "silence"

    reason = models.CharField(max_length=500)
    began_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "silence"
        constraints: ClassVar = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(ended_at__isnull=True), name="silence_only_one_open"
            )
        ]

    def __str__(self) -> str:
        return self.reason
