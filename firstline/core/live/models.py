from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from firstline.core import clock


class News(models.Model):
    """Something that is no event and yet must be seen at once. Removed after some minutes."""

    topic = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        db_table = "live_news"

    def __str__(self) -> str:
        return f"{self.kind} {self.topic}"


class State(models.TextChoices):
    VIEWING = "viewing", _("is looking at this")
    WRITING = "writing", _("is writing")


class Presence(models.Model):
    """Somebody has this open just now. Their page says so again and again; silence means they have gone."""

    person_id = models.BigIntegerField()  # no foreign key: core does not know people, and the row lives a minute
    topic = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State)
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "live_presence"
        constraints: ClassVar = [models.UniqueConstraint(fields=["topic", "person_id"], name="presence_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.state} {self.topic}"
