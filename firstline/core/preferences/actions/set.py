from __future__ import annotations

from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.core.preferences import reading
from firstline.core.preferences.declaring import Preference, Wrong, find
from firstline.core.preferences.events import PreferenceChanged
from firstline.core.preferences.models import Setting
from firstline.core.preferences.secrecy import encrypt


@action("preference.set", permission="settings.edit")
def set_preference(key: str, value: str | int | bool, *, by: Any) -> None:
    """Change a setting of the organisation."""
    preference = _find(key)
    try:
        clean = preference.clean(value)
    except Wrong as error:
        raise Refused(f"{preference.label}: {error}") from None
    old = reading.reveal(preference) if preference.secret else reading.read(preference)
    if clean == old:
        return
    version = (Setting.objects.aggregate(highest=Max("version"))["highest"] or 0) + 1
    setting, _created = Setting.objects.update_or_create(
        key=key,
        defaults={
            "value": encrypt(clean, purpose=key) if preference.secret else clean,
            "version": version,
            "changed_at": clock.now(),
        },
    )
    reading.has_changed()
    shown = {} if preference.secret else {"old": old, "new": clean}
    record(setting, PreferenceChanged, by=by, key=key, **shown)


def _find(key: str) -> Preference[Any]:
    try:
        return find(key)
    except KeyError:
        raise Refused(_("There is no setting called “%(key)s”.") % {"key": key}) from None
