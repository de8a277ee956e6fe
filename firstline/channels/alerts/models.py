from __future__ import annotations

import hashlib
import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions
from firstline.people.teams.models import Team
from firstline.work.tickets.models import Category, Ticket

TOKEN_BYTES = 24


def hash_of(token: str) -> str:
    """What is kept of a token. It is long and random, so a plain digest cannot be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()


def _severities() -> dict[str, list[int]]:
    """Severity to impact and urgency."""
    return {"critical": [1, 1], "high": [2, 1], "medium": [2, 2], "low": [3, 2], "info": [3, 3]}


class Sender(models.TextChoices):
    AUTO = "auto", _("Find out from the message")
    ALERTMANAGER = "alertmanager", "Prometheus Alertmanager"
    GRAFANA = "grafana", "Grafana"
    ZABBIX = "zabbix", "Zabbix"
    NAGIOS = "nagios", "Nagios / Icinga"
    DATADOG = "datadog", "Datadog"
    SENTRY = "sentry", "Sentry"
    GENERIC = "generic", _("Something else (JSON)")


class WhenOver(models.TextChoices):
    RESOLVE = "resolve", _("mark the ticket as solved")
    CLOSE = "close", _("close the ticket")
    NOTE = "note", _("write a note, and leave it to people")


class AlertSource(ChangedByActions):
    """A monitoring system that reports here. Its address holds a secret, of which we keep a digest."""

    noun = "alert_source"

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("what sends"), max_length=20, choices=Sender, default=Sender.AUTO)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    token_start = models.CharField(max_length=8, editable=False)
    secret = models.TextField(editable=False, blank=True)  # encrypted: what messages are signed with
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    team = models.ForeignKey(
        Team, verbose_name=_("team"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text=_("Empty: rules and routing decide."),
    )  # fmt: skip
    category = models.ForeignKey(
        Category, verbose_name=_("category"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    when_over = models.CharField(_("when it is over"), max_length=10, choices=WhenOver, default=WhenOver.RESOLVE)
    calm_minutes = models.PositiveSmallIntegerField(
        _("minutes of calm"), default=15,
        help_text=_("What comes and goes thrice within them is flapping: its ticket stays open until it is calm."),
    )  # fmt: skip
    rejoin_hours = models.PositiveSmallIntegerField(
        _("hours in which it is the same trouble"), default=24,
        help_text=_("What fires again within them reopens its ticket; later it opens a new one."),
    )  # fmt: skip
    severities = models.JSONField(default=_severities)
    mapping = models.JSONField(default=dict, blank=True)  # {"title": "incident.name"}: paths in the message
    is_active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    last_received_at = models.DateTimeField(null=True, editable=False)
    last_good_at = models.DateTimeField(null=True, editable=False)
    last_error = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        db_table = "alert_source"
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    def new_token(self) -> str:
        """A new secret for its address; the old one is worth nothing from now on."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self.token_hash, self.token_start = hash_of(token), token[:6]
        return token


class AlertMessage(ChangedByActions):
    """A message as it came: kept before anybody tries to understand it."""

    noun = "alert_message"

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        TAKEN = "taken", _("taken")
        REPEATED = "repeated", _("nothing new")
        IGNORED = "ignored", _("left aside")
        UNREADABLE = "unreadable", _("not understood")

    source = models.ForeignKey(AlertSource, on_delete=models.CASCADE, related_name="messages", db_index=False)
    at = models.DateTimeField(default=clock.now)
    body = models.TextField()
    content_type = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.RECEIVED)
    reason = models.CharField(max_length=300, blank=True)
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.SET_NULL, related_name="+")
    is_sample = models.BooleanField(default=False)  # sent by the button on our own page
    # Of a signed message without a signed time: its body's digest. Who has overheard it could send it again for ever.
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "alert_message"
        indexes: ClassVar = [
            models.Index(fields=["source", "digest"], condition=~models.Q(digest=""), name="alert_message_again"),
            models.Index(fields=["source", "id"], name="alert_message_source"),
            models.Index(fields=["at"], condition=models.Q(state="received"), name="alert_message_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.at}"


class AlertGroup(ChangedByActions):
    """One trouble of one source: its ticket, what of it fires, and how it comes and goes."""

    noun = "alert_group"

    source = models.ForeignKey(AlertSource, on_delete=models.CASCADE, related_name="groups", db_index=False)
    key = models.CharField(max_length=64)  # digest of the sender's own key
    title = models.CharField(max_length=300)
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.SET_NULL, related_name="+")
    is_firing = models.BooleanField(default=True)
    parts: Any = models.JSONField(default=dict)  # fingerprint → {"state": "firing", "since": …, "label": …}
    first_at = models.DateTimeField(default=clock.now)
    last_at = models.DateTimeField(default=clock.now)
    over_at = models.DateTimeField(null=True)
    count = models.PositiveIntegerField(default=0)  # messages
    turns = models.JSONField(default=list)  # when it came back lately
    is_flapping = models.BooleanField(default=False)

    class Meta:
        db_table = "alert_group"
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "key"], name="alert_group_once")]
        indexes: ClassVar = [
            models.Index(fields=["over_at"], condition=models.Q(is_flapping=True), name="alert_group_flapping")
        ]

    def __str__(self) -> str:
        return self.title
