"""Writing checklists: which tasks they hold, for whom, and in which order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from firstline.core.actions import NotAllowed, Refused, action, may
from firstline.core.events.record import record
from firstline.work.tasks.engine.order import reached
from firstline.work.tasks.events import ChecklistChanged
from firstline.work.tasks.models import Checklist, ChecklistItem

from ._change import a_title

MOST_ITEMS = 100


@action("checklist.save", permission="checklist.edit")
def save_checklist(checklist: Checklist, *, by: Any) -> Checklist:
    """Make a checklist, or change its name, its team and whether it is in use."""
    checklist.name = a_title(checklist.name)[:120]
    same = Checklist.objects.filter(team=checklist.team, name__iexact=checklist.name).exclude(pk=checklist.pk)
    if same.exists():
        raise Refused(_("There is a checklist called “%(name)s” already.") % {"name": checklist.name})
    if by is not None and not checklist._state.adding:  # nobody takes a checklist away from a team they do not lead
        before = Checklist.objects.select_related("team").get(pk=checklist.pk)
        if not may(by, "checklist.edit", before):
            raise NotAllowed("checklist.edit is not allowed here.")
    is_new = checklist._state.adding
    checklist.save()
    return _changed(checklist, "made" if is_new else "changed", by=by)


@action("checklist.save_item", permission="checklist.edit")
def save_item(
    checklist: Checklist, item: ChecklistItem, needs: Iterable[ChecklistItem] = (), *, by: Any
) -> ChecklistItem:  # fmt: skip
    """Add a task to a checklist, or change one."""
    item.checklist, item.title = checklist, a_title(item.title)
    wanted = [each for each in needs if each.checklist_id == checklist.pk and each.pk != item.pk]
    if item._state.adding:
        held = checklist.items.aggregate(last=Max("position"))["last"] or 0
        if checklist.items.count() >= MOST_ITEMS:
            raise Refused(_("A checklist has at most %(most)s tasks.") % {"most": MOST_ITEMS})
        item.position = held + 1
    elif item.pk in reached(_waits(checklist), [each.pk for each in wanted]):
        raise Refused(_("Then these tasks would wait for each other for ever. Leave one of them out."))
    item.save()
    item.needs.set(wanted)
    _changed(checklist, "item", by=by)
    return item


@action("checklist.remove_item", permission="checklist.edit")
def remove_item(checklist: Checklist, item: ChecklistItem, *, by: Any) -> Checklist:
    """Take a task out of a checklist. Tickets that have it keep it."""
    if item.checklist_id == checklist.pk:
        item.delete()
        _changed(checklist, "item removed", by=by)
    return checklist


@action("checklist.place_item", permission="checklist.edit")
def place_item(checklist: Checklist, item: ChecklistItem, up: bool, *, by: Any) -> Checklist:
    """Move a task of a checklist one place up or down."""
    items = list(checklist.items.all())
    at = next((place for place, each in enumerate(items) if each.pk == item.pk), None)
    to = None if at is None else at - 1 if up else at + 1
    if at is None or to is None or not 0 <= to < len(items):
        return checklist
    items[at], items[to] = items[to], items[at]
    for position, each in enumerate(items, 1):
        each.position = position
    ChecklistItem.objects.bulk_update(items, ["position"])
    return _changed(checklist, "item", by=by)


def _changed(checklist: Checklist, what: str, *, by: Any) -> Checklist:
    record(checklist, ChecklistChanged, by=by, name=checklist.name, what=what)
    return checklist


def _waits(checklist: Checklist) -> Iterable[tuple[int, int]]:
    pairs = ChecklistItem.needs.through.objects.filter(from_checklistitem__checklist=checklist)
    return pairs.values_list("from_checklistitem", "to_checklistitem")
