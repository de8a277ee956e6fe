from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.actions import ChangedByActions


class Rule(ChangedByActions):
    """When a new ticket fulfils the condition, these facts are set. Rules are asked in the order of their position."""

    noun = "triage_rule"

    name = models.CharField(_("name"), max_length=120)
    position = models.PositiveIntegerField(default=0)
    condition = models.JSONField(default=dict)
    # {"category": 3, "kind": "request", "team": 1, "tags": ["vpn"], "impact": 1, "urgency": 1, "risk": "security",
    #  "custom": {"floor": "2"}}
    sets = models.JSONField(default=dict)
    replaces = models.BooleanField(
        _("also replace what is there already"),
        default=False,
        help_text=_("Otherwise it fills only what nobody, and no rule before it, has said."),
    )
    stops = models.BooleanField(_("rules after it are not asked"), default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("looked after by"),
    )
    is_active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        db_table = "triage_rule"
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.name
