"""Where Django's own mails (codes, links of accounts) go: into our outbox, like every other mail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from firstline.channels.email.actions.write import write_account
from firstline.core.actions import acting


class Outbox(BaseEmailBackend):
    """An e-mail backend that writes rows; the worker sends them."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        with transaction.atomic(), acting():
            for message in email_messages:
                for address in message.recipients():
                    write_account(address, str(message.subject), str(message.body), _html(message))
        return len(email_messages)


def _html(message: Any) -> str:
    parts = [part for part, kind in getattr(message, "alternatives", []) if kind == "text/html"]
    return str(parts[0]) if parts else ""
