"""Wait until all mails are read; print how many became messages:  python -m tests.bench.waiting HOW_MANY"""

from __future__ import annotations

import sys
import time

import django

MOST_SECONDS = 600


def main() -> None:
    django.setup()
    from firstline.channels.email.models import RawMail

    deadline = time.monotonic() + MOST_SECONDS
    while RawMail.objects.filter(state=RawMail.State.RECEIVED).exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    taken = RawMail.objects.filter(state=RawMail.State.TAKEN).count()
    if taken < int(sys.argv[1]):
        raise SystemExit(f"{sys.argv[1]} mails were acknowledged, {taken} became messages.")
    print(taken)


if __name__ == "__main__":
    main()
