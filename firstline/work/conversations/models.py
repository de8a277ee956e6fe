from __future__ import annotations

import re
from typing import ClassVar
from urllib.parse import unquote

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions
from firstline.work.tickets.models import Ticket

PERSON = settings.AUTH_USER_MODEL

_CID = re.compile(r'src="cid:([^"]{1,300})"')
# The cleaner writes every attribute as name="value" with quotes escaped, so this reads tags and never words.
_TAG = re.compile(r'<[a-z][a-z0-9]*(?: [a-z-]+="[^"]*+")++>')
_STYLE = re.compile(r' style="[^"]*+"')

DOUBTS = {
    "sender": _("The address of the sender was not proven, and may be forged."),
    "stranger": _("Somebody wrote who has no part in this ticket."),
    "automatic": _("A machine wrote this."),
}


def _picture(address: str | None) -> str:
    return f'src="{address}?inline"' if address else 'data-missing="true"'


class Visibility(models.TextChoices):
    """Who reads a message. One required value; there is no 'empty means public'."""

    PUBLIC = "public", _("Everybody on the ticket")
    INTERNAL = "internal", _("The desk only")


class Message(ChangedByActions):
    """One reply or note on a ticket."""

    noun = "message"

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages", db_index=False)
    visibility = models.CharField(max_length=10, choices=Visibility)
    author = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    # Whether it comes from the desk's side (an agent's answer) or from the requester's.
    is_from_desk = models.BooleanField()
    # What was said, without quotes and signature: plain text, and sanitised HTML where there was any.
    text = models.TextField()
    html = models.TextField(blank=True)
    # What was trimmed away, to be unfolded by who wants it.
    trimmed_text = models.TextField(blank=True)
    trimmed_html = models.TextField(blank=True)
    source = models.CharField(max_length=16, default="web")
    # Set where it is not proven who wrote it (a mail without a valid token or signature): a sentence's key.
    doubt = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "message"
        indexes: ClassVar = [models.Index(fields=["ticket", "id"], name="message_ticket")]

    def __str__(self) -> str:
        return f"#{self.ticket_id}: {self.text[:40]}"

    @property
    def is_internal(self) -> bool:
        return self.visibility != Visibility.PUBLIC

    @property
    def shown_html(self) -> SafeString:
        """The sanitised HTML, its inline pictures (`cid:`) pointing to this message's own files.

        Without its styles: the content policy of our pages forbids them, and each would be a complaint in the browser.
        """
        own = {file.content_id: file.get_absolute_url() for file in self.attachments.all() if file.content_id}
        html = _TAG.sub(lambda found: _STYLE.sub("", found[0]), self.html)
        return mark_safe(_CID.sub(lambda found: _picture(own.get(unquote(found[1]))), html))  # noqa: S308 -- cleaned when it came in

    @property
    def doubt_words(self) -> str:
        """Why it is not certain who wrote this."""
        return str(DOUBTS.get(self.doubt, self.doubt))


class Attachment(ChangedByActions):
    """A file on a message. Its bytes lie in core/files under their digest."""

    noun = "attachment"

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=255)  # for display only, never a path
    type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    content_id = models.CharField(max_length=255, blank=True)
    is_inline = models.BooleanField(default=False)
    # A logo in a signature, seen before: folded away.
    is_decoration = models.BooleanField(default=False)

    class Meta:
        db_table = "attachment"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("conversations:attachment", args=[self.pk])

    @property
    def is_picture(self) -> bool:
        """Whether browsers may show it in a page: drawings with scripts (SVG) are not among them."""
        return self.type in {"image/png", "image/jpeg", "image/gif", "image/webp"}


class Mention(ChangedByActions):
    """Somebody called by @name in a message."""

    noun = "mention"

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="mentions")

    class Meta:
        db_table = "mention"
        constraints: ClassVar = [models.UniqueConstraint(fields=["message", "person"], name="mention_once")]

    def __str__(self) -> str:
        return f"{self.person} in {self.message_id}"


class Draft(ChangedByActions):
    """What somebody is writing on a ticket, kept on the server so that nothing is lost."""

    noun = "draft"

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="drafts", db_index=False)
    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="+", db_index=False)
    visibility = models.CharField(max_length=10, choices=Visibility)
    text = models.TextField(blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "draft"
        constraints: ClassVar = [models.UniqueConstraint(fields=["ticket", "person", "visibility"], name="draft_once")]

    def __str__(self) -> str:
        return f"{self.person} on #{self.ticket_id}"
