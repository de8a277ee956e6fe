from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.people.notifications.engine import push
from firstline.people.notifications.events import DeviceChanged
from firstline.people.notifications.models import Device

MOST = 20
LONGEST_ENDPOINT = 2000


def our_public_key() -> str:
    """What a browser must know to accept messages from us."""
    return push.public_text(push.own_key(settings.SECRET_KEY.encode()))


@action("notice.add_device", permission="own.edit")
def add_device(person: Any, endpoint: str, public_key: str, secret: str, *, label: str = "", by: Any) -> Device:
    """Let a browser, on a phone or a desk, show one's notices. The same browser again belongs to who comes last."""
    subscription = push.Subscription(endpoint, public_key, secret)
    try:
        subscription.check()
    except push.BadSubscription:
        raise Refused(_("This browser gave no usable keys.")) from None
    if not endpoint.startswith(("https://", "http://")) or len(endpoint) > LONGEST_ENDPOINT:
        raise Refused(_("This browser gave no usable address."))
    fingerprint = hashlib.sha256(endpoint.encode()).hexdigest()
    known = Device.objects.filter(fingerprint=fingerprint).first()
    if known is None and Device.objects.filter(person=person).count() >= MOST:
        raise Refused(_("You have many devices already. Remove one first."))
    device = known or Device(fingerprint=fingerprint, endpoint=endpoint)
    is_new = known is None or known.person_id != person.pk
    device.person, device.public_key, device.secret = person, public_key, secret
    device.label, device.failures = " ".join(label.split())[:120] or _("Browser"), 0
    device.save()
    if is_new:
        record(person, DeviceChanged, by=by, label=device.label, is_on=True)
    return device


@action("notice.remove_device", permission="own.edit")
def remove_device(person: Any, device: Device, *, by: Any) -> None:
    """Show no more notices there."""
    if device.person_id != person.pk:
        raise Refused(_("This device belongs to somebody else."))
    label = device.label
    device.delete()
    record(person, DeviceChanged, by=by, label=label, is_on=False)
