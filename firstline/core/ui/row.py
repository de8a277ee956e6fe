"""One line of a list, ready to be drawn."""

from datetime import datetime
from typing import NamedTuple


class Row(NamedTuple):
    """At most ring, number, subject, requester, owner, time left and age; what is empty is not drawn."""

    key: int | str  # the value of its checkbox
    url: str
    number: str
    subject: str
    state: str  # new, open, waiting, resolved, closed or breach
    state_label: str = ""  # instead of the state's own word
    requester: str = ""
    owner: str = ""
    priority: int | None = None  # 1 (critical) to 4 (low)
    due: datetime | None = None
    since: datetime | None = None
    is_soon: bool = False
    is_paused: bool = False
    is_met: bool = False
    is_unread: bool = False
    is_current: bool = False
    tags: tuple[str, ...] = ()

    @property
    def times(self) -> tuple[datetime | None, ...]:
        """What it tells in words that change."""
        return self.due, self.since
