"""A conversation as the desk's page draws it: values that say everything that is shown, so that they can be kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from firstline.core.events.models import Event
from firstline.work.conversations.models import Message
from firstline.work.conversations.queries import Entry


class Line(NamedTuple):
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """A message. Two are the same if they look the same; what is too long to be compared hangs on `message`."""

    pk: int
    author: str
    at: datetime
    channel: str | None
    parts: tuple[Any, ...]
    message: Message = field(compare=False)

    @property
    def times(self) -> tuple[datetime, ...]:
        return (self.at,)


@dataclass(frozen=True, slots=True)
class Happened:
    """Changes between two messages."""

    lines: tuple[Line, ...]
    message: None = None

    @property
    def times(self) -> tuple[datetime, ...]:
        return tuple([line.at for line in self.lines])


def drawable(entries: Iterable[Entry]) -> list[Said | Happened]:
    """What `kept_each("desk/timeline.html", …)` draws."""
    channels = {"mail": _("mail"), "portal": _("portal"), "phone": _("phone"), "api": _("API"), "chat": _("chat")}
    return [
        Happened(tuple([_line(event) for event in entry.events]))
        if entry.message is None
        else _said(entry.message, channels)
        for entry in entries
    ]


def _said(message: Message, channels: Mapping[str, str]) -> Said:
    author = (
        message.author.display_name if message.author else _("Firstline") if message.is_from_desk else _("Somebody")
    )
    files = tuple(
        [(file.pk, file.name, file.size, file.is_inline, file.is_decoration) for file in message.attachments.all()]
    )
    looks = (message.visibility, message.is_from_desk, message.doubt)
    texts = (message.html, message.text, message.trimmed_text)
    return Said(message.pk, author, message.created_at, channels.get(message.source), (looks, texts, files), message)


def _line(event: Event) -> Line:
    who = event.actor.display_name if event.actor else _("Firstline")
    return Line(f"{who} {event.describe()}", event.at)
