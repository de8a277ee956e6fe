"""A change as it was assessed, and the steps of a plan with when they really happened."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions
from firstline.flow.workflows.engine.planned import deviation
from firstline.work.tickets.models import Ticket

from .runs import Run

PERSON = settings.AUTH_USER_MODEL


class Change(ChangedByActions):
    """What a change touches and when, so that others can be compared with it; and what was found about it."""

    noun = "change"

    class Risk(models.TextChoices):
        LOW = "low", _("Low")
        MEDIUM = "medium", _("Medium")
        HIGH = "high", _("High")

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="change")
    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="change")
    kind = models.CharField(max_length=60, blank=True)  # standard, normal, emergency: as the workflow calls it
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    items = models.JSONField(default=list)  # as they were named
    touches = models.JSONField(default=list)  # with what depends on them: what overlaps are found by
    score = models.PositiveSmallIntegerField()
    risk = models.CharField(max_length=6, choices=Risk)
    users = models.PositiveIntegerField(null=True)
    # The lines of the sum, the services with their users, and the tickets of overlapping changes with what they share.
    report = models.JSONField()
    assessed_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "change"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="change_ends_after_it_begins")
        ]
        indexes: ClassVar = [models.Index(fields=["begins_at", "id"], name="change_begins")]

    def __str__(self) -> str:
        return f"#{self.ticket_id}: {self.score}"

    def access_scope(self) -> tuple[int | None, str, bool]:
        return self.ticket.access_scope()


class PlanStep(ChangedByActions):
    """One step of a plan that is ticked off at a task: planned and real times."""

    noun = "plan_step"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="plan_steps", db_index=False)
    number = models.PositiveIntegerField()  # of the task
    place = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=300)
    who = models.CharField(max_length=200, blank=True)
    minutes = models.PositiveIntegerField(null=True)
    planned_begin = models.DateTimeField()
    planned_end = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    left_out = models.CharField(max_length=300, blank=True)  # why it was not done

    class Meta:
        db_table = "workflow_plan_step"
        ordering: ClassVar = ["place"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "number", "place"], name="workflow_plan_step_once")
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number}/{self.place}"

    def relations_of(self, person: Any) -> frozenset[str]:
        return frozenset()

    @property
    def has_ended(self) -> bool:
        return self.ended_at is not None or bool(self.left_out)

    @property
    def late(self) -> int | None:
        """Minutes later than planned at its end, or at its beginning while it goes on."""
        if self.ended_at is not None:
            return deviation(self.planned_end, self.ended_at)
        return deviation(self.planned_begin, self.began_at) if self.began_at is not None else None
