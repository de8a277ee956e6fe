"""Mail that we write."""

from __future__ import annotations

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
UNFINISHED = Q(state__in=["waiting", "sending"])


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
        NOTICE = "notice", _("Notice")
        RATE = "rate", _("Question how it was")
        PULSE = "pulse", _("Pulse")
        INVITE = "invite", _("Appointment")
        LETTER = "letter", _("Letter of a workflow")

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
    calendar = models.TextField(blank=True)  # an appointment as iCalendar, with its METHOD
    files = models.JSONField(default=list, blank=True)  # ids of files of tasks that go along
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
            models.Index(fields=["due_at", "id"], condition=UNFINISHED, name="outgoing_mail_due"),
            models.Index(fields=["ticket", "to", "id"], name="outgoing_mail_ticket"),
            models.Index(fields=["to", "created_at"], name="outgoing_mail_to"),
        ]

    def __str__(self) -> str:
        return f"{self.to}: {self.subject}"
