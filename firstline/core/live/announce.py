"""Tell open pages of something that is no event."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from firstline.core import clock

from .models import News

Kind = Literal["changed", "presence"]
KEPT = timedelta(minutes=10)


def announce(*topics: str, kind: Kind = "changed") -> None:
    """Tell all who listen to these topics, after this transaction. What has an event need not be announced."""
    News.objects.bulk_create(News(topic=name, kind=kind) for name in topics)


def forget_old_news() -> int:
    """Remove what every process has long told; how many."""
    return News.objects.filter(at__lt=clock.now() - KEPT).delete()[0]
