"""Dates of mail as ISO 8601 in UTC, or nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

_EARLIEST, _LATEST = 1971, 2100


def read_date(text: str, problems: list[str]) -> str | None:
    """`Date:` as `2026-11-22T01:36:50Z`; an unreadable one is nothing and a problem."""
    text = text.strip()[:120]
    if not text:
        return None
    moment = None if _YEAR_BEFORE_MAIL.search(text) else _read(text)
    if moment is None:
        problems.append("The date cannot be read.")
        return None
    if not _EARLIEST <= moment.year <= _LATEST:
        problems.append("The date lies outside any plausible time.")
        return None
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


_YEAR_BEFORE_MAIL = re.compile(r"[A-Za-z]{3,9}\.?[ -]{1,3}0\d{3}(?!\d)")  # the library reads 0000 as 2000


def _read(text: str) -> datetime | None:
    try:
        fields = parsedate_tz(re.sub(r"\([^()]*\)", "", text))
        if fields is not None:
            zone = timezone(timedelta(seconds=fields[9])) if fields[9] is not None else UTC
            return datetime(*fields[:6], tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError, AttributeError):
        pass
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
