"""Making, changing, publishing and copying what people may ask for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from firstline.core import clock, search
from firstline.core.actions import NotAllowed, Refused, action, may
from firstline.core.conditions import ConditionError, check, from_json, to_json
from firstline.core.events.record import record
from firstline.core.fields import Context
from firstline.people.notifications.engine.words import PLACEHOLDER
from firstline.work.catalog.events import OfferingChanged, OfferingPublished, OfferingRetired
from firstline.work.catalog.fields import people
from firstline.work.catalog.models import Offering
from firstline.work.catalog.queries import missing, today
from firstline.work.intake.engine.questions import find
from firstline.work.intake.queries.forms import working

REVIEW_AFTER = timedelta(days=365)


@action("offering.make", permission="catalog.add")
def make_offering(names: dict[str, str], *, key: str = "", by: Any, **parts: Any) -> Offering:
    """Begin a new offering; whoever makes it is its owner until somebody else is."""
    names = {code: text.strip() for code, text in names.items() if text.strip()}
    if not names:
        raise Refused(_("An offering needs a name."))
    wanted = key or slugify(names.get("en") or next(iter(names.values()))) or "offering"
    offering = Offering(key=_free_key(wanted), names=names, **({"owner": by} | parts))
    return _kept(offering, by)


@action("offering.save", permission="catalog.edit")
def save_offering(offering: Offering, *, by: Any) -> Offering:
    """Change what is said of an offering. One that people can ask for must stay complete."""
    before = Offering.objects.get(pk=offering.pk)
    if before.owner_id != offering.owner_id and by is not None and not may(by, "catalog.edit", before):
        raise NotAllowed("Only its owner gives an offering away.")
    return _kept(offering, by)


@action("offering.publish", permission="catalog.edit")
def publish(offering: Offering, *, by: Any) -> Offering:
    """Let people ask for it, when nothing is missing."""
    offering.refresh_from_db(from_queryset=Offering.objects.select_for_update(of=("self",)))
    _must_be_complete(offering)
    offering.state, offering.published_at = Offering.State.PUBLISHED, clock.now()
    offering.save(update_fields=["state", "published_at"])
    record(offering, OfferingPublished, by=by, name=offering.name)
    return offering


@action("offering.retire", permission="catalog.edit")
def retire(offering: Offering, *, by: Any) -> Offering:
    """Take it out of the catalog; what was asked for goes on."""
    offering.state = Offering.State.RETIRED
    offering.save(update_fields=["state"])
    record(offering, OfferingRetired, by=by, name=offering.name)
    return offering


@action("offering.review", permission="catalog.edit")
def reviewed(offering: Offering, *, again_on: date | None = None, by: Any) -> Offering:
    """Note that it was looked at and is still right, and when to look again."""
    offering.review_on = again_on or today() + REVIEW_AFTER
    offering.save(update_fields=["review_on"])
    record(offering, OfferingChanged, by=by, name=offering.name, parts=["review_on"])
    return offering


@action("offering.copy", permission="catalog.add")
def copy(offering: Offering, *, by: Any) -> Offering:
    """Begin another offering with all that is said of this one; it asks the same form."""
    left_out = {"id", "pk", "key", "state", "names", "created_at", "changed_at", "published_at", "owner"}
    parts = {
        each.attname: getattr(offering, each.attname) for each in Offering._meta.fields if each.name not in left_out
    }
    names = {code: _("%(name)s (copy)") % {"name": text} for code, text in offering.names.items()}
    return _kept(Offering(key=_free_key(offering.key), names=names, owner=by, **parts), by)


def _kept(offering: Offering, by: Any) -> Offering:
    offering.names = {code: text.strip()[:200] for code, text in offering.names.items() if text.strip()}
    if not offering.names:
        raise Refused(_("An offering needs a name."))
    offering.audience = _checked_audience(offering.audience)
    _check_rows(offering)
    _check_subject(offering)
    if offering.state == Offering.State.PUBLISHED:
        _must_be_complete(offering)
    offering.changed_at = clock.now()
    offering.save()
    search.refresh("offering", offering.pk)
    record(offering, OfferingChanged, by=by, name=offering.name, parts=[])
    return offering


def _must_be_complete(offering: Offering) -> None:
    if lacking := missing(offering):
        words = ", ".join(part.label for part in lacking)
        raise Refused(_("Before people can ask for it, this is missing: %(parts)s.") % {"parts": words})


def _checked_audience(kept: Any) -> Any:
    if not kept:
        return {}
    try:
        return to_json(check(from_json(kept), people, Context(trusted=True)))
    except ConditionError as error:
        raise Refused(str(error)) from error


def _check_rows(offering: Offering) -> None:
    """Several requests are made from the rows of a table that the form has."""
    if offering.makes == Offering.Makes.ONE:
        offering.rows = ""
        return
    tables = [each.key for each in working(offering.form).questions if each.type == "table"] if offering.form else []
    if offering.rows not in tables:
        if len(tables) != 1:
            raise Refused(_("Say which rows of the form become requests of their own."))
        offering.rows = tables[0]


def _check_subject(offering: Offering) -> None:
    if offering.form is None:
        return
    asked = working(offering.form).questions
    for name in PLACEHOLDER.findall(offering.subject):
        if find(asked, name) is None:
            raise Refused(_("The form has no question “%(name)s” to put into the subject.") % {"name": name})


def _free_key(wanted: str) -> str:
    base, number = wanted[:36], 2
    key = base
    while Offering.objects.filter(key=key).exists():
        key, number = f"{base}-{number}", number + 1
    return key
