from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.core.preferences.secrecy import encrypt
from firstline.people.notifications import rules
from firstline.people.notifications.events import TargetChanged
from firstline.people.notifications.models import Target
from firstline.people.teams.models import Team


@action("notice.save_target", permission="settings.edit")
def save_target(
    name: str, *, address: str = "", person: Any = None, team: Team | None = None, target: Target | None = None,
    is_active: bool = True, by: Any,
) -> Target:  # fmt: skip
    """Set up a chat for a person or a team. An empty address keeps the one there is."""
    if target is None and (person is None) == (team is None):
        raise Refused(_("Name a person or a team, not both."))
    if target is None and not address.strip():
        raise Refused(_("Enter the address of the chat."))
    is_new = target is None
    target = target or Target(person=person, team=team)
    if address.strip():
        try:
            target.service = rules.service_of(address.strip())
        except rules.NoChat as error:
            raise Refused(str(error)) from None
        target.address = encrypt(address.strip(), purpose="notice target")
        target.failures, target.last_error = 0, ""
    target.name = " ".join(name.split())[:120] or target.service
    target.is_active = is_active
    target.save()
    _note(target, "added" if is_new else "changed", by=by)
    return target


@action("notice.remove_target", permission="settings.edit")
def remove_target(target: Target, *, by: Any) -> None:
    """Take a chat away."""
    pk = target.pk
    target.delete()
    target.pk = pk
    _note(target, "removed", by=by)


def _note(target: Target, what: str, *, by: Any) -> None:
    record(
        target, TargetChanged, by=by, name=target.name, service=target.service, what=what, person=target.person_id,
        team=target.team_id,
    )  # fmt: skip
