"""Verbs for what the organisation may shape: statuses, categories, its own fields."""

from __future__ import annotations

from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.work.tickets.events import TicketSettingChanged
from firstline.work.tickets.models import Category, CustomField, Kind, Status, StatusType, Ticket


@action("ticket_status.save", permission="ticket.settings")
def save_status(status: Status, *, by: Any) -> Status:
    """Add a status or change its name, type or what the requester reads."""
    if not status.name.strip():
        raise Refused(_("A status needs a name."))
    status.kind, status.type = Kind(status.kind), StatusType(status.type)
    if status.pk:
        before = Status.objects.get(pk=status.pk)
        if before.type != status.type:
            if Ticket.objects.filter(status=status).exists():
                raise Refused(
                    _("Tickets stand in “%(status)s”, so its type stays. Add another status and move them first.")
                    % {"status": _(before.name)}
                )
            _keep_one_of_each_type(before)
        if before.is_active and not status.is_active:
            _keep_one_of_each_type(before)
    if not status.key:
        status.key = _free_key(slugify(status.name) or "status", Status.objects.filter(kind=status.kind))
    status.requester_label = status.requester_label.strip() or status.name
    status.save()
    record(status, TicketSettingChanged, by=by, what="status", name=status.name)
    return status


@action("ticket_category.save", permission="ticket.settings")
def save_category(category: Category, *, by: Any) -> Category:
    """Add a category, rename it or move it in the tree."""
    category.name = " ".join(category.name.split())
    if not category.name:
        raise Refused(_("A category needs a name."))
    twins = Category.objects.filter(parent=category.parent, name=category.name).exclude(pk=category.pk)
    if twins.exists():
        raise Refused(_("There is a category “%(name)s” in this place already.") % {"name": category.name})
    if category.pk and category.parent and f"/{category.pk}/" in category.parent.path:
        raise Refused(_("A category cannot be moved below itself."))
    old_path = category.path
    category.save()
    category.path = f"{category.parent.path if category.parent else '/'}{category.pk}/"
    category.save(update_fields=["path"])
    if old_path and old_path != category.path:
        for below in Category.objects.filter(path__startswith=old_path).exclude(pk=category.pk):
            below.path = category.path + below.path.removeprefix(old_path)
            below.save(update_fields=["path"])
    record(category, TicketSettingChanged, by=by, what="category", name=category.name)
    return category


@action("ticket_field.save", permission="ticket.settings")
def save_custom_field(field: CustomField, *, by: Any) -> CustomField:
    """Add a field of the organisation's own, or change it."""
    field.label = " ".join(field.label.split())
    if not field.label:
        raise Refused(_("A field needs a label."))
    if field.type in {CustomField.Type.CHOICE, CustomField.Type.CHOICES} and not field.options:
        raise Refused(_("A list field needs at least one option."))
    if field.pk and CustomField.objects.get(pk=field.pk).type != field.type:
        raise Refused(_("The type of a field stays once it is made. Add another field."))
    if not field.key:
        field.key = _free_key(slugify(field.label).replace("-", "_") or "field", CustomField.objects.all())
    field.save()
    record(field, TicketSettingChanged, by=by, what="field", name=field.label)
    return field


def _keep_one_of_each_type(status: Status) -> None:
    others = Status.objects.filter(kind=status.kind, type=status.type, is_active=True).exclude(pk=status.pk)
    if not others.exists():
        raise Refused(
            _("“%(status)s” is the only active status of its type. Add another one first.") % {"status": _(status.name)}
        )


def _free_key(wanted: str, among: Any) -> str:
    key, number = wanted[:40], 2
    while among.filter(key=key).exists():
        key, number = f"{wanted[:36]}-{number}", number + 1
    return key
