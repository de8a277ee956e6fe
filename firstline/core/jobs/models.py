from __future__ import annotations

from django.db import models


class LoopState(models.Model):
    """How one loop of the worker fares: for the health page and the page of jobs."""

    name = models.CharField(max_length=64, primary_key=True)
    every_seconds = models.FloatField()
    worker = models.CharField(max_length=100, default="")
    last_run_at = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    last_error = models.TextField(default="")

    class Meta:
        db_table = "loop_state"

    def __str__(self) -> str:
        return self.name

    @property
    def is_failing(self) -> bool:
        return self.failing_since is not None
