"""What is there:  python -m tests.drills.stored [--settled=SECONDS] [--forward] [--later=SECONDS]. Prints JSON.

`--settled` waits until the worker has done all there was; `--forward` lets the five minutes pass after which a mail
that was on its way is in doubt; `--later` lets time pass for all mails that wait: what is due moves closer.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from typing import Any

import django


def main() -> None:
    django.setup()
    if "--forward" in sys.argv:
        _forward()
    if seconds := _number("--later="):
        _later(int(seconds))
    seconds = _number("--settled=")
    is_settled = _wait(seconds) if seconds else True
    print(json.dumps(_all() | {"settled": is_settled}))


def _number(option: str) -> float:
    return next((float(word.removeprefix(option)) for word in sys.argv if word.startswith(option)), 0.0)


def _all() -> dict[str, Any]:
    from django.db.models import Count

    from firstline.channels.email.models import OutgoingMail, RawMail
    from firstline.core import search
    from firstline.core.files.sweep import check_files
    from firstline.core.jobs.audit import verify_now
    from firstline.core.jobs.queries import counts
    from firstline.work.tickets.models import Ticket

    tickets = Counter(Ticket.objects.values_list("subject", flat=True))
    messages = {
        subject: count
        for subject, count in Ticket.objects.annotate(said=Count("messages")).values_list("subject", "said")
        if subject in tickets
    }
    chain, index, files = verify_now(), search.check_index("ticket"), check_files()
    return {
        "tickets": tickets,
        "messages": messages,
        "mail": dict(Counter(RawMail.objects.values_list("state", flat=True))),
        "outgoing": [
            list(row)
            for row in OutgoingMail.objects.order_by("id").values_list(
                "to", "message_id", "state", "in_doubt", "attempts"
            )
        ],
        "jobs": counts(),
        "faults": [
            *_integrity(),
            *([f"chain of events: {chain.fault.what}"] if chain.fault else []),
            *([] if files.is_well else [f"files: {len(files.damaged)} damaged, {len(files.missing)} missing"]),
            *([] if index.is_sound else [f"search index: missing {index.missing}, surplus {index.surplus}"]),
        ],
    }


def _integrity() -> list[str]:
    from django.db import connection

    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        said = [row[0] for row in cursor.fetchall() if row[0] != "ok"]
        cursor.execute("PRAGMA foreign_key_check")
        return said + [f"row without its other row: {row}" for row in cursor.fetchall()]


def _wait(seconds: float) -> bool:
    """Until nothing is left to do but what is planned for later; false if that took too long."""
    from firstline.channels.email.models import OutgoingMail, RawMail
    from firstline.core.events.models import Event
    from firstline.core.jobs.queries import STATES, in_state
    from firstline.core.quiet import is_quiet

    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        is_busy = (
            Event.objects.filter(position__isnull=True).exists()
            or any(in_state(state).exists() for state in ("waiting", "running", "retrying") if state in STATES)
            or RawMail.objects.filter(state=RawMail.State.RECEIVED).exists()
            or (not is_quiet() and OutgoingMail.objects.filter(state__in=["waiting", "sending"]).exists())
        )
        if not is_busy:
            return True
        time.sleep(0.2)
    return False


def _forward() -> None:
    from firstline.channels.email.models import OutgoingMail
    from firstline.core import clock
    from firstline.core.actions import acting

    with acting():
        OutgoingMail.objects.filter(state=OutgoingMail.State.SENDING).update(due_at=clock.now())


def _later(seconds: int) -> None:
    from datetime import timedelta

    from django.db.models import F

    from firstline.channels.email.models import OutgoingMail
    from firstline.core.actions import acting

    passed = timedelta(seconds=seconds)
    with acting():
        OutgoingMail.objects.filter(state__in=["waiting", "sending"]).update(
            due_at=F("due_at") - passed, created_at=F("created_at") - passed
        )


if __name__ == "__main__":
    main()
