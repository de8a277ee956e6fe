"""Reads of the catalog. Each begins with who is looking."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstline.core import clock, search
from firstline.work.intake.models import FormVersion

from .models import Category, Offering
from .rules import offered_list, offered_to, shaped_by

# -------------------------------------------------------------------------- what rooms above tell, at start-up


@dataclass(frozen=True, slots=True)
class Record:
    """How an offering has gone lately: how often it was asked for, and how long it took (hours)."""

    asked: int = 0
    usual_hours: float | None = None  # half of them were faster
    slow_hours: float | None = None  # nine of ten were faster


Lookup = Callable[[], Iterable[tuple[str, str]]]
_records: list[Callable[[Iterable[int]], Mapping[int, Record]]] = []
_choices: dict[str, Lookup] = {}


def plug_in_record(read: Callable[[Iterable[int]], Mapping[int, Record]]) -> None:
    """work/tickets answers here: how the offerings with these ids have gone, in one query."""
    _records[:] = [read]


def plug_in_choices(name: str, choices: Lookup) -> None:
    """A room above says what `approval`, `workflow`, `agreement` or `ticket_category` may be: keys and names."""
    _choices[name] = choices


def choices_of(name: str) -> list[tuple[str, str]]:
    return [(str(key), str(label)) for key, label in _choices[name]()] if name in _choices else []


def label_of(name: str, key: Any) -> str:
    """How a thing of a room above is called; its key where nobody knows it."""
    return dict(choices_of(name)).get(str(key), str(key)) if key not in (None, "") else ""


def records_of(offerings: Iterable[Offering]) -> dict[int, Record]:
    ids = [each.pk for each in offerings]
    known = dict(_records[0](ids)) if _records and ids else {}
    return {pk: known.get(pk, Record()) for pk in ids}


# ------------------------------------------------------------------------------------------------- who asks


def visible_to(person: Any) -> QuerySet[Offering]:
    """The offerings this person may ask for, with what a page shows of them."""
    return offered_to(person).select_related("category", "team", "owner", "form")


def found_by(person: Any, words: str, *, size: int = 30) -> list[Offering]:
    """Those that fit the words best; a word that is only begun counts, too."""
    ids = search.best(offered_to(person), "offering", search.phrases(words, typing=True), internal=False, size=size)
    rank = {pk: place for place, pk in enumerate(ids)}
    return sorted(visible_to(person).filter(pk__in=ids), key=lambda each: rank[each.pk])


@dataclass(slots=True)
class Shelf:
    category: Category
    offerings: list[Offering]
    depth: int = 0


def shelves(person: Any) -> list[Shelf]:
    """The tree in reading order with what this person may ask for; empty shelves are not shown. Two queries."""
    by_category: dict[int | None, list[Offering]] = {}
    for offering in offered_list(person):
        by_category.setdefault(offering.category_id, []).append(offering)
    below: dict[int | None, list[Category]] = {}
    for category in Category.objects.all():
        below.setdefault(category.parent_id, []).append(category)

    def walk(parent: int | None, depth: int) -> Iterable[Shelf]:
        for category in below.get(parent, ()):
            inner = list(walk(category.pk, depth + 1))
            if inner or category.pk in by_category:
                yield Shelf(category, by_category.get(category.pk, []), depth)
                yield from inner

    return list(walk(None, 0))


def most_used(offerings: Sequence[Offering], *, most: int = 6) -> list[Offering]:
    """Those asked for most of late; before anybody has asked, the first ones."""
    asked = _popularity(offerings)
    return sorted(offerings, key=lambda each: -asked.get(each.pk, 0))[:most]


def _popularity(offerings: Sequence[Offering]) -> Mapping[int, int]:
    """How often each was asked for. Everybody's home shows it, so it is counted once in five minutes."""
    known: Mapping[int, int] = _popular[0]
    counted_at: float = _popular[1]
    if not offerings:
        return {}
    if counted_at + FRESH < time.monotonic() or not {each.pk for each in offerings} <= known.keys():
        known = {pk: record.asked for pk, record in records_of(offerings).items()}
        _popular[:] = [known, time.monotonic()]
    return known


FRESH = 300.0  # seconds
_popular: list[Any] = [{}, 0.0]


def category_tree() -> list[Category]:
    """All categories in reading order, each knowing its depth."""
    below: dict[int | None, list[Category]] = {}
    for category in Category.objects.all():
        below.setdefault(category.parent_id, []).append(category)

    def walk(parent: int | None, depth: int) -> Iterable[Category]:
        for category in below.get(parent, ()):
            category.depth = depth  # type: ignore[attr-defined]
            yield category
            yield from walk(category.pk, depth + 1)

    return list(walk(None, 0))


# ------------------------------------------------------------------------------------------------- who shapes


@dataclass(frozen=True, slots=True)
class Part:
    """One thing an offering needs before it is published. `field`: where to put it."""

    field: str
    label: str
    is_there: bool


def parts_of(offering: Offering) -> list[Part]:
    """Everything an offering holds, and whether it is there: the page shows it, publishing needs all of it."""
    form = offering.form_id is None or FormVersion.objects.filter(form=offering.form_id, state="published").exists()
    return [
        Part("names", _("A name"), any(offering.names.values())),
        Part("summaries", _("What it is, in one sentence"), any(offering.summaries.values())),
        Part("category", _("A category"), offering.category_id is not None),
        Part("form", _("Questions: a published form"), offering.form_id is not None and form),
        Part("promised_hours", _("When it will be done"), offering.promised_hours is not None),
        Part("cost", _("What it costs and who pays"), offering.cost is not None and bool(offering.payer)),
        Part("approval", _("Who approves it, or that nobody has to"), bool(offering.approval)),
        Part("procedures", _("How it is done, for who does it"), any(offering.procedures.values())),
        Part("team", _("The team that does it"), offering.team_id is not None),
        Part("owner", _("Somebody who answers for it"), offering.owner_id is not None),
        Part("articles", _("An article that helps before asking"), bool(offering.articles)),
        Part("review_on", _("A day on which it is looked at again"), offering.review_on is not None),
    ]


def missing(offering: Offering) -> list[Part]:
    return [part for part in parts_of(offering) if not part.is_there]


def shaping(person: Any) -> QuerySet[Offering]:
    """The offerings this person may shape."""
    return shaped_by(person).select_related("category", "team", "owner", "form")


def due_for_review(person: Any) -> QuerySet[Offering]:
    """Published offerings whose day of review has come, the longest overdue first."""
    found = shaping(person).filter(state=Offering.State.PUBLISHED, review_on__lte=today())
    return found.order_by("review_on", "id")


def today() -> date:
    return clock.now().astimezone(timezone.get_current_timezone()).date()


# ------------------------------------------------------------------------------------------------- in words


def promised_in_words(hours: int | None) -> str:
    """Working time: a day has eight hours."""
    if hours is None:
        return ""
    if hours == 0:
        return _("at once")
    if hours < 8:
        return ngettext("%(count)s working hour", "%(count)s working hours", hours) % {"count": hours}
    days = round(hours / 8)
    return ngettext("%(count)s working day", "%(count)s working days", days) % {"count": days}


def measured_in_words(hours: float | None) -> str:
    """Time on the clock, as it was in fact."""
    if hours is None:
        return ""
    if hours < 1:
        minutes = max(1, round(hours * 60))
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    if hours < 36:
        return ngettext("%(count)s hour", "%(count)s hours", round(hours)) % {"count": round(hours)}
    days = round(hours / 24)
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
