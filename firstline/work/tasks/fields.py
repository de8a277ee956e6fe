"""The words of searches, rules and conditions about the tasks of a ticket."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firstline.core.fields import NUMBER, Context, Field
from firstline.core.fields.columns import Path
from firstline.core.fields.questions import NOTHING, Missing
from firstline.work.tickets.fields import catalogue
from firstline.work.tickets.models import Ticket
from firstline.work.tickets.rules import is_on_the_desk

from .models import Progress


def _read(name: str) -> Any:
    """As the database says it now: a rule is asked of the same ticket before and after its tasks were changed."""

    def read(ticket: Ticket) -> int:
        found = Progress.objects.filter(ticket=ticket.pk).values_list(name, flat=True).first()
        return found or 0

    return read


def _asked(name: str) -> Any:
    """Every ticket has a number of tasks; most have none, and no row that says so."""

    def asked(question: Any, context: Context) -> Q:
        if isinstance(question, Missing):
            return NOTHING
        counted = Progress.objects.filter(question.q(Path(Progress, name)))
        inside = Q(pk__in=counted.values("ticket_id"))
        return inside | ~Q(pk__in=Progress.objects.values("ticket_id")) if question.holds(0) else inside

    return asked


def _on_the_desk(context: Context) -> bool:
    return context.trusted or (context.viewer is not None and is_on_the_desk(context.viewer))


FIELDS = (
    ("tasks-open", "open", _("Tasks open"), _("tasks-open:>0 finds what waits for a task")),
    ("tasks-blocked", "blocked", _("Tasks blocked"), _("tasks-blocked:>0 finds what stands still because of a task")),
    ("tasks-done", "done", _("Tasks done"), ""),
)

for key, column, label, help_text in FIELDS:
    catalogue.add(
        Field(
            key=key, kind=NUMBER, label=label, read=_read(column), filter=_asked(column), visible=_on_the_desk,
            help=help_text,
        )
    )  # fmt: skip
