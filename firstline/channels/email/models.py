from __future__ import annotations

import hashlib
import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions
from firstline.work.conversations.models import Message
from firstline.work.tickets.models import Ticket

PERSON = settings.AUTH_USER_MODEL


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

    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    received_at = models.DateTimeField(default=clock.now)
    way = models.CharField(max_length=10)  # smtp, lmtp, imap, pipe
    mailbox = models.CharField(max_length=120, blank=True)
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


class MailIdentity(ChangedByActions):
    """Every Message-ID we have seen or made, and the ticket it belongs to: how replies find their way."""

    noun = "mail_identity"

    key = models.CharField(max_length=64, unique=True)  # digest of the Message-ID
    message_id = models.CharField(max_length=300)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="mail_identities", db_index=False)
    person = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    is_ours = models.BooleanField()  # made by us, and so known only to whom we wrote
    at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "mail_identity"
        indexes: ClassVar = [models.Index(fields=["ticket", "id"], name="mail_identity_ticket")]

    def __str__(self) -> str:
        return self.message_id

    @staticmethod
    def key_of(message_id: str) -> str:
        return hashlib.sha256(message_id.strip().strip("<>").encode("utf-8", "replace")).hexdigest()


def new_token() -> str:
    """130 random bits, in letters that survive any mail system."""
    return "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz234567") for _letter in range(26))


class ReplyToken(ChangedByActions):
    """The secret in the address that one person answers one ticket at."""

    noun = "reply_token"

    token = models.CharField(max_length=26, unique=True, default=new_token)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta:
        db_table = "mail_reply_token"
        constraints: ClassVar = [models.UniqueConstraint(fields=["ticket", "person"], name="mail_reply_token_once")]

    def __str__(self) -> str:
        return f"#{self.ticket_id} for {self.person_id}"


class OutgoingMail(ChangedByActions):
    """One mail to one recipient: written with the change that causes it, sent by the worker."""

    noun = "outgoing_mail"

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("On its way")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Given up")
        BOUNCED = "bounced", _("Came back")

    class Purpose(models.TextChoices):
        REPLY = "reply", _("Reply")
        RECEIPT = "receipt", _("Confirmation of receipt")
        SOLVED = "solved", _("Question whether it is solved")
        ACCOUNT = "account", _("Account")

    purpose = models.CharField(max_length=10, choices=Purpose)
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    reply = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="outgoing_mails")
    person = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    to = models.CharField(max_length=320)
    # Stable over all attempts, so that a mail sent twice in doubt is seen as one.
    message_id = models.CharField(max_length=300, unique=True)
    headers = models.JSONField(default=dict)  # From, Reply-To, In-Reply-To, References, Auto-Submitted …
    subject = models.CharField(max_length=400)
    text = models.TextField()
    html = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=clock.now)
    # Sending began and nobody knows how it ended: sent once more with the same Message-ID, and listed.
    in_doubt = models.BooleanField(default=False)
    last_error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)  # the very bytes that were sent

    class Meta:
        db_table = "outgoing_mail"
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"], condition=Q(state__in=["waiting", "sending"]), name="outgoing_mail_due"
            ),
            models.Index(fields=["ticket", "to", "id"], name="outgoing_mail_ticket"),
            models.Index(fields=["to", "created_at"], name="outgoing_mail_to"),
        ]

    def __str__(self) -> str:
        return f"{self.to}: {self.subject}"
