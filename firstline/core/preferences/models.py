from __future__ import annotations

from django.db import models

from firstline.core import clock
from firstline.core.actions import ChangedByActions


class Setting(ChangedByActions):
    """The value somebody set; a preference without a row has its default."""

    noun = "preference"

    key = models.CharField(max_length=100, unique=True)
    value = models.JSONField(null=True)  # a secret: the encrypted text
    # Grows with every change anywhere in the table: the highest one tells a process whether its cache is old.
    version = models.BigIntegerField(db_index=True)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "preference"

    def __str__(self) -> str:
        return self.key
