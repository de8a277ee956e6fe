"""Whether a message is from whom it says: the token of the address, and a signature where the sender makes one."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

# Where senders put the HMAC-SHA256 of the body, as hex: Sentry, Grafana, and those who do as GitHub does.
HEADERS = ("Sentry-Hook-Signature", "X-Grafana-Alerting-Signature", "X-Hub-Signature-256", "X-Firstline-Signature")
STAMPS = ("X-Grafana-Alerting-Timestamp", "X-Firstline-Timestamp")
FRESH = timedelta(minutes=5)


def is_signed(secret: str, body: bytes, headers: Mapping[str, str], now: datetime) -> bool:
    """Whether the body is signed with the secret, and not long ago where the time is signed, too."""
    given = next((headers[name] for name in HEADERS if name in headers), "").removeprefix("sha256=").strip().lower()
    stamp = _stamp_of(headers)
    signed = f"{stamp}:".encode() + body if stamp else body
    wanted = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace")):
        return False
    return not stamp or _is_fresh(stamp, now)


def is_dated(headers: Mapping[str, str]) -> bool:
    """Whether it says when it was signed: what does not could be sent again by whoever has overheard it."""
    return bool(_stamp_of(headers))


def _stamp_of(headers: Mapping[str, str]) -> str:
    return next((headers[name] for name in STAMPS if name in headers), "")


def _is_fresh(stamp: str, now: datetime) -> bool:
    if not stamp.isdecimal() or len(stamp) > 14:
        return False
    seconds = int(stamp) / (1000 if len(stamp) > 11 else 1)
    return abs(now.timestamp() - seconds) <= FRESH.total_seconds()
