from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action
from firstline.core.conditions import ConditionError, Context, check, from_json, parse, to_json
from firstline.core.events.record import record
from firstline.flow.sla.events import AgreementChanged
from firstline.flow.sla.models import BREACH, LONGEST, Agreement, Measure, Target
from firstline.work.tickets.fields import catalogue
from firstline.work.tickets.models import Priority, Status, StatusType


@dataclass(frozen=True, slots=True)
class Promised:
    """One line of the table of promises."""

    measure: str
    priority: int
    minutes: int
    is_round_the_clock: bool = False


@action("agreement.save", permission="sla.edit")
def save_agreement(
    agreement: Agreement, promised: Iterable[Promised], *, runs_on: Iterable[Status] | None = None, by: Any
) -> Agreement:
    """Add an agreement, or change what is promised for which tickets."""
    agreement.name = " ".join(agreement.name.split())
    if not agreement.name:
        raise Refused(_("An agreement needs a name."))
    if Agreement.objects.filter(name=agreement.name).exclude(pk=agreement.pk).exists():
        raise Refused(_("There is an agreement called “%(name)s” already.") % {"name": agreement.name})
    lines = _checked(promised)
    agreement.warn_at = sorted({_share(share) for share in agreement.warn_at})
    for quality in (agreement.satisfaction, agreement.reopened):
        if quality is not None and not 0 <= quality <= 100:
            raise Refused(_("A quality target is a percentage from 0 to 100."))
    if agreement.condition:
        try:
            agreement.condition = to_json(check(from_json(agreement.condition), catalogue, Context(trusted=True)))
        except ConditionError as error:
            raise Refused(str(error)) from None
    highest = Agreement.objects.aggregate(highest=Max("version"))["highest"] or 0
    agreement.version = max(int(highest) + 1, time.time_ns() // 1000)
    agreement.save()
    if runs_on is not None:
        agreement.runs_on.set([status for status in runs_on if status.type == StatusType.WAITING])
    Target.objects.filter(agreement=agreement).delete()
    Target.objects.bulk_create(
        Target(
            agreement=agreement,
            measure=line.measure,
            priority=line.priority,
            minutes=line.minutes,
            is_round_the_clock=line.is_round_the_clock,
        )
        for line in lines
    )
    record(agreement, AgreementChanged, by=by, name=agreement.name)
    return agreement


def condition_from(text: str) -> dict[str, Any]:
    """A typed condition as it is kept; Refused with what is wrong. Nothing typed: every ticket."""
    if not text.strip():
        return {}
    try:
        return to_json(parse(text, catalogue, Context(trusted=True)))
    except ConditionError as error:
        raise Refused(str(error)) from None


def _checked(promised: Iterable[Promised]) -> list[Promised]:
    lines = list(promised)
    for line in lines:
        if line.measure not in Measure.values or line.priority not in Priority.values:
            raise Refused(_("A promise is about an answer, news or a solution, for a priority from 1 to 4."))
        if not 1 <= line.minutes <= LONGEST:
            raise Refused(_("Promise at least one minute, and at most ten years."))
    if len({(line.measure, line.priority) for line in lines}) < len(lines):
        raise Refused(_("The same promise stands there twice."))
    return lines


def _share(share: Any) -> int:
    if isinstance(share, bool) or not isinstance(share, int) or not 0 < share < BREACH:
        raise Refused(_("Warn at a share from 1 to 99 per cent of the time."))
    return share
