from __future__ import annotations

from collections.abc import Collection
from typing import Any

from firstline.core import clock
from firstline.core.actions import action
from firstline.core.live.announce import announce
from firstline.people.notifications.models import Notice
from firstline.people.notifications.queries import inbox_of


@action("notice.mark_read", permission="own.edit")
def mark_read(person: Any, notices: Collection[int] | None = None, *, is_read: bool = True, by: Any) -> int:
    """Mark notices of one's inbox as read or new; all of them if none is named. Says how many changed."""
    rows = inbox_of(person).filter(read_at__isnull=is_read)
    if notices is not None:
        rows = rows.filter(pk__in=notices)
    changed = rows.update(read_at=clock.now() if is_read else None)
    if changed:
        announce(f"inbox:{person.pk}")
    return changed


@action("notice.mark_subject_read", permission="own.edit")
def mark_subject_read(person: Any, noun: str, number: int, *, by: Any) -> int:
    """Whoever has opened a ticket has read what was told about it."""
    rows = Notice.objects.filter(person=person, about_noun=noun, about_id=number, read_at__isnull=True, in_inbox=True)
    changed = rows.update(read_at=clock.now())
    if changed:
        announce(f"inbox:{person.pk}")
    return changed
