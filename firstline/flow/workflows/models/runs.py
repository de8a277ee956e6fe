"""A run: its state as the engine knows it, and one row for every step instance, so that lists need nothing else."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions
from firstline.people.access.rules import teams_of
from firstline.people.teams.models import Team
from firstline.work.tickets.models import Ticket

from .workflows import Version

PERSON = settings.AUTH_USER_MODEL


class Run(ChangedByActions):
    """One time through a workflow, on one ticket."""

    noun = "workflow_run"

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        STUCK = "stuck", _("Stands still")
        ENDED = "ended", _("Ended")
        CANCELLED = "cancelled", _("Called off")

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="runs", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="runs", db_index=False)
    # The step of another run that waits for this one.
    parent = models.ForeignKey("Step", null=True, on_delete=models.SET_NULL, related_name="runs")
    depth = models.PositiveSmallIntegerField(default=0)
    is_sample = models.BooleanField(default=False)  # to look at: nobody is asked, nobody is told, no system is called
    state = models.JSONField()  # of the engine; what is shown of it stands in columns and in the steps
    status = models.CharField(max_length=10, choices=Status, default=Status.RUNNING)
    is_open = models.BooleanField(default=True)
    outcome = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)  # why it was called off, or stands still as a whole
    inputs = models.PositiveIntegerField(default=0)  # how many it has had
    once = models.CharField(max_length=100, null=True, unique=True)  # what was sent twice is filed once
    started_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "workflow_run"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(is_open=True, status__in=["running", "stuck"], ended_at__isnull=True)
                | Q(is_open=False, status__in=["ended", "cancelled"], ended_at__isnull=False),
                name="workflow_run_open_or_ended",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["ticket", "-id"], name="workflow_run_ticket"),
            models.Index(fields=["version", "is_open"], name="workflow_run_version"),
            models.Index(fields=["changed_at", "id"], condition=Q(status="stuck"), name="workflow_run_stuck"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} #{self.ticket_id}"

    def access_scope(self) -> tuple[int | None, str, bool]:
        """A run is judged like the ticket it is about."""
        return self.ticket.access_scope()


class Step(ChangedByActions):
    """One step instance of a run: who, when, how it ended."""

    noun = "workflow_step"

    class How(models.TextChoices):
        OPEN = "", _("Open")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CALLED_OFF = "called_off", _("Not needed any more")
        TIMED_OUT = "timed_out", _("Its time was over")
        SKIPPED = "skipped", _("Skipped")

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps", db_index=False)
    number = models.PositiveIntegerField()  # what the engine calls it
    step = models.CharField(max_length=60)
    kind = models.CharField(max_length=16)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    local = models.JSONField(default=dict, blank=True)  # the entries of the repetitions around it
    person = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    is_open = models.BooleanField(default=True)
    waits_for_people = models.BooleanField(default=False)  # a task or a form
    needs = models.PositiveSmallIntegerField(default=0)  # how many must answer where several are asked (`Party`)
    opened_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    how = models.CharField(max_length=10, choices=How, default=How.OPEN, blank=True)
    outcome = models.CharField(max_length=60, blank=True)
    remark = models.TextField(blank=True)
    trouble = models.TextField(blank=True)  # why it stands still until somebody repairs it
    attempts = models.PositiveSmallIntegerField(default=0)  # of what leaves the machine

    class Meta:
        db_table = "workflow_step"
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "number"], name="workflow_step_once"),
            models.CheckConstraint(
                condition=Q(is_open=True, how="", closed_at__isnull=True)
                | Q(~Q(how=""), is_open=False, closed_at__isnull=False),
                name="workflow_step_open_or_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number} {self.step}"

    def access_scope(self) -> tuple[int | None, str, bool]:
        return self.run.ticket.access_scope()

    def relations_of(self, person: Any) -> frozenset[str]:
        """`asked`: it waits for this person, or for a team they work in."""
        is_theirs = self.person_id == person.pk or (self.team_id is not None and self.team_id in teams_of(person))
        if self.needs and not is_theirs:
            is_theirs = Party.objects.filter(Party.of(person), run=self.run_id, number=self.number).exists()
        return frozenset({"asked"} if self.waits_for_people and is_theirs else ())


class Party(ChangedByActions):
    """One of several who are asked at one step: a person, or a team of which anybody answers."""

    noun = "workflow_party"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="parties", db_index=False)
    number = models.PositiveIntegerField()  # of the step
    place = models.PositiveSmallIntegerField()
    person = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    outcome = models.CharField(max_length=60, blank=True)
    remark = models.TextField(blank=True)
    data = models.JSONField(default=dict, blank=True)  # what they filled in
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        db_table = "workflow_party"
        ordering: ClassVar = ["place"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "number", "place"], name="workflow_party_once")]
        indexes: ClassVar = [
            models.Index(fields=["person"], condition=Q(answered_at__isnull=True), name="workflow_party_of_person"),
            models.Index(fields=["team"], condition=Q(answered_at__isnull=True), name="workflow_party_of_team"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number}/{self.place}"

    @property
    def name(self) -> str:
        whose = self.person.display_name if self.person is not None else str(self.team or "—")
        return str(whose)

    @staticmethod
    def of(person: Any) -> Q:
        """Those that ask this person."""
        return Q(person=person) | Q(team__in=teams_of(person))


class Given(ChangedByActions):
    """What happened to a run, in order: replayed, it gives the same state again."""

    noun = "workflow_input"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="given", db_index=False)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16)
    said = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        db_table = "workflow_input"
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "number"], name="workflow_input_once")]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number} {self.kind}"


class Timer(ChangedByActions):
    """A moment at which a step instance is to be looked at; a loop claims what is due."""

    noun = "workflow_timer"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="timers", db_index=False)
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=130)
    due_at = models.DateTimeField()

    class Meta:
        db_table = "workflow_timer"
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "number", "key"], name="workflow_timer_once")]
        indexes: ClassVar = [models.Index(fields=["due_at", "id"], name="workflow_timer_due")]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number} {self.key}"
