from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firstline.core.actions import ChangedByActions
from firstline.core.calendars.models import Calendar
from firstline.work.tickets.models import Priority, Status, Ticket

LONGEST = 10 * 366 * 24 * 60  # minutes: ten years; nobody promises more, and arithmetic stays small
BREACH = 100  # per cent: the share at which a promise is broken


class Measure(models.TextChoices):
    """What is promised."""

    FIRST_RESPONSE = "first_response", _("First answer")
    NEXT_RESPONSE = "next_response", _("Every further answer")
    UPDATE = "update", _("Regular news")
    RESOLUTION = "resolution", _("Solution")


class Agreement(ChangedByActions):
    """What is promised for which tickets. Of each audience the first whose condition fits is the one that counts."""

    noun = "agreement"

    class Audience(models.TextChoices):
        CUSTOMER = "customer", _("Requesters (SLA)")
        INTERNAL = "internal", _("Ourselves (OLA)")

    name = models.CharField(_("name"), max_length=80, unique=True)
    audience = models.CharField(_("promised to"), max_length=10, choices=Audience, default=Audience.CUSTOMER)
    position = models.PositiveSmallIntegerField(_("order"), default=10)
    # A condition of the house as JSON (core/conditions); {} is every ticket.
    condition = models.JSONField(_("for which tickets"), default=dict, blank=True)
    calendar = models.ForeignKey(
        Calendar, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("calendar")
    )
    pauses = models.BooleanField(_("stands still while a ticket waits"), default=True)
    runs_on = models.ManyToManyField(
        Status, blank=True, related_name="+", db_table="sla_agreement_runs_on", verbose_name=_("but runs on in")
    )
    warn_at = models.JSONField(_("warn at"), default=list, blank=True)  # shares in per cent: [50, 75]
    satisfaction = models.PositiveSmallIntegerField(_("satisfied, at least (%)"), null=True, blank=True)
    reopened = models.PositiveSmallIntegerField(_("reopened, at most (%)"), null=True, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    version = models.BigIntegerField(default=1, db_index=True)  # as of Calendar

    class Meta:
        db_table = "sla_agreement"
        ordering: ClassVar = ["audience", "position", "id"]

    def __str__(self) -> str:
        return self.name


class Target(ChangedByActions):
    """One promise of an agreement: a measure, for a priority, in minutes."""

    noun = "sla_target"

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="targets", db_index=False)
    measure = models.CharField(max_length=16, choices=Measure)
    priority = models.PositiveSmallIntegerField(choices=Priority)
    minutes = models.PositiveIntegerField()
    is_round_the_clock = models.BooleanField(default=False)

    class Meta:
        db_table = "sla_target"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agreement", "measure", "priority"], name="sla_target_once"),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=LONGEST), name="sla_target_minutes"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement}: {self.measure} P{self.priority} {self.minutes} min"

    @property
    def amount(self) -> timedelta:
        return timedelta(minutes=self.minutes)


class Clock(ChangedByActions):
    """How one promise stands on one ticket: a cache of what the engine computes from the ticket's history."""

    noun = "sla_clock"

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        MET = "met", _("done")
        STOPPED = "stopped", _("not needed any more")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="clocks", db_index=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="+", db_index=False)
    audience = models.CharField(max_length=10, choices=Agreement.Audience)
    measure = models.CharField(max_length=16, choices=Measure)
    round = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State)
    target_seconds = models.PositiveBigIntegerField()
    counted_seconds = models.BigIntegerField(default=0)  # up to the part that is running now
    is_round_the_clock = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    runs_since = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    is_late = models.BooleanField(default=False)  # ended late, or has rung for the breach
    # Which share has rung, and when the next one rings: a loop looks for it.
    rung = models.PositiveSmallIntegerField(default=0)
    rings_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "sla_clock"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "audience", "measure", "round"], name="sla_clock_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["rings_at", "id"], condition=Q(rings_at__isnull=False), name="sla_clock_rings"),
            models.Index(fields=["agreement", "measure", "ended_at"], name="sla_clock_results"),
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id} {self.measure} {self.state}"

    @property
    def target(self) -> timedelta:
        return timedelta(seconds=self.target_seconds)

    @property
    def counted(self) -> timedelta:
        return timedelta(seconds=self.counted_seconds)
