from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.work.tickets.events import TicketCategorised, TicketEdited, TicketTagged
from firstline.work.tickets.models import Category, CustomField, Priority, Risk, Tag, Ticket

from ._change import change, lock, must_be_live
from .judge import judge_again, set_priority
from .open import SUBJECT_LENGTH

YEARS = range(2000, 2201)  # beyond year 1 or 9999 in another zone is no moment at all
LEVELS = {None, 1, 2, 3}  # of impact and of urgency; None is not assessed


@action("ticket.retitle", permission="ticket.edit")
def retitle(ticket: Ticket, subject: str, *, by: Any) -> Ticket:
    """Give the ticket a better subject."""
    subject = " ".join(subject.split())[:SUBJECT_LENGTH]
    if not subject:
        raise Refused(_("A ticket needs a subject: a few words that say what it is about."))
    return _edit(ticket, "subject", subject, by=by)


@action("ticket.set_due", permission="ticket.edit")
def set_due(ticket: Ticket, due_at: datetime | None, *, by: Any) -> Ticket:
    """Set when the ticket should be done, or take the date away."""
    if due_at is not None and due_at.tzinfo is None:
        raise Refused(_("A due date needs a time zone."))
    if due_at is not None and due_at.year not in YEARS:
        raise Refused(_("A due date lies between the years 2000 and 2200."))
    return _edit(ticket, "due_at", due_at, by=by)


@action("ticket.set_people_affected", permission="ticket.edit")
def set_people_affected(ticket: Ticket, people_affected: int | None, *, by: Any) -> Ticket:
    """Note how many people are affected."""
    if people_affected is not None and not 0 <= people_affected <= 10_000_000:
        raise Refused(_("The number of people affected is a whole number from 0 to 10,000,000."))
    return _edit(ticket, "people_affected", people_affected, by=by)


@action("ticket.set_requester", permission="ticket.edit")
def set_requester(ticket: Ticket, requester: Any, *, by: Any) -> Ticket:
    """Say for whom the ticket is."""
    return _edit(ticket, "requester", requester, by=by)


@action("ticket.set_department", permission="ticket.edit")
def set_department(ticket: Ticket, department: Any | None, *, by: Any) -> Ticket:
    """Say which department it concerns."""
    return _edit(ticket, "department", department, by=by)


@action("ticket.categorise", permission="ticket.edit")
def categorise(ticket: Ticket, category: Category | None, *, by: Any) -> Ticket:
    """Put the ticket into a category."""
    lock(ticket)
    must_be_live(ticket)
    before = ticket.category_id
    if before != (category.pk if category else None):
        change(ticket, category=category)
        record(ticket, TicketCategorised, by=by, **{"from": before, "to": category.pk if category else None})
        judge_again(ticket, by=by)
    return ticket


@action("ticket.assess", permission="ticket.edit")
def assess(ticket: Ticket, *, impact: int | None, urgency: int | None, risk: str | None = None, by: Any) -> Ticket:
    """Say how far it reaches, how urgent and how risky it is; the priority follows."""
    lock(ticket)
    must_be_live(ticket)
    if impact not in LEVELS:
        raise Refused(_("The impact is 1, 2 or 3."))
    if urgency not in LEVELS:
        raise Refused(_("The urgency is 1, 2 or 3."))
    if risk is not None and risk not in Risk.values:
        raise Refused(_("The risk is one of: %(risks)s.") % {"risks": ", ".join(filter(None, Risk.values))})
    before = {"impact": ticket.impact, "urgency": ticket.urgency, "risk": ticket.risk}
    after = {"impact": impact, "urgency": urgency, "risk": ticket.risk if risk is None else risk}
    if before == after:
        return ticket
    change(ticket, **after)
    changes = {field: [before[field], after[field]] for field in after if before[field] != after[field]}
    record(ticket, TicketEdited, by=by, changes=changes)
    judge_again(ticket, by=by)
    return ticket


@action("ticket.prioritise", permission="ticket.edit")
def prioritise(ticket: Ticket, priority: int, *, reason: str = "", by: Any) -> Ticket:
    """Set the priority by hand, with a reason; it then stays until it is given back to the matrix."""
    lock(ticket)
    must_be_live(ticket)
    if priority not in Priority.values:
        raise Refused(_("The priority is 1 (critical), 2 (high), 3 (medium) or 4 (low)."))
    set_priority(ticket, priority, {"rule": "override", "reason": reason.strip()}, by=by)
    return ticket


@action("ticket.tag", permission="ticket.tag")
def set_tags(ticket: Ticket, tags: list[str], *, by: Any) -> Ticket:
    """Give the ticket exactly these tags."""
    lock(ticket)
    must_be_live(ticket)
    wanted = {name for tag in tags if (name := " ".join(tag.lower().split())[:60])}
    if len(wanted) > 50:
        raise Refused(_("A ticket has at most 50 tags."))
    before = set(ticket.tags.values_list("name", flat=True))
    if wanted == before:
        return ticket
    for name in wanted - before:
        ticket.tags.add(Tag.objects.get_or_create(name=name)[0])
    ticket.tags.remove(*Tag.objects.filter(name__in=before - wanted))
    change(ticket)
    record(ticket, TicketTagged, by=by, added=sorted(wanted - before), removed=sorted(before - wanted))
    return ticket


@action("ticket.set_custom", permission="ticket.edit")
def set_custom(ticket: Ticket, field: CustomField, value: Any, *, by: Any) -> Ticket:
    """Fill one of the organisation's own fields."""
    lock(ticket)
    must_be_live(ticket)
    checked = check_custom_value(field, value)
    before = ticket.custom.get(field.key)
    if before != checked:
        change(ticket, custom={**ticket.custom, field.key: checked}, custom_folded={})
        record(ticket, TicketEdited, by=by, changes={f"custom.{field.key}": [before, checked]})
    return ticket


def check_custom_value(field: CustomField, value: Any) -> Any:
    """The value as it is kept (JSON); Refused with a sentence if it does not fit the field's type."""
    if value in (None, "", []):
        return None
    match field.type:
        case CustomField.Type.NUMBER:
            try:
                number = Decimal(str(value).replace(",", "."))
            except InvalidOperation:
                number = Decimal("NaN")
            if not number.is_finite() or abs(number) > 10**15:
                raise Refused(_("%(field)s is a number, such as 12 or 3.5.") % {"field": field.label})
            return int(number) if number == number.to_integral_value() else float(number)
        case CustomField.Type.DATE:
            try:
                return date.fromisoformat(str(value)).isoformat()
            except ValueError:
                raise Refused(_("%(field)s is a date, such as 2026-11-30.") % {"field": field.label}) from None
        case CustomField.Type.BOOLEAN:
            return value in (True, "true", "on", "1", "yes")
        case CustomField.Type.CHOICE:
            if value not in field.options:
                raise Refused(_("%(field)s is one of: %(options)s.") % _words(field))
            return value
        case CustomField.Type.CHOICES:
            chosen = value if isinstance(value, list) else [value]
            if not all(each in field.options for each in chosen):
                raise Refused(_("%(field)s holds some of: %(options)s.") % _words(field))
            return chosen
    return str(value)[:2000]


def _words(field: CustomField) -> dict[str, str]:
    return {"field": field.label, "options": ", ".join(map(str, field.options))}


def _edit(ticket: Ticket, field: str, value: Any, *, by: Any) -> Ticket:
    lock(ticket)
    must_be_live(ticket)
    before = getattr(ticket, field)
    if before != value:
        change(ticket, **{field: value}, **({"subject_folded": ""} if field == "subject" else {}))
        record(ticket, TicketEdited, by=by, changes={field: [_fact(before), _fact(value)]})
    return ticket


def _fact(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if hasattr(value, "pk") else value
