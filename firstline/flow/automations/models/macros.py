from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions
from firstline.work.tickets.models import Ticket

from .scoped import ForTeams

PERSON = settings.AUTH_USER_MODEL


class CannedReply(ForTeams):
    """A text that is written again and again, in every language it is needed in, with places to fill in."""

    noun = "canned_reply"

    shortcut = models.SlugField(_("short word"), max_length=40, blank=True)
    # {"en": {"text": "Dear {person}, …", "tone": "Short, no jargon."}, "vi": {…}}
    texts = models.JSONField(default=dict)
    changed_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        db_table = "canned_reply"
        ordering: ClassVar = ["name", "id"]

    def get_absolute_url(self) -> str:
        return reverse("automations:canned_reply", args=[self.pk])


class Macro(ForTeams):
    """Several things that an agent does with one press: on one ticket, or on many."""

    noun = "macro"

    purpose = models.CharField(_("what it is for"), max_length=300, blank=True)
    deeds = models.JSONField(default=list)
    minutes = models.PositiveSmallIntegerField(_("minutes it saves each time"), default=0)
    changed_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        db_table = "macro"
        ordering: ClassVar = ["position", "id"]

    def get_absolute_url(self) -> str:
        return reverse("automations:macro", args=[self.pk])


class MacroUse(ChangedByActions):
    """That somebody applied a macro to a ticket."""

    noun = "macro_use"

    macro = models.ForeignKey(Macro, on_delete=models.CASCADE, related_name="+", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    did = models.JSONField(default=list)
    minutes = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "macro_use"
        indexes: ClassVar = [models.Index(fields=["macro", "at"], name="macro_use_of")]

    def __str__(self) -> str:
        return f"{self.macro_id} on #{self.ticket_id}"


class CannedUse(ChangedByActions):
    """That somebody put a canned reply into what they were writing."""

    noun = "canned_use"

    reply = models.ForeignKey(CannedReply, on_delete=models.CASCADE, related_name="+", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "canned_use"
        indexes: ClassVar = [models.Index(fields=["reply", "at"], name="canned_use_of")]

    def __str__(self) -> str:
        return f"{self.reply_id} on #{self.ticket_id}"
