from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions
from firstline.work.tickets.models import Ticket

from .scoped import ForTeams

PERSON = settings.AUTH_USER_MODEL


class Book(ChangedByActions):
    """One row: a token that changes with every automation, so that processes keep them compiled until then."""

    noun = "automation_book"

    token = models.CharField(max_length=32, default="")

    class Meta:
        db_table = "automation_book"

    def __str__(self) -> str:
        return self.token

    @classmethod
    def turn(cls) -> None:
        """An automation has changed. A token is never used twice, not even after a rollback."""
        cls.objects.update_or_create(pk=1, defaults={"token": secrets.token_hex(12)})


class Automation(ForTeams):
    """When something happens, and if a condition holds, something is done. What it does stands in its versions."""

    noun = "automation"

    goal = models.CharField(_("what it is for"), max_length=300, blank=True)
    owner = models.ForeignKey(
        PERSON, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("looked after by")
    )
    review_on = models.DateField(_("to be looked at again on"), null=True, blank=True)
    reminded_on = models.DateField(null=True, editable=False)  # the day of review its owner was last reminded of
    live = models.ForeignKey("Version", null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        db_table = "automation"
        ordering: ClassVar = ["position", "id"]

    def get_absolute_url(self) -> str:
        return reverse("automations:automation", args=[self.pk])


class Version(ChangedByActions):
    """What an automation does. A version that was published never changes."""

    noun = "automation_version"

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        RETIRED = "retired", _("Replaced")

    automation = models.ForeignKey(Automation, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    # {"whens": ["opened"], "time": {"of": "status", "side": "after", "amount": 3, "unit": "days"},
    #  "condition": {…}, "deeds": [{"do": "team", "value": 3}], "minutes": 4}
    document = models.JSONField(default=dict)
    trial = models.JSONField(default=dict)  # what it would have done with last month's tickets when it went live
    saved_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    saved_at = models.DateTimeField(default=clock.now)
    published_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    published_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "automation_version"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["automation", "number"], name="automation_version_once"),
            models.UniqueConstraint(fields=["automation"], condition=Q(state="draft"), name="automation_one_draft"),
        ]

    def __str__(self) -> str:
        return f"{self.automation_id}.{self.number}"

    @property
    def whens(self) -> list[str]:
        return list(self.document.get("whens", ()))

    @property
    def condition(self) -> dict[str, Any]:
        return dict(self.document.get("condition") or {})

    @property
    def deeds(self) -> list[dict[str, Any]]:
        return list(self.document.get("deeds", ()))

    @property
    def time(self) -> dict[str, Any]:
        return dict(self.document.get("time") or {})

    @property
    def minutes(self) -> int:
        """What a person would have needed for it each time."""
        return int(self.document.get("minutes") or 0)


class Firing(ChangedByActions):
    """That an automation was set off on a ticket, why, and what it did; or why it was stopped."""

    noun = "firing"

    class Outcome(models.TextChoices):
        DONE = "done", _("Done")
        NOTHING = "nothing", _("Nothing to do")
        FAILED = "failed", _("Failed")
        CUT = "cut", _("Stopped: a loop")

    automation = models.ForeignKey(Automation, on_delete=models.CASCADE, related_name="+", db_index=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+", db_index=False)
    outcome = models.CharField(max_length=8, choices=Outcome)
    when = models.CharField(max_length=40)  # which of its occasions: the key of a When
    event = models.BigIntegerField(null=True)  # the event that set it off; none where time did
    chain = models.CharField(max_length=32)  # the correlation of everything that one first cause led to
    depth = models.PositiveSmallIntegerField(default=0)
    # [["priority", before, after], …], in the order in which it was done
    did = models.JSONField(default=list)
    trouble = models.CharField(max_length=500, blank=True)
    minutes = models.PositiveSmallIntegerField(default=0)
    # Where time set it off: the moment or day it was counted from, so that it does so once for each.
    since = models.DateTimeField(null=True)
    since_day = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "automation_firing"
        indexes: ClassVar = [
            models.Index(fields=["automation", "id"], name="automation_firing_of"),
            models.Index(fields=["ticket", "automation"], name="automation_firing_on"),
            models.Index(fields=["at", "automation"], name="automation_firing_at"),
        ]

    def __str__(self) -> str:
        return f"{self.automation_id} on #{self.ticket_id}: {self.outcome}"
