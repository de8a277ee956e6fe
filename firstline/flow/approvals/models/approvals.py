"""An approval that is asked for: its stages, the seats in them, and what was said."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions
from firstline.core.calendars.models import Calendar
from firstline.flow.approvals.engine import plans
from firstline.people.teams.models import Team
from firstline.work.tickets.models import Status, Ticket

from .rules import AfterRefusal, Meeting, Rule, StandIn

PERSON = settings.AUTH_USER_MODEL
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


def new_secret() -> str:
    """130 random bits, in letters that survive any mail system."""
    return "".join(secrets.choice(LETTERS) for _letter in range(26))


class Approval(ChangedByActions):
    """Somebody has to agree before a ticket goes on."""

    noun = "approval"

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        MORE = "more", _("Waiting for the requester")
        GRANTED = "granted", _("Approved")
        REFUSED = "refused", _("Refused")
        EXPIRED = "expired", _("Expired")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class How(models.TextChoices):
        """How it came to its end."""

        NONE = "", "—"
        PEOPLE = "people", _("decided by people")
        BEFORE = "before", _("approved beforehand")
        CONDITIONS = "conditions", _("nobody had to be asked")
        TIME = "time", _("by its time being over")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="approvals", db_index=False)
    requester = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    title = models.CharField(_("what for"), max_length=200)
    words = models.TextField(_("why"), blank=True)
    cost = models.DecimalField(_("cost"), max_digits=12, decimal_places=2, null=True, blank=True)
    # Who asked, in words of a program, and what they call it: `rule`, `workflow` … Asked twice it is asked once.
    caller = models.CharField(max_length=32, default="desk")
    reference = models.CharField(max_length=120, blank=True)
    rule = models.ForeignKey(Rule, null=True, on_delete=models.SET_NULL, related_name="approvals")
    calendar = models.ForeignKey(Calendar, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)

    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    how = models.CharField(max_length=12, choices=How, default=How.NONE, blank=True)
    is_open = models.BooleanField(default=True)
    asked_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True)
    question_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    holds = models.BooleanField(default=True)
    then_team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    on_refusal = models.CharField(max_length=8, choices=AfterRefusal, default=AfterRefusal.STAY)
    status_before = models.ForeignKey(Status, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)

    class Meta:
        db_table = "approval"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["caller", "reference"], condition=~Q(reference=""), name="approval_asked_once"
            ),
            models.CheckConstraint(
                condition=Q(is_open=True, state__in=["waiting", "more"], decided_at__isnull=True)
                | Q(is_open=False, decided_at__isnull=False, state__in=["granted", "refused", "expired", "withdrawn"]),
                name="approval_open_or_decided",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["ticket", "is_open"], name="approval_ticket"),
            models.Index(fields=["requester", "-asked_at", "-id"], name="approval_requester"),
            models.Index(fields=["asked_by", "-asked_at", "-id"], name="approval_asked_by"),
            models.Index(fields=["asked_at", "id"], condition=Q(is_open=True), name="approval_open"),
            models.Index(fields=["decided_at"], condition=Q(is_open=False), name="approval_decided"),
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id}: {self.title}"

    def access_scope(self) -> tuple[int | None, str, bool]:
        """An approval is judged like the ticket it is about."""
        return self.ticket.access_scope()

    def relations_of(self, person: Any) -> frozenset[str]:
        """What somebody is to it: approver (was asked, or is asked in their place), asker (asked for it, or wants it).

        Their part in the ticket does not count: whoever may do something to the ticket may not therefore decide.
        """
        found = set()
        if person.pk in (self.asked_by_id, self.requester_id):
            found.add("asker")
        mine = Q(person=person.pk) | Q(for_person=person.pk)
        if Seat.objects.filter(mine, stage__approval=self.pk).exists():
            found.add("approver")
        return frozenset(found)


class Stage(ChangedByActions):
    """One stage of an approval; `plan` is what was planned, as JSON, and changes no more."""

    noun = "approval_stage"

    class Standing(models.TextChoices):
        COMING = "coming", _("Comes later")
        ASKING = "asking", _("Waiting")
        GRANTED = "granted", _("Approved")
        REFUSED = "refused", _("Refused")
        EXPIRED = "expired", _("Expired")
        SKIPPED = "skipped", _("Not needed")
        DROPPED = "dropped", _("Not asked any more")

    class Next(models.TextChoices):
        NONE = "", "—"
        REMIND = "remind", _("Reminder")
        EXPIRE = "expire", _("Expires")

    approval = models.ForeignKey(Approval, on_delete=models.CASCADE, related_name="stages", db_index=False)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80, blank=True)
    plan = models.JSONField(default=dict)
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.COMING)
    is_escalated = models.BooleanField(default=False)
    is_stuck = models.BooleanField(default=False)  # too few people to be asked: somebody has to name one
    # Who would have been asked and was not, and why: [{"person": id, "because": "own" or "left"}].
    passed_over = models.JSONField(default=list, blank=True)
    asked_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    next_step = models.CharField(max_length=8, choices=Next, default=Next.NONE, blank=True)
    next_due_at = models.DateTimeField(null=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    meeting = models.ForeignKey(Meeting, null=True, on_delete=models.SET_NULL, related_name="stages")

    class Meta:
        db_table = "approval_stage"
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["approval", "position"], name="approval_stage_once")]
        indexes: ClassVar = [
            models.Index(
                fields=["next_due_at", "id"], condition=Q(next_due_at__isnull=False), name="approval_stage_due"
            ),
            models.Index(fields=["approval"], condition=Q(is_stuck=True), name="approval_stage_stuck"),
        ]

    def __str__(self) -> str:
        return f"{self.approval_id}/{self.position}"

    @property
    def planned(self) -> plans.Plan:
        return plans.from_json(self.plan)


class Seat(ChangedByActions):
    """One person is asked in one stage, and says something once."""

    noun = "approval_seat"

    class Says(models.TextChoices):
        NOTHING = "", _("Waiting")
        GRANTED = "granted", _("Approved")
        REFUSED = "refused", _("Refused")

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="seats", db_index=False)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", db_index=False)
    # In whose place, and until which day: afterwards it is theirs again.
    for_person = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    until = models.DateField(null=True)
    stand_in = models.ForeignKey(StandIn, null=True, on_delete=models.SET_NULL, related_name="seats")
    why = models.CharField(max_length=12, blank=True)  # engine.plans.Who, or named, escalated, delegated
    is_escalation = models.BooleanField(default=False)
    # Waits for this person's word: kept here, so that a list needs one index.
    is_open = models.BooleanField(default=True)
    asked_at = models.DateTimeField(default=clock.now)
    says = models.CharField(max_length=10, choices=Says, default=Says.NOTHING, blank=True)
    comment = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)
    via = models.CharField(max_length=16, blank=True)
    secret = models.CharField(max_length=26, unique=True, default=new_secret)  # of the address a mail answers to

    class Meta:
        db_table = "approval_seat"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stage", "person"], name="approval_seat_once"),
            models.CheckConstraint(
                condition=Q(says="", decided_at__isnull=True) | Q(~Q(says=""), decided_at__isnull=False, is_open=False),
                name="approval_seat_said",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "is_open", "asked_at", "id"], name="approval_seat_waiting"),
            models.Index(
                fields=["person", "-decided_at", "-id"],
                condition=Q(decided_at__isnull=False),
                name="approval_seat_done",
            ),
            models.Index(fields=["asked_at", "id"], condition=Q(is_open=True), name="approval_seat_oldest"),
            models.Index(fields=["until"], condition=Q(is_open=True, until__isnull=False), name="approval_seat_until"),
        ]

    def __str__(self) -> str:
        return f"{self.stage_id}: {self.person}"


class Remark(ChangedByActions):
    """What was asked and answered while an approval was open."""

    noun = "approval_remark"

    class Kind(models.TextChoices):
        QUESTION = "question", _("Question")
        ANSWER = "answer", _("Answer")

    approval = models.ForeignKey(Approval, on_delete=models.CASCADE, related_name="remarks", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    person = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    words = models.TextField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "approval_remark"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["approval", "id"], name="approval_remark_approval")]

    def __str__(self) -> str:
        return self.words[:60]
