"""What tells which ticket a mail belongs to."""

from __future__ import annotations

import hashlib
import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models

from firstline.core import clock
from firstline.core.actions import ChangedByActions
from firstline.work.tickets.models import Ticket

PERSON = settings.AUTH_USER_MODEL


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
