from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions
from firstline.core.fields import FoldedValuesField
from firstline.core.text.columns import FoldedTextField
from firstline.people.organisations.models import Department, Organisation
from firstline.people.teams.models import Team
from firstline.work.catalog.models import Offering
from firstline.work.intake.models import Submission

PERSON = settings.AUTH_USER_MODEL


class Kind(models.TextChoices):
    INCIDENT = "incident", _("Incident")
    REQUEST = "request", _("Service request")
    PROBLEM = "problem", _("Problem")
    CHANGE = "change", _("Change")


class StatusType(models.TextChoices):
    """What a status means to clocks, queues and reports. Statuses are the organisation's; these are code."""

    NEW = "new", _("New")
    OPEN = "open", _("Open")
    WAITING = "waiting", _("Waiting")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")


UNSOLVED = (StatusType.NEW, StatusType.OPEN, StatusType.WAITING)


class Priority(models.IntegerChoices):
    CRITICAL = 1, _("Critical")
    HIGH = 2, _("High")
    MEDIUM = 3, _("Medium")
    LOW = 4, _("Low")


class Impact(models.IntegerChoices):
    HIGH = 1, _("Everybody, or a whole site")
    MEDIUM = 2, _("A department or a group")
    LOW = 3, _("One person")


class Urgency(models.IntegerChoices):
    HIGH = 1, _("Work has stopped")
    MEDIUM = 2, _("Work is hampered")
    LOW = 3, _("Can wait")


class Risk(models.TextChoices):
    """What may come of it besides work that stands still: the gravest, when there are several."""

    NONE = "", _("No particular risk")
    DATA_LOSS = "data_loss", _("Loss of data")
    SECURITY = "security", _("Security")
    LEGAL = "legal", _("Law or contract")
    SAFETY = "safety", _("Health or safety")


class Value(models.IntegerChoices):
    """What a service is worth to the business."""

    HIGH = 1, _("The business stands still without it")
    MEDIUM = 2, _("Normal")
    LOW = 3, _("A convenience")


class Turn(models.TextChoices):
    """Whose turn is it? Kept apart from whether it is solved."""

    DESK = "desk", _("Ours")
    REQUESTER = "requester", _("The requester's")
    OTHER = "other", _("Somebody else's")


class NextDue(models.TextChoices):
    """What a ticket's next deadline is about."""

    DATE = "date", _("Due")
    FIRST_RESPONSE = "first_response", _("First answer due")
    NEXT_RESPONSE = "next_response", _("Answer due")
    UPDATE = "update", _("News due")
    RESOLUTION = "resolution", _("Solution due")
    PAUSED = "paused", _("Clock paused")


class Status(ChangedByActions):
    """A state of one kind of ticket, named by the organisation."""

    noun = "status"

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    key = models.SlugField(_("key"), max_length=40)
    name = models.CharField(_("name"), max_length=60)
    type = models.CharField(_("type"), max_length=10, choices=StatusType)
    requester_label = models.CharField(_("what the requester reads"), max_length=60)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "ticket_status"
        ordering: ClassVar = ["kind", "position", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "key"], name="ticket_status_key_once")]

    def __str__(self) -> str:
        return self.name


class Category(ChangedByActions):
    """A branch of the category tree. `path` holds the ids from the root: '/3/17/'."""

    noun = "category"

    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    name = models.CharField(_("name"), max_length=80)
    path = models.CharField(max_length=200, editable=False, default="", db_index=True)
    value = models.PositiveSmallIntegerField(
        _("value to the business"), choices=Value, null=True, blank=True,
        help_text=_("Empty: that of the category above. It is one of the inputs of the priority."),
    )  # fmt: skip
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "ticket_category"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["parent", "name"], name="ticket_category_once"),
            models.UniqueConstraint(fields=["name"], condition=Q(parent=None), name="ticket_category_root_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Tag(ChangedByActions):
    noun = "tag"

    name = models.CharField(max_length=60, unique=True)

    class Meta:
        db_table = "ticket_tag"

    def __str__(self) -> str:
        return self.name


class Ticket(ChangedByActions):
    """A request, incident, problem or change: one noun, four kinds."""

    noun = "ticket"

    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.INCIDENT)
    subject = models.CharField(_("subject"), max_length=300)
    subject_folded = FoldedTextField(source="subject")
    status = models.ForeignKey(Status, on_delete=models.PROTECT, related_name="+")
    # The type of the status and what follows from it, kept here so that queues need one index and no join.
    state = models.CharField(max_length=10, choices=StatusType, default=StatusType.NEW)
    is_unsolved = models.BooleanField(default=True)
    turn = models.CharField(_("whose turn"), max_length=10, choices=Turn, default=Turn.DESK)

    requester = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="requested_tickets", db_index=False)
    opened_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    people_affected = models.PositiveIntegerField(_("people affected"), null=True, blank=True)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    tags = models.ManyToManyField(Tag, blank=True, related_name="tickets", db_table="ticket_tagged")

    impact = models.PositiveSmallIntegerField(_("impact"), choices=Impact, null=True, blank=True)
    urgency = models.PositiveSmallIntegerField(_("urgency"), choices=Urgency, null=True, blank=True)
    risk = models.CharField(_("risk"), max_length=16, choices=Risk, blank=True, default="")
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.MEDIUM)
    # Why it has this priority: {"rule": "matrix", "impact": 2, "urgency": 1, …} or {"rule": "override", "reason": …}.
    priority_reason = models.JSONField(default=dict, blank=True)

    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey(
        PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="owned_tickets", db_index=False
    )
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    # What is due next, by that date or by a clock, and what it is: kept by flow/sla, so that queues need one index.
    next_due_at = models.DateTimeField(null=True, blank=True)
    next_due = models.CharField(max_length=20, choices=NextDue, blank=True, default="")
    custom = models.JSONField(default=dict, blank=True)
    custom_folded = FoldedValuesField(source="custom")

    source = models.CharField(max_length=16, default="web")  # how it came in: mail, portal, api, phone, alert …
    external_reference = models.CharField(max_length=120, blank=True)  # its number in another system
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)
    first_response_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    reopen_count = models.PositiveSmallIntegerField(default=0)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_tickets", db_index=False
    )
    # Rises with every change; a save that started from an older one is told so.
    version = models.PositiveIntegerField(default=1)
    # What its first message says, while it is being opened: rules look at it before the message is kept.
    opening_words: str | None = None
    requester_is_vip: bool | None = None  # None: not looked up yet
    is_spoken_for = False  # whoever opens it takes it in the next moment: it is offered to nobody
    is_being_sorted = False  # several facts are set in a row: what follows from them is worked out once, at the end

    class Meta:
        db_table = "ticket"
        indexes: ClassVar = [
            models.Index(
                fields=["priority", "created_at", "id"], condition=Q(is_unsolved=True), name="ticket_queue_priority"
            ),
            # Without is_unsolved: an index that begins with it lures SQLite away from the partial one above.
            models.Index(fields=["updated_at", "id"], name="ticket_updated"),
            models.Index(fields=["created_at", "id"], name="ticket_created"),
            models.Index(fields=["resolved_at", "id"], condition=Q(resolved_at__isnull=False), name="ticket_resolved"),
            models.Index(fields=["requester", "is_unsolved", "updated_at"], name="ticket_requester"),
            models.Index(fields=["owner", "is_unsolved", "priority", "created_at", "id"], name="ticket_owner"),
            models.Index(fields=["team", "is_unsolved", "priority", "created_at", "id"], name="ticket_team"),
            models.Index(fields=["status", "created_at", "id"], name="ticket_status_created"),
            models.Index(fields=["due_at", "id"], condition=Q(is_unsolved=True), name="ticket_due"),
            models.Index(fields=["next_due_at", "id"], condition=Q(is_unsolved=True), name="ticket_next_due"),
            models.Index(fields=["external_reference"], condition=~Q(external_reference=""), name="ticket_external"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="ticket_merged"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.subject}"

    @property
    def number(self) -> int:
        """The number people say. It gives nobody access to anything."""
        return int(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("desk:ticket", args=[self.pk])

    def access_scope(self) -> tuple[int | None, str, bool]:
        """Team, kind and privacy, as people/access judges them."""
        return self.team_id, self.kind, bool(self.team and self.team.is_private)

    def relations_of(self, person: Any) -> frozenset[str]:
        """What this person is to this ticket: requester, owner, collaborator, watcher, affected, cc."""
        relations = {part.role for part in self.participants.all() if part.person_id == person.pk}
        if self.requester_id == person.pk:
            relations.add("requester")
        if self.owner_id == person.pk:
            relations.add("owner")
        return frozenset(relations)


class Participant(ChangedByActions):
    """Somebody with a part in a ticket besides its requester and owner."""

    noun = "participant"

    class Role(models.TextChoices):
        WATCHER = "watcher", _("Watcher")
        COLLABORATOR = "collaborator", _("Collaborator")
        AFFECTED = "affected", _("Affected")
        CC = "cc", _("In copy")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="participants", db_index=False)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="participations", db_index=False)
    role = models.CharField(max_length=16, choices=Role)
    added_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "ticket_participant"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "person", "role"], name="ticket_participant_once")
        ]
        indexes: ClassVar = [models.Index(fields=["person", "role", "ticket"], name="ticket_participant_person")]

    def __str__(self) -> str:
        return f"{self.person} ({self.role})"


class Link(ChangedByActions):
    """A relation between two tickets, read from `source` to `target`."""

    noun = "link"

    class Type(models.TextChoices):
        PARENT = "parent", _("is parent of")
        CAUSES = "causes", _("causes")
        DUPLICATES = "duplicates", _("is a duplicate of")
        RELATES = "relates", _("relates to")

    source = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links_out", db_index=False)
    target = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links_in")
    type = models.CharField(max_length=12, choices=Type)
    by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "ticket_link"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "target", "type"], name="ticket_link_once"),
            models.CheckConstraint(condition=~Q(source=models.F("target")), name="ticket_link_not_itself"),
        ]

    def __str__(self) -> str:
        return f"#{self.source_id} {self.type} #{self.target_id}"


class Confirmation(ChangedByActions):
    """What the requester said when asked whether it is solved."""

    noun = "confirmation"

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="confirmations")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", db_index=False)
    is_solved = models.BooleanField()
    remark = models.TextField(blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "ticket_confirmation"

    def __str__(self) -> str:
        return f"#{self.ticket_id}: {'solved' if self.is_solved else 'not solved'}"


class CustomField(ChangedByActions):
    """A field of the organisation's own, kept in `Ticket.custom` under its key."""

    noun = "custom_field"

    class Type(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        BOOLEAN = "boolean", _("Yes or no")
        CHOICE = "choice", _("One of a list")
        CHOICES = "choices", _("Several of a list")

    key = models.SlugField(_("key"), max_length=40, unique=True)
    label = models.CharField(_("label"), max_length=80)
    type = models.CharField(_("type"), max_length=10, choices=Type)
    options = models.JSONField(_("options"), default=list, blank=True)
    kinds = models.JSONField(_("kinds of ticket"), default=list, blank=True)  # empty: all
    is_shown_to_requester = models.BooleanField(_("the requester sees it"), default=False)
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "ticket_custom_field"
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.label


class Filing(ChangedByActions):
    """That a ticket was asked for by a form: which offering, and the answers that are about this ticket."""

    noun = "filing"

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="filing")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="filings")
    offering = models.ForeignKey(Offering, null=True, on_delete=models.PROTECT, related_name="filings")
    place = models.PositiveSmallIntegerField(default=0)  # of the row it was made from; 0: of the whole form
    answers = models.JSONField(default=dict)
    answers_folded = FoldedValuesField(source="answers")

    class Meta:
        db_table = "ticket_filing"

    def __str__(self) -> str:
        return f"#{self.ticket_id}: {self.offering_id}"
