"""What can be done to a ticket, in words, and what would be otherwise on one: a deed is {"do": key, "value": …}.

Doing it is `actions/_deeds.py`; both know the same keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.preferences.house import ORGANISATION_NAME
from firstline.flow.automations.fields import UNITS
from firstline.flow.automations.models import CannedReply
from firstline.flow.triage.queries.explaining import label_of, shown
from firstline.people.accounts.models import Person
from firstline.people.notifications.engine.words import fill
from firstline.people.notifications.fields import subject_of
from firstline.people.notifications.queries import language_of
from firstline.work.tickets.models import Participant, Priority, Status, StatusType, Ticket

Change = tuple[str, Any, Any]  # what, as it is, as it would be

# In the order in which they are done: facts first, then whose it is, then its status, then words.
ORDER = (
    "category", "impact", "urgency", "priority", "add_tags", "remove_tags", "custom", "due", "team", "owner", "pick",
    "watch", "status", "note", "reply", "answer", "notify", "escalate",
)  # fmt: skip
# Every time they are done, something is: there is no being so already.
WORDS = frozenset({"note", "reply", "answer", "notify", "escalate"})
NOBODY = 0
OF_TYPE = "type:"  # before the type of a status: the first status of that type, whatever the kind of ticket

# What is written in texts: what notices say of a ticket, and a few more.
MORE_PLACES = ("person", "organisation", "agent")


def places() -> dict[str, Any]:
    """The placeholders of texts, with what they mean."""
    subject = subject_of("ticket")
    known = dict(subject.placeholders) if subject is not None else {}
    return known | {
        "person": _("the requester’s first name"),
        "organisation": _("the name of the organisation"),
        "agent": _("who writes it"),
    }


def filled(text: str, ticket: Ticket, by: Any) -> str:
    """A text for a ticket, in words its requester may read."""
    subject = subject_of("ticket")
    read: Mapping[int, Mapping[str, str]] = subject.read(ticket.requester, [ticket.pk]) if subject is not None else {}
    return fill(text, {
        **read.get(ticket.pk, {}),
        "person": ticket.requester.short_name,
        "organisation": ORGANISATION_NAME.get(),
        "agent": by.display_name if by is not None else ORGANISATION_NAME.get(),
    })  # fmt: skip


def text_of(reply: CannedReply, person: Any) -> tuple[str, str]:
    """Language and text of a canned reply for this reader; in the first language it has, if not in theirs."""
    language = language_of(person)
    known = reply.texts
    found = next((code for code in (language, language.split("-")[0], *known) if known.get(code, {}).get("text")), "")
    return found, known.get(found, {}).get("text", "")


def in_words(deeds: Iterable[Mapping[str, Any]]) -> list[str]:
    """Each deed as a short sentence."""
    return [_said(deed["do"], deed.get("value")) for deed in deeds]


def differences(ticket: Ticket, deeds: Iterable[Mapping[str, Any]]) -> list[Change]:
    """What would be otherwise on the ticket; empty where everything is so already."""
    return [change for deed in deeds for change in _differences(ticket, deed["do"], deed.get("value"))]


def change_in_words(change: Iterable[Any]) -> tuple[str, str, str]:
    """What, before, after: as people read them."""
    what, before, after = change
    return _label(what), _value(what, before), _value(what, after)


def due_from(value: Mapping[str, Any], now: datetime) -> datetime:
    unit = "minutes" if value.get("unit") == "minutes" else "hours" if value.get("unit") == "hours" else "days"
    return now + timedelta(**{unit: int(value.get("amount") or 0)})


def _differences(ticket: Ticket, do: str, value: Any) -> list[Change]:
    if do in WORDS:
        return [(do, None, value)]
    if do in {"add_tags", "remove_tags"}:
        here = {tag.name for tag in ticket.tags.all()}
        moved = [tag for tag in value if (tag in here) == (do == "remove_tags")]
        return [(do, None, moved)] if moved else []
    if do == "custom":
        return [
            (f"custom.{key}", ticket.custom.get(key), wanted)
            for key, wanted in value.items()
            if ticket.custom.get(key) != wanted
        ]
    if do == "due":
        moment = due_from(value, clock.now())
        is_there = ticket.due_at is not None and abs(ticket.due_at - moment) < timedelta(minutes=1)
        return [] if is_there else [("due", None, value)]
    if do == "pick":
        return [("pick", None, None)] if ticket.owner_id is None and ticket.team_id is not None else []
    if do == "watch":
        watches = any(
            part.person_id == value and part.role == Participant.Role.WATCHER for part in ticket.participants.all()
        )
        return [] if watches else [("watch", None, value)]
    if do == "status" and value.startswith(OF_TYPE):
        return [("status", ticket.status.key, value)] if ticket.state != value.removeprefix(OF_TYPE) else []
    is_ = _now(ticket, do)
    wanted = None if do == "owner" and value == NOBODY else value
    return [(do, is_, wanted)] if is_ != wanted else []


def _now(ticket: Ticket, do: str) -> Any:
    match do:
        case "category":
            return ticket.category_id
        case "team":
            return ticket.team_id
        case "owner":
            return ticket.owner_id
        case "status":
            return ticket.status.key
        case "priority" | "impact" | "urgency":
            return getattr(ticket, do)
    return None


def _said(do: str, value: Any) -> str:
    match do:
        case "reply":
            return _("Write to everybody on the ticket: “%(text)s”") % {"text": _short(value)}
        case "note":
            return _("Note for the desk: “%(text)s”") % {"text": _short(value)}
        case "answer":
            return _("Send the canned reply “%(name)s”") % {"name": _canned(value)}
        case "notify":
            return _("Tell %(whom)s: “%(text)s”") % {"whom": whom_in_words(value), "text": _short(value.get("text"))}
        case "escalate":
            return _("Escalate it: “%(text)s”") % {"text": _short(value)}
        case "pick":
            return _("Let its team choose who gets it")
        case "custom":
            return "; ".join(f"{key}: {part}" for key, part in value.items())
    return f"{_label(do)}: {_value(do, value)}"


def whom_in_words(value: Mapping[str, Any]) -> str:
    """Whom a deed tells."""
    labels = {
        "owner": _("its owner"),
        "team": _("its team"),
        "leads": _("the leads of its team"),
        "watchers": _("those who watch it"),
    }
    return labels.get(value.get("whom", ""), "") or _person(value.get("person"))


def _label(what: str) -> str:
    labels = {
        "status": _("Status"),
        "add_tags": _("Add tags"),
        "remove_tags": _("Remove tags"),
        "due": _("Due"),
        "watch": _("Watcher"),
        "pick": _("Let its team choose who gets it"),
        "reply": _("Message to everybody"),
        "note": _("Internal note"),
        "answer": _("Canned reply"),
        "notify": _("Notice"),
        "escalate": _("Escalation"),
    }
    return labels.get(what) or label_of(what)


def _value(what: str, value: Any) -> str:
    if what == "owner":
        return _("nobody") if value in (None, NOBODY) else _person(value)
    if value in (None, "", []):
        return "—"
    match what:
        case "watch":
            return _person(value)
        case "status" if f"{value}".startswith(OF_TYPE):
            return str(StatusType(value.removeprefix(OF_TYPE)).label)
        case "status":
            name = Status.objects.filter(key=value).values_list("name", flat=True).first()
            return _(name) if name else f"{value}"
        case "priority":
            return str(Priority(value).label)
        case "due":
            unit = dict(UNITS).get(value.get("unit", ""), "")
            return _("in %(amount)s %(unit)s") % {"amount": value.get("amount"), "unit": unit}
        case "answer":
            return _canned(value)
        case "notify":
            return f"{whom_in_words(value)}: {_short(value.get('text'))}"
        case "reply" | "note" | "escalate":
            return _short(value)
    return shown(what, value)


def _person(number: Any) -> str:
    person = Person.objects.filter(pk=number).first() if number else None
    return person.display_name if person is not None else f"#{number}"


def _canned(number: Any) -> str:
    return CannedReply.objects.filter(pk=number).values_list("name", flat=True).first() or f"#{number}"


def _short(text: Any) -> str:
    line = " ".join(f"{text or ''}".split())
    return line if len(line) <= 80 else line[:79].rstrip() + "…"
