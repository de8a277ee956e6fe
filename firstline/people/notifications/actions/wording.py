from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.record import record
from firstline.people.notifications.engine.words import unknown
from firstline.people.notifications.events import WordingChanged
from firstline.people.notifications.fields import kind_of
from firstline.people.notifications.models import Wording
from firstline.people.notifications.queries import placeholders_of

LONGEST_TEXT = 5000


@action("notice.word", permission="settings.edit")
def word(kind: str, language: str, *, title: str, text: str = "", by: Any) -> Wording:
    """Say one kind of notice in one's own words, in one language."""
    if language not in dict(settings.LANGUAGES):
        raise Refused(_("There is no such language here."))
    title, text = " ".join(title.split())[:200], text.strip().replace("\r\n", "\n")[:LONGEST_TEXT]
    if not title:
        raise Refused(_("A notice needs a title."))
    wrong = unknown(f"{title}\n{text}", placeholders_of(kind_of(kind)))
    if wrong:
        name, meant = next(iter(wrong.items()))
        known = {"name": f"{{{name}}}", "meant": f"{{{meant}}}"}
        if meant:
            raise Refused(_("There is no placeholder %(name)s. Did you mean %(meant)s?") % known)
        raise Refused(_("There is no placeholder %(name)s.") % known)
    row, _is_new = Wording.objects.update_or_create(
        kind=kind, language=language, defaults={"title": title, "text": text, "changed_at": clock.now()}
    )
    record(row, WordingChanged, by=by, kind=kind, language=language, is_reset=False)
    return row


@action("notice.reset_words", permission="settings.edit")
def reset_words(kind: str, language: str, *, by: Any) -> None:
    """Take the original words of a kind of notice again."""
    row = Wording.objects.filter(kind=kind, language=language).first()
    if row is not None:
        pk = row.pk
        row.delete()
        row.pk = pk
        record(row, WordingChanged, by=by, kind=kind, language=language, is_reset=True)
