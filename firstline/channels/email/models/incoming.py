"""Mail that has come."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions
from firstline.work.conversations.models import Message
from firstline.work.tickets.models import Ticket

from .mailboxes import Mailbox


class RawMail(ChangedByActions):
    """A mail as it came, stored before anybody looks into it."""

    noun = "raw_mail"

    class State(models.TextChoices):
        RECEIVED = "received", _("Received, not read yet")
        TAKEN = "taken", _("Became a message")
        DUPLICATE = "duplicate", _("Had come before")
        HELD = "held", _("Held back")
        BOUNCE = "bounce", _("A bounce of our mail")
        LOOP = "loop", _("Our own mail, come back")
        QUARANTINED = "quarantined", _("Could not be read")
        TOO_LARGE = "too_large", _("Too large to be fetched")
        LEFT_ASIDE = "left_aside", _("Left aside")

    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    received_at = models.DateTimeField(default=clock.now)
    way = models.CharField(max_length=10)  # smtp, lmtp, imap, pipe
    mailbox = models.ForeignKey(Mailbox, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    envelope_from = models.CharField(max_length=320, blank=True)
    envelope_to = models.JSONField(default=list, blank=True)
    # Where the same delivery would come from again ("imap:3:1700000000:42"): fetched twice, stored once.
    delivery_key = models.CharField(max_length=200, null=True, unique=True)
    # What makes two mails the same: see queries.content_key. Unique among those that were taken.
    content_key = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.RECEIVED)
    reason = models.CharField(max_length=500, blank=True)
    # What one reads in the list of held mail, before opening it.
    sender = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    message = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="raw_mails")

    class Meta:
        db_table = "raw_mail"
        indexes: ClassVar = [models.Index(fields=["state", "id"], name="raw_mail_state")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["content_key"], condition=~Q(content_key=""), name="raw_mail_content_once")
        ]

    def __str__(self) -> str:
        return f"{self.sender}: {self.subject}"
