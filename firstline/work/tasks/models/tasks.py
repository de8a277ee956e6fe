"""A task on a ticket: what is to be done, by whom, until when, and how it stands."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions
from firstline.people.access.rules import teams_of
from firstline.people.teams.models import Team
from firstline.work.tickets.models import Ticket

PERSON = settings.AUTH_USER_MODEL
# What has no date is due after everything that has one: so that lists are read in one order, from one index.
FAR = datetime(9000, 1, 1, tzinfo=UTC)


class State(models.TextChoices):
    WAITING = "waiting", _("Waits for others")
    OPEN = "open", _("Open")
    PROGRESS = "progress", _("In progress")
    REVIEW = "review", _("Needs review")
    BLOCKED = "blocked", _("Blocked")
    DONE = "done", _("Done")
    NOT_NEEDED = "not_needed", _("Not needed")


OPEN = (State.WAITING, State.OPEN, State.PROGRESS, State.REVIEW, State.BLOCKED)


class Task(ChangedByActions):
    """Something to do on a ticket."""

    noun = "task"

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="tasks", db_index=False)
    position = models.PositiveIntegerField(default=0)
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("description and goal"), blank=True)
    state = models.CharField(_("status"), max_length=10, choices=State, default=State.OPEN)
    reason = models.TextField(_("why"), blank=True)  # it is blocked, or not needed
    # What follows from the state, kept here so that each list has one index.
    is_open = models.BooleanField(default=True)
    is_ready = models.BooleanField(default=True)  # open, and waits for no other task
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    has_people = models.BooleanField(default=False)  # named ones; otherwise it is anybody's of the team
    blocks_closing = models.BooleanField(_("the ticket waits for it"), default=True)
    is_shown_to_requester = models.BooleanField(_("the requester sees it"), default=False)
    needs = models.ManyToManyField("self", symmetrical=False, related_name="needed_by", db_table="task_needs")
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    due_or_never = models.DateTimeField(default=FAR)
    is_told_due = models.BooleanField(default=False)
    minutes = models.PositiveIntegerField(default=0)  # all the time spent on it
    # Which program waits for it and what it calls it, such as a step of a workflow; asked twice it is one task.
    caller = models.CharField(max_length=32, blank=True)
    reference = models.CharField(max_length=60, blank=True)
    # Asks more than whether it is done: it is answered on a page of the caller.
    is_answered_there = models.BooleanField(default=False)
    opened_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    opened_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    ended_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "task"
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["caller", "reference"], condition=~Q(caller=""), name="task_asked_once"),
            models.CheckConstraint(
                condition=Q(is_open=True, ended_at__isnull=True, state__in=OPEN)
                | Q(is_open=False, is_ready=False, ended_at__isnull=False, state__in=["done", "not_needed"]),
                name="task_open_or_ended",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["ticket", "position", "id"], name="task_ticket"),
            models.Index(
                fields=["team", "due_or_never", "id"], condition=Q(is_ready=True, has_people=False), name="task_team"
            ),
            models.Index(
                fields=["ended_by", "ended_at", "id"], condition=Q(ended_by__isnull=False), name="task_ended_by"
            ),
            models.Index(fields=["due_at", "id"], condition=Q(is_ready=True, is_told_due=False), name="task_due"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("tasks:task", args=[self.pk])

    def access_scope(self) -> tuple[int | None, str, bool]:
        """A task is judged like its ticket."""
        return self.ticket.access_scope()

    def relations_of(self, person: Any) -> frozenset[str]:
        """`asked`: it is this person's, or of a team they work in; else what they are to the ticket on the desk."""
        relations = self.ticket.relations_of(person) & {"owner", "collaborator"}
        if any(each.person_id == person.pk for each in self.assignees.all()):
            return relations | {"asked"}
        if not self.has_people and self.team_id is not None and self.team_id in teams_of(person):
            return relations | {"asked"}
        return relations


class Assignee(ChangedByActions):
    """Somebody whose task it is. Several may share one."""

    noun = "task_assignee"

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="assignees", db_index=False)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", db_index=False)
    is_ready = models.BooleanField(default=True)  # as of the task: a list of years of work needs only what waits

    class Meta:
        db_table = "task_assignee"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["task", "person"], name="task_assignee_once")]
        indexes: ClassVar = [
            models.Index(fields=["person", "task"], condition=Q(is_ready=True), name="task_assignee_person")
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.task_id}"


class Remark(ChangedByActions):
    """Something said about one task."""

    noun = "task_remark"

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="remarks")
    author = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    text = models.TextField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "task_remark"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.text[:40]


class TaskFile(ChangedByActions):
    """A file on a task. Its bytes lie in core/files under their digest."""

    noun = "task_file"

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="files")
    by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=255)  # for display only, never a path
    type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    is_removed = models.BooleanField(default=False)  # so that removing can be taken back
    at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "task_file"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("tasks:file", args=[self.pk])


class TaskKey(ChangedByActions):
    """A licence key or another secret that belongs to a task: kept sealed, shown masked; who looks is written down."""

    noun = "task_key"

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="keys")
    by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(_("what it is for"), max_length=120)
    secret = models.TextField(editable=False)  # sealed by core/preferences/secrecy
    is_removed = models.BooleanField(default=False)  # so that removing can be taken back
    at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "task_key"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def purpose(self) -> str:
        """What the secret is sealed for: copied to another task it does not open."""
        return f"task:{self.task_id}:key"


class Spent(ChangedByActions):
    """Time somebody has spent on a task."""

    noun = "task_time"

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="spent")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", db_index=False)
    minutes = models.PositiveIntegerField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "task_time"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.minutes} min"


class Progress(ChangedByActions):
    """How the tasks of one ticket stand: counted at every change, so that searches and pages need not count."""

    noun = "task_progress"

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, primary_key=True, related_name="task_progress")
    all = models.PositiveIntegerField(default=0)  # but those that are not needed
    done = models.PositiveIntegerField(default=0)
    open = models.PositiveIntegerField(default=0)
    blocked = models.PositiveIntegerField(default=0)
    shown = models.PositiveIntegerField(default=0)  # of all: those the requester sees
    shown_done = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "task_progress"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(all=F("done") + F("open")), name="task_progress_sum")
        ]
        indexes: ClassVar = [
            models.Index(fields=["open"], condition=Q(open__gt=0), name="task_progress_open"),
            models.Index(fields=["blocked"], condition=Q(blocked__gt=0), name="task_progress_blocked"),
        ]

    def __str__(self) -> str:
        return f"{self.done}/{self.all}"
