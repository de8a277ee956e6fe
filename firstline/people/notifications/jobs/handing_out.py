"""Hand out what is due: mails into the outbox at once, everything else to jobs, what was held back gathered."""

from __future__ import annotations

from itertools import groupby

from firstline.core import clock
from firstline.core.jobs import loops
from firstline.core.quiet import is_quiet
from firstline.people.notifications.actions.deliver import claim, write_mail
from firstline.people.notifications.fields import Channel
from firstline.people.notifications.models import Delivery

from .sending import send

BATCH = 100
State = Delivery.State


def hand_out() -> bool:
    """One batch; true if there may be more. A quiet copy keeps everything waiting."""
    due = list(
        Delivery.objects.filter(state__in=[State.WAITING, State.HELD], due_at__lte=clock.now())
        .select_related("notice__person", "notice__team", "notice__actor")
        .order_by("due_at", "id")[:BATCH]
    )
    if not due or is_quiet():
        return False
    for delivery in (each for each in due if each.state == State.WAITING):
        _pass_on([delivery])
    held = sorted((each for each in due if each.state == State.HELD), key=_reader)
    for _who, gathered in groupby(held, key=_reader):
        _pass_on(list(gathered))
    return len(due) == BATCH


def _pass_on(deliveries: list[Delivery]) -> None:
    if deliveries[0].channel == Channel.MAIL:
        write_mail(deliveries, by=None)
    else:
        was_held = deliveries[0].state == State.HELD
        mine = claim(deliveries, State.QUEUED, by=None)
        if mine:
            send.enqueue([delivery.pk for delivery in mine], was_held)


def _reader(delivery: Delivery) -> tuple[int, int, str]:
    return delivery.notice.person_id or 0, delivery.notice.team_id or 0, delivery.channel


loops.register("notices: hand out", hand_out, every=0.5)
