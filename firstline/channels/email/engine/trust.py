"""Whether our own mail server vouches for the sender (RFC 8601)."""

from __future__ import annotations

import re
from email.parser import BytesHeaderParser
from email.policy import compat32
from typing import Any, Literal

import authres

Verdict = Literal["pass", "fail", "unknown"]
MOST_HEADER = 65_536  # bytes
MOST_RESULT = 4_000  # characters of one line of results
_SPACE = re.compile(r"\s+")


def verdict(raw: bytes, sender: str, *, trusted: str) -> Verdict:
    """What the topmost Authentication-Results of `trusted` says: "pass" if DKIM, SPF or DMARC proved the sender.

    Headers of other servers prove nothing: anybody can write them. Without a trusted server all is "unknown".
    """
    if not trusted:
        return "unknown"
    header = _topmost(raw)
    if header is None or header.authserv_id.lower() != trusted.lower():
        return "fail"  # our own server stamps every mail: this one went around it
    domain = sender.rpartition("@")[2].lower()
    failed = any(result.method == "dmarc" and result.result == "fail" for result in header.results)
    return "pass" if not failed and any(_aligned(result, domain) for result in header.results) else "fail"


def _topmost(raw: bytes) -> Any:
    try:
        first = BytesHeaderParser(policy=compat32).parsebytes(raw[:MOST_HEADER]).get("Authentication-Results")
        if not first:
            return None
        return authres.all_features().parse(f"Authentication-Results: {_SPACE.sub(' ', str(first)[:MOST_RESULT])}")
    except Exception:  # what cannot be read proves nothing
        return None


def _aligned(result: object, domain: str) -> bool:
    """Relaxed alignment: the proven domain is the sender's, or one of the two lies below the other."""
    if getattr(result, "result", "") != "pass" or getattr(result, "method", "") not in {"dkim", "spf", "dmarc"}:
        return False
    for place in ("header_d", "header_i", "header_from", "smtp_mailfrom"):
        proven = str(getattr(result, place, "") or "").rpartition("@")[2].lower()
        if proven and (proven == domain or domain.endswith(f".{proven}") or proven.endswith(f".{domain}")):
            return True
    return False
