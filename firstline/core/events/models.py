from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from firstline.core import clock

from .facts import FactsEncoder
from .kinds import EventKind, kind_of
from .names import names_for


class Event(models.Model):
    """One fact that happened. Written once by `record`, sealed by the worker, never changed."""

    kind = models.CharField(max_length=64)
    subject_noun = models.CharField(max_length=32)
    subject_id = models.BigIntegerField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField(default=clock.now)
    facts = models.JSONField(default=dict, encoder=FactsEncoder)
    # One salt per fact that may have to be forgotten (see seal.py): the seal covers a digest of such a fact.
    salts = models.JSONField(default=dict)
    cause = models.ForeignKey("self", null=True, on_delete=models.DO_NOTHING, related_name="+", db_index=False)
    correlation = models.CharField(max_length=32)
    via = models.CharField(max_length=16)
    hops = models.PositiveSmallIntegerField(default=0)  # how many events lie between this and the first cause
    # The seal: the worker numbers events and chains their digests, so that writers never wait for each other.
    position = models.BigIntegerField(null=True, unique=True)
    digest = models.CharField(max_length=64, default="")

    class Meta:
        db_table = "event"
        indexes: ClassVar = [
            models.Index(fields=["subject_noun", "subject_id", "id"], name="event_subject"),
            models.Index(fields=["kind", "at"], name="event_kind_at"),
            models.Index(fields=["id"], condition=Q(position__isnull=True), name="event_unsealed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_noun} {self.subject_id}"

    @property
    def kind_class(self) -> type[EventKind] | None:
        return kind_of(self.kind)

    def name(self, noun: str, fact: str) -> str:
        """The name of what a fact points to; an em dash for nothing."""
        known: dict[tuple[str, int], str] | None = getattr(self, "names", None)
        if known is None:
            known = self.names = names_for([self])
        value = self.facts.get(fact)
        if isinstance(value, list):
            return ", ".join(known.get((noun, key), f"{key}") for key in value) or "—"
        return known.get((noun, value), f"{value}") if value is not None else "—"

    def describe(self) -> str:
        """What happened, in the language of whoever reads."""
        kind = self.kind_class
        return kind.describe(self) if kind else self.kind
