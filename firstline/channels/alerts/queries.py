"""Reads of alerts."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Q, QuerySet

from firstline.core import clock

from .models import AlertMessage, AlertSource, hash_of

LONGEST_TOKEN = 200


def source_of(token: str) -> AlertSource | None:
    """The source whose address holds this token, if it is in use."""
    if not token or len(token) > LONGEST_TOKEN:
        return None
    return AlertSource.objects.filter(token_hash=hash_of(token), is_active=True).first()


def sources() -> QuerySet[AlertSource]:
    """All, with how many messages came in a day and how many of those nobody understood."""
    since = clock.now() - timedelta(days=1)
    return AlertSource.objects.select_related("team", "category").annotate(
        lately=Count("messages", filter=Q(messages__at__gte=since)),
        unreadable=Count("messages", filter=Q(messages__at__gte=since, messages__state="unreadable")),
    )


def waiting(*, before_seconds: int = 10) -> QuerySet[AlertMessage]:
    """Received and not taken: something broke in between."""
    return AlertMessage.objects.filter(
        state=AlertMessage.State.RECEIVED, at__lt=clock.now() - timedelta(seconds=before_seconds)
    ).order_by("id")
