from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from firstline.core.actions import ChangedByActions
from firstline.flow.triage.engine.weighing import CELLS, Scale


class Book(ChangedByActions):
    """One row: a token that changes with everything triage reads, so that processes keep it compiled until then."""

    noun = "triage_book"

    token = models.CharField(max_length=32, default="")

    class Meta:
        db_table = "triage_book"

    def __str__(self) -> str:
        return self.token

    @classmethod
    def turn(cls) -> None:
        """Something triage reads has changed. A token is never used twice, not even after a rollback."""
        cls.objects.update_or_create(pk=1, defaults={"token": secrets.token_hex(12)})


def _cells() -> dict[str, int]:
    return {f"{impact}{urgency}": priority for (impact, urgency), priority in CELLS.items()}


def _risk() -> dict[str, int]:
    return dict(Scale().risk)


def _value() -> dict[str, int]:
    return {str(level): steps for level, steps in Scale().value.items()}


class PriorityScale(ChangedByActions):
    """One row: how impact, urgency, risk, value and history become a priority."""

    noun = "priority_scale"

    cells = models.JSONField(default=_cells)  # {"12": 2}: impact 1, urgency 2
    risk = models.JSONField(default=_risk)
    value = models.JSONField(default=_value)
    vip = models.SmallIntegerField(_("important requester or customer"), default=1)
    repeat = models.SmallIntegerField(_("the same trouble again"), default=1)
    repeat_times = models.PositiveSmallIntegerField(_("earlier tickets of the category"), default=2)
    repeat_days = models.PositiveSmallIntegerField(_("in as many days"), default=30)
    ceiling = models.PositiveSmallIntegerField(_("steps alone never lift it above"), default=2)
    definitions = models.JSONField(default=dict)  # {"1": "…"}; empty: ours, in the reader's language

    class Meta:
        db_table = "triage_scale"

    def __str__(self) -> str:
        return "scale"

    @classmethod
    def current(cls) -> PriorityScale:
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    def as_scale(self) -> Scale:
        cells: dict[str, Any] = self.cells
        return Scale(
            cells={(int(key[0]), int(key[1])): priority for key, priority in cells.items()},
            risk=self.risk,
            value={int(level): steps for level, steps in self.value.items()},
            vip=self.vip,
            repeat=self.repeat,
            repeat_times=self.repeat_times,
            repeat_days=self.repeat_days,
            ceiling=self.ceiling,
        )
