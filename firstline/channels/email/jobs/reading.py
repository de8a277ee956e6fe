from __future__ import annotations

from firstline.channels.email import rules
from firstline.channels.email.actions.read import quarantine, read
from firstline.channels.email.engine.child import parse_in_child
from firstline.channels.email.engine.kinds import Ourselves
from firstline.channels.email.engine.message import Failure
from firstline.channels.email.models import RawMail
from firstline.core import files


def read_mail(pk: int) -> None:
    """Read a stored mail in a child that may be killed, and let it take effect. Safe to repeat."""
    mail = RawMail.objects.get(pk=pk)
    if mail.state != RawMail.State.RECEIVED:
        return
    raw = files.fetch(mail.sha256)
    parsed = parse_in_child(raw, ourselves=ourselves())
    if isinstance(parsed, Failure):
        quarantine(mail, parsed.reason, by=None)
    else:
        read(mail, parsed, raw, by=None)


def ourselves() -> Ourselves:
    """How our own mail is recognised when it comes back."""
    return Ourselves(addresses=rules.our_addresses(), ids=frozenset({rules.installation_id()}))
