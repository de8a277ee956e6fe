from __future__ import annotations

from typing import ClassVar

from django.db import models

from firstline.core import clock
from firstline.core.actions import ChangedByActions


class ImportRun(ChangedByActions):
    """One file brought in. While it has not finished, starting again goes on where it stopped."""

    noun = "import"

    source = models.CharField(max_length=40)
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    started_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)  # written with every batch, in its transaction
    report = models.TextField(blank=True)

    class Meta:
        db_table = "import_run"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "sha256"], condition=models.Q(finished_at__isnull=True), name="import_once_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.file_name}"


class ImportedRow(ChangedByActions):
    """What a thing of another system has become here. It is why nothing comes in twice."""

    noun = "imported"

    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="rows", db_index=False)
    source = models.CharField(max_length=40)
    kind = models.CharField(max_length=16)  # ticket, person
    reference = models.CharField(max_length=255)  # its name or number there
    target_id = models.BigIntegerField()  # its id here
    digest = models.CharField(max_length=32, default="")  # of all that was read about it
    # For tickets: how it stood when last read, and the marks of all changes that are already in its history.
    state = models.JSONField(default=dict)

    class Meta:
        db_table = "imported_row"
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "kind", "reference"], name="imported_once")]

    def __str__(self) -> str:
        return f"{self.source} {self.kind} {self.reference}"
