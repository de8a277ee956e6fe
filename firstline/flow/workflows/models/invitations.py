"""An appointment somebody was invited to by a run: what it says now, and how often that has changed."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from firstline.core import clock
from firstline.core.actions import ChangedByActions

from .runs import Run


class Invitation(ChangedByActions):
    """One person's copy of one appointment (RFC 5546): its `uid` stays, its `sequence` grows with every change."""

    noun = "workflow_invitation"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="invitations", db_index=False)
    step = models.CharField(max_length=60)
    # Which of several at the same step: the entries of the repetitions around it.
    local = models.JSONField(default=dict, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )  # fmt: skip
    uid = models.CharField(max_length=200, unique=True)
    sequence = models.PositiveIntegerField(default=0)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    place = models.CharField(max_length=300, blank=True)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    zone = models.CharField(max_length=60)
    is_cancelled = models.BooleanField(default=False)
    sent_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "workflow_invitation"
        ordering: ClassVar = ["begins_at", "id"]
        indexes: ClassVar = [models.Index(fields=["run", "begins_at"], name="workflow_invitation_run")]

    def __str__(self) -> str:
        return self.uid
