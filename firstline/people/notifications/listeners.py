"""What open pages may listen to: one's own inbox."""

from __future__ import annotations

from typing import Any

from firstline.core import live


def may_listen_to_inbox(person: Any, number: int | None) -> bool:
    return number is not None and number == person.pk


live.topic("inbox", may_listen_to_inbox)
live.harmless("notice_target", "notice_wording")
