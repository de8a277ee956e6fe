from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.people.notifications.events import NoticeChoiceChanged
from firstline.people.notifications.fields import Channel, kind_of
from firstline.people.notifications.models import Choice, Rhythm
from firstline.people.notifications.queries import is_desk


@action("notice.choose", permission="own.edit")
def choose(person: Any, choices: Mapping[tuple[str, str], bool], *, by: Any) -> list[str]:
    """Say of which kinds one is told, and by which channels; what is as it was by default is not kept."""
    desk, changed = is_desk(person), []
    for (key, channel), is_on in choices.items():
        kind = kind_of(key)
        if channel not in kind.channels or not (kind.for_desk if desk else kind.for_others):
            raise Refused(_("This notice cannot be had this way."))
        row = Choice.objects.filter(person=person, kind=key, channel=channel).first()
        default = Channel(channel) in kind.default(is_desk=desk)
        if is_on == (row.is_on if row else default):
            continue
        changed.append(f"{key} {channel}")
        if is_on == default and row is not None:
            row.delete()
        else:
            Choice.objects.update_or_create(person=person, kind=key, channel=channel, defaults={"is_on": is_on})
    if changed:
        record(person, NoticeChoiceChanged, by=by, what=changed)
    return changed


@action("notice.set_rhythm", permission="own.edit")
def set_rhythm(
    person: Any,
    *,
    quiet_from: time | None = None,
    quiet_until: time | None = None,
    quiet_weekends: bool = False,
    urgent_passes: bool = True,
    digest: str = "",
    daily_at: time = time(8),
    by: Any,
) -> Rhythm:
    """Set one's quiet hours and digests."""
    if (quiet_from is None) != (quiet_until is None):
        raise Refused(_("Quiet hours need a beginning and an end."))
    rhythm, _is_new = Rhythm.objects.update_or_create(
        person=person,
        defaults={
            "quiet_from": quiet_from,
            "quiet_until": quiet_until,
            "quiet_weekends": quiet_weekends,
            "urgent_passes": urgent_passes,
            "digest": Rhythm.Digest(digest),
            "daily_at": daily_at,
        },
    )
    record(person, NoticeChoiceChanged, by=by, what=["rhythm"])
    return rhythm
