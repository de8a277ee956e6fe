"""What was asked about a ticket, and what was said."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions
from firstline.people.teams.models import Team
from firstline.work.tickets.models import Category, Ticket

from .surveys import Survey

PERSON = settings.AUTH_USER_MODEL


class Asking(ChangedByActions):
    """Once per solving: is it really solved? Reminds, and closes by itself when nobody answers."""

    noun = "confirmation_asking"

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Asked, no answer yet")
        CONFIRMED = "confirmed", _("Confirmed")
        NOT_CONFIRMED = "not_confirmed", _("Not confirmed")
        NO_ANSWER = "no_answer", _("No answer")
        TAKEN_BACK = "taken_back", _("Not asked any more")

    class Step(models.TextChoices):
        REMIND = "remind", _("Reminder")
        CLOSE = "close", _("Closes")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="askings")
    asked_at = models.DateTimeField(default=clock.now)
    closes_at = models.DateTimeField(null=True)  # None: it does not close by itself
    # What comes next, and when. Nothing more to come: both are empty.
    next_step = models.CharField(max_length=8, choices=Step, blank=True)
    next_due_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, choices=Outcome, default=Outcome.WAITING)
    answered_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "confirmation_asking"
        indexes: ClassVar = [
            models.Index(fields=["next_due_at", "id"], condition=Q(next_due_at__isnull=False), name="asking_due")
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id}: {self.outcome}"


class Feedback(ChangedByActions):
    """One person is asked about one ticket, and answers. Team, category and agent are those of that moment."""

    noun = "feedback"

    class Part(models.TextChoices):
        REQUESTER = "requester", _("Requester")
        MANAGER = "manager", _("Their manager")
        TEAM = "team", _("Team")
        STAKEHOLDER = "stakeholder", _("Stakeholder")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="feedback")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", db_index=False)
    part = models.CharField(max_length=12, choices=Part, default=Part.REQUESTER)
    asking = models.ForeignKey(Asking, null=True, on_delete=models.SET_NULL, related_name="invitations")
    survey = models.ForeignKey(Survey, null=True, on_delete=models.SET_NULL, related_name="feedback")
    # Whether they were asked how it was (not everybody is, not every time).
    asks_to_rate = models.BooleanField(default=False)
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    category = models.ForeignKey(Category, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    agent = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    asked_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()

    is_satisfied = models.BooleanField(null=True)
    remark = models.TextField(blank=True)
    answers = models.JSONField(default=dict, blank=True)  # {question id: value}
    answered_at = models.DateTimeField(null=True)
    follow_up = models.ForeignKey(Ticket, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        db_table = "feedback"
        indexes: ClassVar = [
            models.Index(
                fields=["answered_at", "id"], condition=Q(is_satisfied__isnull=False), name="feedback_answered"
            ),
            models.Index(fields=["asked_at"], condition=Q(asks_to_rate=True), name="feedback_asked"),
            models.Index(fields=["person", "asked_at"], name="feedback_person"),
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id}: {self.person}"

    def access_scope(self) -> tuple[int | None, str, bool]:
        """What somebody said about a ticket is judged like the ticket."""
        return self.ticket.access_scope()

    def relations_of(self, person: object) -> frozenset[str]:
        return self.ticket.relations_of(person)
