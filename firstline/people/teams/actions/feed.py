from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action, may
from firstline.core.events.record import record
from firstline.people.teams.events import FeedChanged
from firstline.people.teams.models import Feed, Team

MOST = 20  # living addresses of one person


@action("rota.open_feed", permission="own.edit")
def open_feed(person: Any, *, team: Team | None = None, by: Any) -> str:
    """Make a secret address that calendar programs read one's shifts from, or a team's; returns its token, once."""
    if team is not None and not (may(person, "rota.view", team)):
        raise Refused(_("You do not see the rota of this team."))
    if Feed.objects.filter(person=person, revoked_at=None).count() >= MOST:
        raise Refused(_("You have many calendar addresses already. Revoke one first."))
    token = secrets.token_urlsafe(32)
    feed = Feed.objects.create(person=person, team=team, digest=digest_of(token))
    record(person, FeedChanged, by=by, feed=feed.pk, team=team and team.pk, is_on=True)
    return token


@action("rota.revoke_feed", permission="own.edit")
def revoke_feed(feed: Feed, *, by: Any) -> None:
    """Make a calendar address useless from now on."""
    if feed.revoked_at is None:
        feed.revoked_at = clock.now()
        feed.save(update_fields=["revoked_at"])
        record(feed.person, FeedChanged, by=by, feed=feed.pk, team=feed.team_id, is_on=False)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
