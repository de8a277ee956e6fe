"""Suggestions of what could be done by itself: counted by a loop, made into a draft, or dismissed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.events.models import Event
from firstline.core.events.record import record
from firstline.flow.automations.engine.repetitions import Repetition, repetitions
from firstline.flow.automations.events import SuggestionDismissed
from firstline.flow.automations.models import Automation, Suggestion, Version
from firstline.flow.automations.queries.deeds import in_words
from firstline.flow.automations.queries.suggested import condition_for
from firstline.work.tickets.models import Ticket

from .automation import save_automation

DAYS = (30, 90)
MOST_TICKETS, MOST_EVENTS, MOST_KEPT = 50_000, 100_000, 50
AT_ONCE = 5_000
BY_HAND = ("ticket.assigned", "ticket.routed", "ticket.prioritised", "ticket.tagged")
MINUTES = 1  # of a person's work, each time; its owner says better


def count_repetitions() -> dict[str, tuple[int, Repetition]]:
    """What people do by hand under the same facts, with the number of days. Outside of any action: it takes seconds
    with many tickets, and whoever writes meanwhile does not wait for it."""
    found: dict[str, tuple[int, Repetition]] = {}
    for days in DAYS:
        since = clock.now() - timedelta(days=days)
        for each in repetitions(_tickets(since), _deeds(since))[:MOST_KEPT]:
            found.setdefault(_key(each), (days, each))
    return found


@action("automation.keep_repetitions", permission="automation.edit")
def keep_repetitions(found: Mapping[str, tuple[int, Repetition]], *, by: Any) -> int:
    """Keep what an automation could do, as it was counted."""
    Suggestion.objects.exclude(key__in=found).update(is_current=False)
    for key, (days, each) in found.items():
        facts = {
            "facts": dict(each.facts), "deed": _deed(each), "days": days, "times": each.times, "alike": each.alike,
            "people": each.people, "is_current": True, "counted_at": clock.now(),
        }  # fmt: skip
        if not Suggestion.objects.filter(key=key).update(**facts):
            Suggestion(key=key, **facts).save(force_insert=True)
    return len(found)


def look_for_repetitions() -> bool:
    keep_repetitions(count_repetitions(), by=None)
    return False


@action("automation.make_of_suggestion", permission="automation.edit")
def make_of_suggestion(suggestion: Suggestion, *, by: Any) -> Version:
    """Make it a draft automation of one's own: nothing happens before somebody publishes it."""
    if suggestion.automation_id is not None:
        raise Refused(_("There is an automation of it already."))
    name = in_words([suggestion.deed])[0][:100]
    made = Automation(
        name=name, owner=by, review_on=clock.now().date() + timedelta(days=182),
        goal=_("People did this by hand on %(times)s of %(alike)s such tickets in %(days)s days.") % {
            "times": suggestion.times, "alike": suggestion.alike, "days": suggestion.days,
        },
    )  # fmt: skip
    try:
        condition = condition_for(suggestion.facts)
    except LookupError:
        raise Refused(_("What it is about is gone.")) from None
    document = {
        "whens": ["opened"], "condition": condition, "deeds": [suggestion.deed], "minutes": MINUTES,
    }  # fmt: skip
    version = save_automation(made, document, by=by)
    suggestion.automation = made
    suggestion.save(update_fields=["automation"])
    return version


@action("automation.dismiss_suggestion", permission="automation.edit")
def dismiss_suggestion(suggestion: Suggestion, *, by: Any) -> Suggestion:
    """It is not wanted: it does not come back."""
    suggestion.dismissed_at, suggestion.dismissed_by = clock.now(), by
    suggestion.save(update_fields=["dismissed_at", "dismissed_by"])
    record(suggestion, SuggestionDismissed, by=by, deed=in_words([suggestion.deed])[0])
    return suggestion


def _tickets(since: Any) -> dict[int, dict[str, Any]]:
    """The newest ones, with the facts a condition can ask for."""
    rows = Ticket.objects.filter(created_at__gte=since, merged_into__isnull=True).order_by("-created_at", "-id")
    names = ("kind", "category_id", "organisation_id", "filing__offering_id")
    keys = ("kind", "category", "organisation", "offering")
    found = rows.values_list("pk", *names)[:MOST_TICKETS]
    return {pk: dict(zip(keys, values, strict=True)) for pk, *values in found.iterator(chunk_size=AT_ONCE)}


def _deeds(since: Any) -> Iterator[tuple[int, int, str, Any]]:
    """What people, and no rules, have set. Read by the index of kind and time."""
    for kind in BY_HAND:
        rows = Event.objects.filter(kind=kind, at__gte=since, actor__isnull=False).exclude(via__in=["rule", "import"])
        listed = rows.order_by("-at").values_list("subject_id", "actor_id", "facts")[:MOST_EVENTS]
        for ticket, person, facts in listed.iterator(chunk_size=AT_ONCE):
            to = facts.get("to")
            if kind == "ticket.assigned" and to is not None and to != person:  # taking what one works on is no routine
                yield ticket, person, "owner", to
            elif kind == "ticket.routed" and to is not None:
                yield ticket, person, "team", to
            elif kind == "ticket.prioritised" and to:
                yield ticket, person, "priority", to
            elif kind == "ticket.tagged":
                for tag in facts.get("added", ()):
                    yield ticket, person, "add_tags", tag


def _deed(found: Repetition) -> dict[str, Any]:
    what, value = found.deed
    return {"do": what, "value": [value] if what == "add_tags" else value}


def _key(found: Repetition) -> str:
    said = json.dumps([sorted(map(list, found.facts), key=str), list(found.deed)])
    return hashlib.sha256(said.encode()).hexdigest()
