from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions
from firstline.core.events.models import Event
from firstline.people.teams.models import Team

PERSON = settings.AUTH_USER_MODEL


class Channel(models.TextChoices):
    """The ways a notice takes to a person."""

    INBOX = "inbox", _("In Firstline")
    MAIL = "mail", _("E-mail")
    PUSH = "push", _("Phone and browser")
    CHAT = "chat", _("Chat")


class Reason(models.TextChoices):
    """Why somebody is told: what they are to the matter. The first that fits is shown first."""

    MENTIONED = "mentioned", _("you were mentioned")
    OWNER = "owner", _("you own it")
    FORMER_OWNER = "former_owner", _("it was yours")
    APPROVER = "approver", _("it waits for your decision")
    ON_CALL = "on_call", _("you are on call")
    REQUESTER = "requester", _("you asked for it")
    AFFECTED = "affected", _("you are affected")
    CC = "cc", _("you are in copy")
    COLLABORATOR = "collaborator", _("you work on it")
    WATCHER = "watcher", _("you watch it")
    LEAD = "lead", _("you lead the team")
    TEAM = "team", _("you are in the team")
    MANAGER = "manager", _("you are the manager")
    DEPUTY = "deputy", _("you stand in for somebody")
    STAKEHOLDER = "stakeholder", _("you are a stakeholder")
    RULE = "rule", _("a rule names you")
    ROTA = "rota", _("it is about your shift")


class Notice(ChangedByActions):
    """Somebody is told of something: one row for one occasion and one recipient, whatever ways it takes to them.

    It holds ids and values; the sentence is made when somebody reads it, if they may still see what it is about.
    """

    noun = "notice"

    person = models.ForeignKey(PERSON, null=True, on_delete=models.CASCADE, related_name="notices", db_index=False)
    # Told to a team's chat rather than to a person.
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=64)
    occasion = models.CharField(max_length=80)  # "event:42": the same for all who are told of it
    about_noun = models.CharField(max_length=32, blank=True)
    about_id = models.BigIntegerField(null=True)
    actor = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    event = models.ForeignKey(Event, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    reasons = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField(default=clock.now)
    in_inbox = models.BooleanField(default=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notice"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "occasion"], condition=Q(person__isnull=False), name="notice_once_per_person"
            ),
            models.UniqueConstraint(
                fields=["team", "occasion"], condition=Q(team__isnull=False), name="notice_once_per_team"
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False, team__isnull=True) | Q(person__isnull=True, team__isnull=False),
                name="notice_to_one",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "-id"], condition=Q(in_inbox=True), name="notice_inbox"),
            models.Index(
                fields=["person", "-id"], condition=Q(in_inbox=True, read_at__isnull=True), name="notice_unread"
            ),
            models.Index(fields=["about_noun", "about_id"], name="notice_about"),
            models.Index(fields=["at"], name="notice_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.person or self.team}"

    def relations_of(self, person: Any) -> frozenset[str]:
        """Whose notice it is, as people/access judges it."""
        return frozenset({"self"} if self.person_id == person.pk else ())

    @property
    def reason_labels(self) -> list[str]:
        """Why its reader got it, in their language."""
        return [str(Reason(reason).label) for reason in Reason.values if reason in self.reasons]


class Delivery(ChangedByActions):
    """The way of one notice through one channel."""

    noun = "notice_delivery"

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        HELD = "held", _("Held back")  # by quiet hours or a digest: goes together with others, at `due_at`
        QUEUED = "queued", _("Handed to a worker")
        SENDING = "sending", _("On its way")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Given up")
        DROPPED = "dropped", _("Not needed any more")

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    channel = models.CharField(max_length=5, choices=Channel)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    due_at = models.DateTimeField(default=clock.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    reached = models.JSONField(default=list)  # ids of the devices or targets that have it already
    last_error = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notice_delivery"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "channel"], name="notice_delivery_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"], condition=Q(state__in=["waiting", "held"]), name="notice_delivery_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} by {self.channel}: {self.state}"


class Choice(ChangedByActions):
    """What somebody has chosen for one kind and one channel; without a row the default of the kind holds."""

    noun = "notice_choice"

    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="notice_choices", db_index=False)
    kind = models.CharField(max_length=64)
    channel = models.CharField(max_length=5, choices=Channel)
    is_on = models.BooleanField()

    class Meta:
        db_table = "notice_choice"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "kind", "channel"], name="notice_choice_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.channel}: {self.is_on}"


class Rhythm(ChangedByActions):
    """When somebody wants to be told: quiet hours and digests, in their own time zone."""

    noun = "notice_rhythm"

    class Digest(models.TextChoices):
        NONE = "", _("At once, each by itself")
        HOURLY = "hourly", _("Gathered, every hour")
        DAILY = "daily", _("Gathered, once a day")

    person = models.OneToOneField(PERSON, on_delete=models.CASCADE, related_name="notice_rhythm")
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    quiet_weekends = models.BooleanField(_("quiet on weekends"), default=False)
    urgent_passes = models.BooleanField(_("urgent matters still come at once"), default=True)
    digest = models.CharField(_("mails"), max_length=6, choices=Digest, blank=True, default=Digest.NONE)
    daily_at = models.TimeField(_("daily mail at"), default="08:00")

    class Meta:
        db_table = "notice_rhythm"

    def __str__(self) -> str:
        return f"rhythm of {self.person_id}"


class Device(ChangedByActions):
    """A browser, on a phone or a desk, that somebody has allowed to show notices (Web Push, RFC 8030)."""

    noun = "notice_device"

    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="notice_devices")
    endpoint = models.TextField()
    fingerprint = models.CharField(max_length=64, unique=True)  # of the endpoint, which is too long for an index
    public_key = models.CharField(max_length=100)  # of the browser, base64url
    secret = models.CharField(max_length=40)
    label = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=clock.now)
    last_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "notice_device"

    def __str__(self) -> str:
        return self.label


class Target(ChangedByActions):
    """A place in a chat: of a person, or of a team. The address holds tokens, so it is kept encrypted."""

    noun = "notice_target"

    person = models.ForeignKey(PERSON, null=True, blank=True, on_delete=models.CASCADE, related_name="notice_targets")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="notice_targets")
    name = models.CharField(_("name"), max_length=120)
    service = models.CharField(max_length=40)  # Slack, Telegram …: shown instead of the address
    address = models.TextField()
    is_active = models.BooleanField(_("active"), default=True)
    failures = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    last_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "notice_target"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, team__isnull=True) | Q(person__isnull=True, team__isnull=False),
                name="notice_target_of_one",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Wording(ChangedByActions):
    """The organisation's own words for one kind of notice in one language."""

    noun = "notice_wording"

    kind = models.CharField(max_length=64)
    language = models.CharField(max_length=10)
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), blank=True)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "notice_wording"
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "language"], name="notice_wording_once")]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language})"
