"""The pulse: what people think of the desk itself. Who was asked is known; who said what is not kept anywhere."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions

from .surveys import Survey

PERSON = settings.AUTH_USER_MODEL


class PulseGroup(models.TextChoices):
    AGENTS = "agents", _("The desk")
    REQUESTERS = "requesters", _("Requesters")


class PulseRound(ChangedByActions):
    """One time that a pulse is asked, open until `ends_at`. Results show afterwards."""

    noun = "pulse_round"

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="rounds")
    begins_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "pulse_round"
        ordering: ClassVar = ["-begins_at", "-id"]

    def __str__(self) -> str:
        return f"{self.survey} {self.begins_at:%Y-%m}"

    @property
    def is_over(self) -> bool:
        return self.ends_at <= clock.now()


class PulseInvitation(ChangedByActions):
    """Somebody was asked, and has or has not answered: no moment is kept, which could be matched with an answer."""

    noun = "pulse_invitation"

    round = models.ForeignKey(PulseRound, on_delete=models.CASCADE, related_name="invitations", db_index=False)
    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="+")
    group = models.CharField(max_length=12, choices=PulseGroup)
    is_mailed = models.BooleanField(default=False)
    has_answered = models.BooleanField(default=False)

    class Meta:
        db_table = "pulse_invitation"
        constraints: ClassVar = [models.UniqueConstraint(fields=["round", "person"], name="pulse_invitation_once")]

    def __str__(self) -> str:
        return f"{self.round}: {self.person}"


class PulseAnswer(ChangedByActions):
    """What somebody of a group said. Its random key and the lack of a time keep it from being matched with anybody."""

    noun = "pulse_answer"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(PulseRound, on_delete=models.CASCADE, related_name="answers")
    group = models.CharField(max_length=12, choices=PulseGroup)
    answers = models.JSONField(default=dict)

    class Meta:
        db_table = "pulse_answer"

    def __str__(self) -> str:
        return f"{self.round} ({self.group})"
