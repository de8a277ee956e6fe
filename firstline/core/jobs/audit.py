"""Keep the chain of events provable: checkpoints outside the database, and a look every night.

A line of the file: `position digest moment signature`. Whoever can write to the database cannot write this file's
signatures, so a chain cut off at its end or written anew shows. Copy the file elsewhere to be safe from root, too.
"""

from __future__ import annotations

import hmac
from pathlib import Path

import structlog
from django.conf import settings
from django.utils.crypto import salted_hmac

from firstline.core import clock
from firstline.core.events.seal import Report, head, verify_chain

from .declaring import Hopeless, job

log = structlog.get_logger()

SALT = "firstline.core.jobs.audit"


def file() -> Path:
    return Path(settings.DATA) / "audit" / "checkpoints.log"


@job(max_attempts=3)
def checkpoint() -> bool:
    """Write down how far the chain goes; `False` if nothing has happened since the last time."""
    position, digest = head()
    if not position or any(known == position for known, _digest in checkpoints()):
        return False
    line = f"{position} {digest} {clock.now():%Y-%m-%dT%H:%M:%SZ}"
    file().parent.mkdir(parents=True, exist_ok=True)
    with file().open("a") as log_file:
        log_file.write(f"{line} {_signature(line)}\n")
    return True


@job(max_attempts=1)
def verify() -> int:
    """Verify the whole chain; a break becomes a dead letter that an admin sees, and an alarm in the log."""
    report = verify_now()
    if report.fault:
        log.error("chain of events is broken", position=report.fault.position, event_id=report.fault.event)
        raise Hopeless(report.fault.what)
    return report.checked


def verify_now() -> Report:
    """Verify the chain against itself and all checkpoints."""
    return verify_chain(checkpoints=checkpoints())


def checkpoints() -> list[tuple[int, str]]:
    """Those with a good signature. A forged line counts for nothing, it cannot accuse the chain."""
    if not file().exists():
        return []
    found = []
    for text in file().read_text().splitlines():
        line, _space, signature = text.rpartition(" ")
        if line and hmac.compare_digest(signature, _signature(line)):
            position, digest, _moment = line.split(" ")
            found.append((int(position), digest))
    return found


def _signature(line: str) -> str:
    return salted_hmac(SALT, line, algorithm="sha256").hexdigest()
