"""Make an empty desk ready for drills:  python -m tests.drills.prepared. Prints what the clients must know.

`--mailbox PORT AFTER` adds a mailbox on this machine, whose mails are kept, moved or deleted after they were read;
`--due` has all mailboxes looked into now.
"""

from __future__ import annotations

import json
import sys

import django


def main() -> None:
    django.setup()
    match sys.argv[1:]:
        case ["--mailbox", port, after]:
            _add_mailbox(int(port), after)
        case ["--due"]:
            _make_due()
        case _:
            _prepare()


def _add_mailbox(port: int, after: str) -> None:
    from firstline.channels.email.actions.mailbox import save_mailbox
    from firstline.channels.email.models import Mailbox, Security
    from firstline.channels.email.tests.dovecot import PASSWORD

    box = Mailbox(
        name=after, address=f"{after}@firstline.example", host="127.0.0.1", port=port, user=after,
        security=Security.NONE, takes_old=True, after_reading=after, move_to="Done" if after == "move" else "",
    )  # fmt: skip
    save_mailbox(box, password=PASSWORD, by=None)


def _make_due() -> None:
    from firstline.channels.email.models import Mailbox
    from firstline.core import clock
    from firstline.core.actions import acting

    with acting():
        Mailbox.objects.update(next_poll_at=clock.now(), stuck_times=0)


def _prepare() -> None:
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    from firstline.doors.api.actions.tokens import create_token
    from firstline.doors.api.models import ApiToken
    from firstline.people.access.models import Role
    from tests.cast import person

    lead = person("Lin", Role.LEAD)
    token = create_token(lead, "drill", scope=ApiToken.Scope.WRITE, by=None)[1]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    print(json.dumps({"token": token}))


if __name__ == "__main__":
    main()
