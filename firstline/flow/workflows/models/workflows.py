"""A workflow and its versions. Running instances keep the version they began with, so a published one never changes."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions

PERSON = settings.AUTH_USER_MODEL


class Workflow(ChangedByActions):
    """Work that has steps: what it is called and who looks after it. What it does is said by its versions."""

    noun = "workflow"

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("In use")
        RETIRED = "retired", _("Retired")

    class Metric(models.TextChoices):
        IN_TIME = "in_time", _("runs that end in the agreed time")
        DONE = "done", _("runs that end well")

    key = models.CharField(max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    goal = models.TextField(_("goal"), blank=True)
    owner = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    made_at = models.DateTimeField(default=clock.now)
    review_on = models.DateField(_("to be looked at again on"), null=True, blank=True)
    reminded_on = models.DateField(null=True, editable=False)  # the day of review its owner was last reminded of
    metric = models.CharField(_("measured by"), max_length=10, choices=Metric, default=Metric.IN_TIME)
    target = models.PositiveSmallIntegerField(_("goal in percent"), default=90)

    class Meta:
        db_table = "workflow"
        ordering: ClassVar = ["name", "id"]
        indexes: ClassVar = [models.Index(fields=["name", "id"], name="workflow_name")]

    def __str__(self) -> str:
        return self.name


class Version(ChangedByActions):
    """One edition of the document. A draft may hold anything, so that nothing typed is lost."""

    noun = "workflow_version"

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("In use")
        RETIRED = "retired", _("Retired")

    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    text = models.TextField()  # YAML as it was typed
    document = models.JSONField(null=True)  # what it says; kept when it is published
    saved_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    saved_at = models.DateTimeField(default=clock.now)
    published_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    published_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "workflow_version"
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workflow", "number"], name="workflow_version_once"),
            models.UniqueConstraint(
                fields=["workflow"], condition=Q(state="published"), name="workflow_one_version_in_use"
            ),
            models.UniqueConstraint(fields=["workflow"], condition=Q(state="draft"), name="workflow_one_draft"),
        ]

    def __str__(self) -> str:
        return f"{self.workflow_id}/{self.number}"


class Way(ChangedByActions):
    """A way into the version in use: by something that happens to a ticket, found by its kind; or by the calendar."""

    noun = "workflow_way"

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="ways")
    step = models.CharField(max_length=60)
    event = models.CharField(max_length=60)
    condition = models.TextField(blank=True)  # of the schedule: when
    next_at = models.DateTimeField(null=True)  # of a schedule: its next moment

    class Meta:
        db_table = "workflow_way"
        indexes: ClassVar = [
            models.Index(fields=["event"], name="workflow_way_event"),
            models.Index(fields=["next_at"], name="workflow_way_due", condition=Q(next_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.event}"
