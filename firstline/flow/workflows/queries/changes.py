"""Changes as pages show them: what was found about one, and which are planned, day by day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstline.core.calendars.models import Calendar, Day
from firstline.flow.approvals.models import Approval
from firstline.flow.workflows.engine.impact import Line, lines_of
from firstline.flow.workflows.models import Change, PlanStep, Run, Step
from firstline.work.tickets.models import Ticket
from firstline.work.tickets.queries import visible_to

from .impact import meeting
from .items import names_of

TONES = {"low": "resolved", "medium": "waiting", "high": "breach"}
MOST_SHOWN = 300
NOT_MADE = ("refused",)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another change at the same time. Its subject only for those who see its ticket."""

    ticket: int
    subject: str
    shared: list[str]


@dataclass(slots=True)
class ShownChange:
    change: Change
    items: list[str]
    lines: list[tuple[int, int, str]]
    services: list[dict[str, Any]]
    overlaps: list[Overlap]
    stands_at: list[str] = field(default_factory=list)

    @property
    def tone(self) -> str:
        return TONES[self.change.risk]

    @property
    def window(self) -> str:
        return window_of(self.change)

    @property
    def sum(self) -> str:
        """The whole sum in one line: why 62?"""
        return "; ".join(f"{said} (+{points})" for points, _most, said in self.lines if points)


def shown_of(changes: Iterable[Change], viewer: Any) -> list[ShownChange]:
    """A few queries, however many. What overlaps now is shown, not what did when it was assessed: others come later."""
    known = list(changes)
    names = names_of(each for change in known for each in change.items)
    overlaps = {change.pk: found for change, found in zip(known, meeting(known), strict=True)}
    others = {each["ticket"] for found in overlaps.values() for each in found}
    seen = dict(visible_to(viewer).filter(pk__in=others).values_list("pk", "subject")) if others else {}
    return [
        ShownChange(
            change, [names[str(each)] for each in change.items], _said(lines_of(change.report["lines"])),
            change.report["services"],
            [Overlap(one["ticket"], seen.get(one["ticket"], ""), one["shared"]) for one in overlaps[change.pk]],
        )
        for change in known
    ]  # fmt: skip


def _said(lines: Iterable[Line]) -> list[tuple[int, int, str]]:
    return [(line.points, line.most, line.said(_)) for line in lines]


def change_of(ticket: Ticket, viewer: Any) -> ShownChange | None:
    """What was found about this ticket's change. The caller has shown that the viewer may see the ticket."""
    found = shown_of(Change.objects.filter(ticket=ticket), viewer)
    return found[0] if found else None


def plans_of(run: Run) -> dict[int, list[PlanStep]]:
    """By the number of the task that follows it: the steps of the plan."""
    found: dict[int, list[PlanStep]] = {}
    for step in PlanStep.objects.filter(run=run).select_related("ended_by").order_by("number", "place"):
        found.setdefault(step.number, []).append(step)
    return found


def details(approvals: list[Approval], viewer: Any) -> dict[int, list[tuple[str, str]]]:
    """What peers and boards have to know to decide, beside the words of the approval."""
    by_ticket = {each.ticket_id: each.pk for each in approvals}
    found = {}
    for each in shown_of(Change.objects.filter(ticket__in=by_ticket), viewer):
        for approval in approvals:
            if approval.ticket_id == each.change.ticket_id:
                found[approval.pk] = _details(each)
    return found


def _details(shown: ShownChange) -> list[tuple[str, str]]:
    change = shown.change
    users = _("nobody knows") if change.users is None else str(change.users)
    risk = _("%(risk)s: %(score)s of 100") % {"risk": change.get_risk_display(), "score": change.score}
    lines = [
        (_("Risk"), risk), (_("Why %(score)s?") % {"score": change.score}, shown.sum),
        (_("Window"), window_of(change)), (_("Affected"), ", ".join(shown.items) or "—"),
    ]  # fmt: skip
    if shown.services:
        lines.append((_("Services"), "; ".join(map(service_said, shown.services))))
    lines.append((_("People who use it"), users))
    lines.append((_("Overlaps"), "; ".join(map(overlap_said, shown.overlaps)) or _("none")))
    return lines


def service_said(service: dict[str, Any]) -> str:
    asked = ngettext("%(num)s asked in 90 days", "%(num)s asked in 90 days", service["asked"]) % {
        "num": service["asked"]
    }  # fmt: skip
    name = service["name"] if service["is_named"] else _("%(name)s (depends on it)") % {"name": service["name"]}
    return f"{name}: {service['users']}, {asked}"


def overlap_said(overlap: Overlap) -> str:
    said = f"#{overlap.ticket} {overlap.subject}".strip()
    return f"{said} ({', '.join(overlap.shared)})" if overlap.shared else said


def window_of(change: Change) -> str:
    """In the zone of whoever reads it."""
    begins, ends = timezone.localtime(change.begins_at), timezone.localtime(change.ends_at)
    same = begins.date() == ends.date()
    end = date_format(ends, "TIME_FORMAT" if same else "SHORT_DATETIME_FORMAT")
    return f"{date_format(begins, 'SHORT_DATETIME_FORMAT')} – {end}"


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """A day of the schedule: what begins on it, and whether it is a holiday."""

    day: date
    holiday: str
    changes: list[ShownChange]

    @property
    def name(self) -> str:
        return date_format(self.day, "l j F Y")


def schedule(viewer: Any, first: date, days: int) -> list[PlannedDay]:
    """The changes whose window begins within these days and that somebody sees, by the day they begin on."""
    zone = timezone.get_current_timezone()
    begin = datetime.combine(first, time.min, zone)
    rows = (
        Change.objects.filter(begins_at__gte=begin, begins_at__lt=begin + timedelta(days=days), run__is_sample=False)
        .filter(ticket__in=visible_to(viewer).values("pk"))
        .exclude(run__outcome__in=NOT_MADE).exclude(run__status=Run.Status.CANCELLED)
        .select_related("ticket", "run").order_by("begins_at", "id")[:MOST_SHOWN]
    )  # fmt: skip
    shown = shown_of(rows, viewer)
    standing: dict[int, list[str]] = {}
    for run, title in Step.objects.filter(run__in=[each.change.run_id for each in shown], is_open=True).values_list(
        "run_id", "title"
    ):
        standing.setdefault(run, []).append(title)
    by_day: dict[date, list[ShownChange]] = {}
    for each in shown:
        each.stands_at = standing.get(each.change.run_id, [])
        by_day.setdefault(timezone.localtime(each.change.begins_at).date(), []).append(each)
    holidays = _holidays(first, days)
    return [PlannedDay(day, holidays.get(day, ""), by_day.get(day, [])) for day in sorted({*by_day, *holidays})]


def _holidays(first: date, days: int) -> dict[date, str]:
    calendar = Calendar.objects.filter(is_active=True).order_by("pk").first()
    if calendar is None:
        return {}
    closed = Day.objects.filter(calendar=calendar, day__gte=first, day__lt=first + timedelta(days=days), hours=[])
    return {each.day: each.name or _("Closed") for each in closed}
