from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.channels.alerts.engine.generic import GUESSES
from firstline.channels.alerts.events import AlertSourceChanged
from firstline.channels.alerts.models import AlertSource
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.core.preferences import secrecy
from firstline.people.accounts.actions.open import open_person


@action("alert_source.save", permission="alert.manage")
def save_source(source: AlertSource, *, secret: str = "", by: Any) -> tuple[AlertSource, str]:
    """Add a monitoring system that reports here, or change it; a new one gets its secret address."""
    source.name = " ".join(source.name.split())[:120]
    if not source.name:
        raise Refused(_("Give it a name, such as the one of the monitoring system."))
    if not set(source.mapping) <= set(GUESSES):
        raise Refused(_("Only these can be mapped: %(names)s.") % {"names": ", ".join(GUESSES)})
    token = ""
    if source._state.adding:
        source.person = open_person(None, name=_("Monitoring: %(name)s") % {"name": source.name}, by=None)
        token = source.new_token()
    source.save()
    if secret:
        source.secret = secrecy.encrypt(secret, purpose=f"alert_source:{source.pk}")
        source.save(update_fields=["secret"])
    record(source, AlertSourceChanged, by=by, how="saved")
    return source, token


@action("alert_source.rotate", permission="alert.manage")
def rotate(source: AlertSource, *, by: Any) -> str:
    """Give it a new address; the old one is worth nothing from now on."""
    token = source.new_token()
    source.save(update_fields=["token_hash", "token_start"])
    record(source, AlertSourceChanged, by=by, how="rotated")
    return token
