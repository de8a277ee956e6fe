"""Push messages and chats: one job for what goes to one reader by one way."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from firstline.core import clock, outbound
from firstline.core.actions import acting, prove_it_is_ours
from firstline.core.jobs import job
from firstline.core.preferences.secrecy import CannotOpen, decrypt
from firstline.core.quiet import is_quiet
from firstline.people.notifications import rules
from firstline.people.notifications.actions.deliver import Letter, claim, finish, gather, letters_of, link_of
from firstline.people.notifications.engine import push
from firstline.people.notifications.engine.words import one_line
from firstline.people.notifications.fields import Channel
from firstline.people.notifications.models import Delivery, Device, Target
from firstline.people.notifications.queries import is_desk, language_of

State = Delivery.State
KEPT = 24 * 3600  # seconds a push service keeps a message for a phone that is off
GONE = frozenset({404, 410})
MOST_FAILURES = 20  # in a row; then a device or chat is let go


@job(max_attempts=3)
def send(deliveries: list[int], was_held: bool) -> None:
    """Send what these deliveries say, gathered if they are several."""
    rows = list(
        Delivery.objects.filter(pk__in=deliveries, state__in=[State.QUEUED, State.SENDING])
        .select_related("notice__person", "notice__team", "notice__actor")
        .order_by("id")
    )
    # Who died while sending left it in doubt: better once too few than a phone that rings twice.
    doubtful = [row for row in rows if row.state == State.SENDING]
    if doubtful:
        finish(doubtful, State.FAILED, "in doubt", by=None)
    rows = claim([row for row in rows if row.state == State.QUEUED], State.SENDING, by=None)
    for row in rows:
        row.state = State.HELD if was_held else State.SENDING
    with acting():
        told, letters = letters_of(rows)
    if not told:
        return
    prove_it_is_ours()
    letter = letters[0] if len(letters) == 1 else gather(letters[0].person, letters)
    if told[0].channel == Channel.PUSH:
        _push(told, letter)
    else:
        _chat(told, letter)


def _push(told: list[Delivery], letter: Letter) -> None:
    reached, troubles = [], []
    done = {device for row in told for device in row.reached}
    for device in Device.objects.filter(person=letter.person).exclude(pk__in=done).order_by("pk"):
        try:
            if push_to(device, letter):
                reached.append(device.pk)
        except outbound.Unreachable as error:
            troubles.append(str(error))
            _failed(device)
    _note(told, reached, troubles)


def push_to(device: Device, letter: Letter) -> bool:
    """Send one push message; false if the browser is gone for good, which removes it."""
    key = push.own_key(settings.SECRET_KEY.encode())
    is_agent = letter.person is not None and is_desk(letter.person)
    content = {
        "title": one_line(letter.title, most=150),
        "body": "" if not is_agent else letter.why,
        "url": letter.path,
    }
    with translation.override(language_of(letter.person)):
        payload = json.dumps(content | {"tag": letter.key}, ensure_ascii=False).encode()
    subscription = push.Subscription(device.endpoint, device.public_key, device.secret)
    answer = outbound.send(
        device.endpoint,
        headers={
            "Authorization": push.authorization(device.endpoint, key, contact=settings.BASE_URL, now=time.time()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEPT),
            "Urgency": "high" if letter.is_urgent else "normal",
        },
        content=push.encrypt(payload, subscription),
    )
    if answer.status in GONE:
        with acting():
            device.delete()
        return False
    if not answer.is_success:
        raise outbound.Unreachable(f"{answer.status}")
    with acting():
        device.last_at, device.failures = clock.now(), 0
        device.save(update_fields=["last_at", "failures"])
    return True


def _chat(told: list[Delivery], letter: Letter) -> None:
    reached, troubles = [], []
    done = {target for row in told for target in row.reached}
    notice = told[0].notice
    targets = Target.objects.filter(person=notice.person, team=notice.team, is_active=True).exclude(pk__in=done)
    for target in targets.order_by("pk"):
        try:
            rules.say(address_of(target), letter.title, f"{letter.why}\n{link_of(letter)}".strip())
        except (rules.NoChat, rules.NotTold, CannotOpen) as error:
            troubles.append(str(error))
            _failed(target, str(error))
        else:
            reached.append(target.pk)
            _worked(target)
    _note(told, reached, troubles)


def address_of(target: Target) -> str:
    return decrypt(target.address, purpose="notice target")


def _worked(target: Target) -> None:
    with acting():
        target.failures, target.last_error, target.last_at = 0, "", clock.now()
        target.save(update_fields=["failures", "last_error", "last_at"])


def _failed(way: Device | Target, error: str = "") -> None:
    with acting():
        way.failures += 1
        fields = ["failures"]
        if isinstance(way, Target):
            way.last_error, way.is_active = error[:300], way.failures < MOST_FAILURES
            fields += ["last_error", "is_active"]
        if isinstance(way, Device) and way.failures >= MOST_FAILURES:
            way.delete()
        else:
            way.save(update_fields=fields)


def _note(told: list[Delivery], reached: Iterable[int], troubles: list[str]) -> None:
    got = list(reached)
    if troubles:
        finish(told, State.WAITING, troubles[0], reached=got, by=None)
    elif got or any(row.reached for row in told):
        finish(told, State.SENT, reached=got, by=None)
    else:
        finish(told, State.DROPPED, "nowhere to send it to", by=None)


@job(max_attempts=2)
def try_device(device: int) -> None:
    """A first notice, asked for by hand."""
    row = Device.objects.select_related("person").filter(pk=device).first()
    if row is None or is_quiet():
        return
    with translation.override(language_of(row.person)):
        title = _("Notices arrive on this device.")
    push_to(row, Letter(person=row.person, title=title, text="", path="/notices", key="trial"))


@job(max_attempts=1)
def try_target(target: int) -> None:
    """A first message into a chat, asked for by hand; the page shows how it went."""
    row = Target.objects.filter(pk=target).first()
    if row is None or is_quiet():
        return
    try:
        rules.say(address_of(row), _("Firstline says hello."), settings.BASE_URL)
    except (rules.NoChat, rules.NotTold, CannotOpen) as error:
        _failed(row, str(error))
    else:
        _worked(row)
