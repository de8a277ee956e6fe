"""Whether our own mail server vouches for the sender (RFC 8601)."""

from __future__ import annotations

import re
from email.parser import BytesHeaderParser
from email.policy import compat32

from authres import AuthenticationResultsHeader

_SPACE = re.compile(r"\s+")


def vouches_for(raw: bytes, sender: str, *, trusted: str) -> bool:
    """Whether the topmost Authentication-Results of `trusted` says that DKIM, SPF or DMARC passed for the sender.

    Headers of other servers prove nothing: anybody can write them. Without a trusted server nothing is proven.
    """
    if not trusted:
        return False
    domain = sender.rpartition("@")[2].lower()
    header = _topmost(raw)
    if header is None or header.authserv_id.lower() != trusted.lower():
        return False
    return any(_aligned(result, domain) for result in header.results)


def _topmost(raw: bytes) -> AuthenticationResultsHeader | None:
    head = raw[:65_536]
    try:
        first = BytesHeaderParser(policy=compat32).parsebytes(head).get("Authentication-Results")
        return AuthenticationResultsHeader.parse(f"Authentication-Results: {_SPACE.sub(' ', str(first))}") if first else None
    except Exception:  # noqa: BLE001 -- what cannot be read proves nothing
        return None


def _aligned(result: object, domain: str) -> bool:
    """Relaxed alignment: the proven domain is the sender's, or one of the two lies below the other."""
    if getattr(result, "result", "") != "pass" or getattr(result, "method", "") not in {"dkim", "spf", "dmarc"}:
        return False
    for place in ("header_d", "header_from", "smtp_mailfrom"):
        proven = str(getattr(result, place, "") or "").rpartition("@")[2].lower()
        if proven and (proven == domain or domain.endswith(f".{proven}") or proven.endswith(f".{domain}")):
            return True
    return False
