from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions

from .feedback import Feedback

PERSON = settings.AUTH_USER_MODEL


class Improvement(ChangedByActions):
    """Something we do better from now on, tied to what people said that led to it."""

    noun = "improvement"

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        DOING = "doing", _("Under way")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Given up")

    title = models.CharField(_("what gets better"), max_length=200)
    text = models.TextField(_("how"), blank=True)
    owner = models.ForeignKey(
        PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("who does it")
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PLANNED)
    due_on = models.DateField(_("until"), null=True, blank=True)
    caused_by = models.ManyToManyField(Feedback, blank=True, related_name="improvements", db_table="improvement_cause")
    created_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    created_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "improvement"
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.title

    @property
    def until(self) -> str:
        """The day it is promised for, as people write it; empty for none."""
        return formats.date_format(self.due_on, "DATE_FORMAT") if self.due_on else ""
