"""The words other rooms use of notices: kinds, channels, reasons, and what a notice can be about.

ASSIGNED = declare(Kind("ticket.assigned", label=_("A ticket becomes yours"), title=_("#{number} is yours: {subject}")))
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .models import Channel, Notice, Reason

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy
else:
    Lazy = Promise

Words = str | Lazy


DESK_DEFAULT = frozenset({Channel.INBOX})
EVERYWHERE = frozenset(Channel)
TICKETS: Words = _("Tickets")


def _no_words(_notice: Notice, _person: Any) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    label: Words  # "A ticket becomes yours": the row of the page where people choose
    title: Words  # one line with placeholders
    text: Words = ""  # what a mail says besides; placeholders, too
    group: Words = TICKETS
    # Channels that are on until somebody chooses: for people of the desk, and for everybody else.
    desk: Collection[Channel] = DESK_DEFAULT
    others: Collection[Channel] = frozenset()
    # Which channels exist at all: a mail that the conversation sends anyway is not offered a second time.
    channels: Collection[Channel] = EVERYWHERE
    for_desk: bool = True
    for_others: bool = False  # whether people outside the desk may get it at all
    is_urgent: bool = False  # passes quiet hours and digests
    is_logged: bool = False  # the timeline says who was told: for what no person did
    facts: Mapping[str, Words] = field(default_factory=dict)  # further placeholders, with what they mean
    # More placeholders, worked out when the notice is written to one reader: they must only hold what that reader may
    # see at that moment. For `text` alone; a list of notices never asks for them.
    more: Callable[[Notice, Any], Mapping[str, str]] = _no_words


@dataclass(frozen=True, slots=True)
class Kind(_Options):
    """One kind of notice."""

    key: str

    def default(self, *, is_desk: bool) -> frozenset[Channel]:
        return frozenset(self.desk if is_desk else self.others) & frozenset(self.channels)


@dataclass(frozen=True, slots=True)
class Subject:
    """What notices can be about. `read(person, ids)` gives the placeholders of those of them the person may see now:

    a notice about anything else is neither sent nor shown. `link(person, id)` is the path of its page.
    """

    noun: str
    read: Callable[[Any, Collection[int]], Mapping[int, Mapping[str, str]]]
    link: Callable[[Any, int], str]
    placeholders: Mapping[str, Words] = field(default_factory=dict)


COMMON: dict[str, Words] = {
    "actor": _("who did it"),
    "person": _("the reader's first name"),
    "why": _("why the reader is told"),
    "organisation": _("the name of the organisation"),
    "link": _("the address of the page"),
}

_kinds: dict[str, Kind] = {}
_subjects: dict[str, Subject] = {}


__all__ = [
    "COMMON", "TICKETS", "Channel", "Kind", "Reason", "Subject", "all_kinds", "declare", "declare_subject", "kind_of",
    "knows", "subject_of",
]  # fmt: skip


def declare(kind: Kind) -> Kind:
    """Register a kind of notice."""
    if kind.key in _kinds and _kinds[kind.key].title != kind.title:
        raise ValueError(f"Two kinds of notice are called {kind.key}.")
    _kinds[kind.key] = kind
    return kind


def declare_subject(subject: Subject) -> Subject:
    """Say how a noun is read and by whom, so that notices can be about it."""
    _subjects[subject.noun] = subject
    return subject


def kind_of(key: str) -> Kind:
    """KeyError with a sentence if nobody has declared it."""
    try:
        return _kinds[key]
    except KeyError:
        raise KeyError(f"There is no kind of notice called {key}.") from None


def all_kinds(*, is_desk: bool | None = None) -> list[Kind]:
    """In the order they were declared; those that exist for the desk, or for everybody else."""
    return [kind for kind in _kinds.values() if is_desk is None or (kind.for_desk if is_desk else kind.for_others)]


def knows(key: str) -> bool:
    return key in _kinds


def subject_of(noun: str) -> Subject | None:
    return _subjects.get(noun)
