from __future__ import annotations

from django.db import models


class Lease(models.Model):
    """The right to do one kind of work, held by one process until a moment."""

    name = models.CharField(max_length=64, primary_key=True)
    holder = models.CharField(max_length=100, default="")  # empty: nobody
    token = models.BigIntegerField(default=0)  # the fencing number: one more for every new holder
    until = models.DateTimeField()

    class Meta:
        db_table = "lease"

    def __str__(self) -> str:
        return f"{self.name}: {self.holder or 'nobody'}"
