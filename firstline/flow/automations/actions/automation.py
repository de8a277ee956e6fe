from __future__ import annotations

from typing import Any

from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused, action
from firstline.core.conditions import ConditionError
from firstline.core.events.record import record
from firstline.flow.automations.events import AutomationChanged, ReviewDue
from firstline.flow.automations.fields import BY_KEY, MOMENTS, SIDES, TIME, UNITS
from firstline.flow.automations.models import Automation, Book, Firing, Version
from firstline.flow.automations.queries.due import CUSTOM
from firstline.flow.automations.queries.trial import try_version
from firstline.work.tickets.models import CustomField

from ._checks import condition_of, deeds_of, must_be_for_own_teams, name_of, teams_of

MOST = 500
EDIT = "automation.edit"


@action("automation.save", permission=EDIT)
def save_automation(automation: Automation, document: dict[str, Any], *, by: Any) -> Version:
    """Add an automation or change it. What it does is kept as a draft until somebody publishes it."""
    _check_facts(automation, by=by)
    kept = _checked(document)
    is_new = automation._state.adding
    if is_new:
        if Automation.objects.count() >= MOST:
            raise Refused(_("There are %(most)d automations already.") % {"most": MOST})
        automation.position = (Automation.objects.aggregate(last=Max("position"))["last"] or 0) + 1
    automation.save()
    if not is_new and automation.live is not None and automation.live.document == kept:
        Version.objects.filter(automation=automation, state=Version.State.DRAFT).delete()
        Book.turn()
        record(automation, AutomationChanged, by=by, name=automation.name, how="facts")
        return automation.live
    draft = Version.objects.filter(automation=automation, state=Version.State.DRAFT).first()
    draft = draft or Version(automation=automation, number=_next_number(automation))
    draft.document, draft.saved_by, draft.saved_at = kept, by, clock.now()
    draft.save()
    Book.turn()
    record(automation, AutomationChanged, by=by, name=automation.name, how="saved", version=draft.number)
    return draft


@action("automation.publish", permission=EDIT)
def publish(automation: Automation, *, by: Any) -> Version:
    """Let the draft take effect. What it would have done last month is kept with it."""
    automation = Automation.objects.select_for_update(of=("self",)).get(pk=automation.pk)
    draft = Version.objects.filter(automation=automation, state=Version.State.DRAFT).first()
    if draft is None:
        raise Refused(_("There is no draft to publish."))
    draft.document = _checked(draft.document)  # what it names may be gone since then
    return _take_effect(automation, draft, by=by)


@action("automation.restore", permission=EDIT)
def restore(automation: Automation, number: int, *, by: Any) -> Version:
    """Take an earlier version again: as a new one, published at once."""
    automation = Automation.objects.select_for_update(of=("self",)).get(pk=automation.pk)
    earlier = Version.objects.filter(automation=automation, number=number).exclude(state=Version.State.DRAFT).first()
    if earlier is None:
        raise Refused(_("There is no such version."))
    Version.objects.filter(automation=automation, state=Version.State.DRAFT).delete()
    again = Version(
        automation=automation, number=_next_number(automation), document=_checked(earlier.document), saved_by=by
    )
    again.save()
    return _take_effect(automation, again, by=by)


@action("automation.discard", permission=EDIT)
def discard(automation: Automation, *, by: Any) -> None:
    """Throw the draft away."""
    Version.objects.filter(automation=automation, state=Version.State.DRAFT).delete()
    record(automation, AutomationChanged, by=by, name=automation.name, how="discarded")


@action("automation.switch", permission=EDIT)
def switch(automation: Automation, is_active: bool, *, by: Any) -> Automation:
    """Switch it on or off. What time sets off begins anew: nothing is made up for."""
    automation.is_active = is_active
    automation.save(update_fields=["is_active"])
    if is_active and automation.live_id is not None:
        Version.objects.filter(pk=automation.live_id).update(published_at=clock.now())
    Book.turn()
    record(automation, AutomationChanged, by=by, name=automation.name, how="on" if is_active else "off")
    return automation


@action("automation.move", permission=EDIT)
def move(automation: Automation, places: int, *, by: Any) -> Automation:
    """Let it be asked earlier (a negative number of places) or later."""
    order = list(Automation.objects.select_for_update(of=("self",)).order_by("position", "id"))
    at = next(place for place, one in enumerate(order) if one.pk == automation.pk)
    moved = order.pop(at)
    order.insert(max(0, min(len(order), at + places)), moved)
    for position, one in enumerate(order, start=1):
        if one.position != position:
            one.position = position
            one.save(update_fields=["position"])
    Book.turn()
    record(automation, AutomationChanged, by=by, name=automation.name, how="moved")
    return moved


@action("automation.remove", permission=EDIT)
def remove(automation: Automation, *, by: Any) -> None:
    """Remove an automation that never did anything; any other is switched off, so that its tickets stay explained."""
    if Firing.objects.filter(automation=automation).exists():
        raise Refused(_("It has done something, which stays explained. Switch it off instead."))
    record(automation, AutomationChanged, by=by, name=automation.name, how="removed")
    Automation.objects.filter(pk=automation.pk).update(live=None)
    automation.delete()
    Book.turn()


@action("automation.remind_of_review", permission=EDIT)
def remind_of_review(automation: Automation, *, by: Any) -> None:
    """Point out that it should be looked at again; once for each day that was set."""
    automation.reminded_on = automation.review_on
    automation.save(update_fields=["reminded_on"])
    record(automation, ReviewDue, by=by, name=automation.name, on=f"{automation.review_on}")


def remind_of_reviews() -> bool:
    """All whose day has come, and whose owner was not told of this day yet."""
    today = clock.now().astimezone(timezone.get_current_timezone()).date()
    due = Automation.objects.filter(review_on__lte=today, is_active=True, owner__isnull=False)
    for each in due.filter(Q(reminded_on__isnull=True) | ~Q(reminded_on=F("review_on")))[:100]:
        remind_of_review(each, by=None)
    return False


def _take_effect(automation: Automation, version: Version, *, by: Any) -> Version:
    before = automation.live
    if before is not None:
        before.state = Version.State.RETIRED
        before.save(update_fields=["state"])
    try:
        version.trial = try_version(automation, version, by).figures() if by is not None else {}
    except ConditionError as error:
        raise Refused(error.sentence) from None
    version.state, version.published_at, version.published_by = Version.State.PUBLISHED, clock.now(), by
    version.save()
    automation.live = version
    automation.save(update_fields=["live"])
    Book.turn()
    record(automation, AutomationChanged, by=by, name=automation.name, how="published", version=version.number)
    return version


def _next_number(automation: Automation) -> int:
    return (Version.objects.filter(automation=automation).aggregate(last=Max("number"))["last"] or 0) + 1


def _check_facts(automation: Automation, *, by: Any) -> None:
    automation.name = name_of(automation.name)
    automation.goal = " ".join(automation.goal.split())[:300]
    automation.teams = teams_of(automation.teams)
    must_be_for_own_teams(automation, EDIT, by=by)


def _checked(document: dict[str, Any]) -> dict[str, Any]:
    whens = [key for key in BY_KEY if key in document.get("whens", ())]
    kept: dict[str, Any] = {
        "whens": [*whens, TIME] if TIME in document.get("whens", ()) else whens,
        "condition": condition_of(document.get("condition")),
        "deeds": deeds_of(document.get("deeds", ())),
        "minutes": max(0, min(int(document.get("minutes") or 0), 10_000)),
    }
    if not kept["whens"]:
        raise Refused(_("Choose when it is asked."))
    if TIME in kept["whens"]:
        kept["time"] = _checked_time(document.get("time") or {})
    return kept


def _checked_time(time: dict[str, Any]) -> dict[str, Any]:
    of, amount = str(time.get("of", "")), int(time.get("amount") or 0)
    is_own = of.startswith(CUSTOM) and CustomField.objects.filter(
        key=of.removeprefix(CUSTOM), type=CustomField.Type.DATE, is_active=True
    ).exists()  # fmt: skip
    if of not in dict(MOMENTS) and not is_own:
        raise Refused(_("Choose the moment from which time is counted."))
    if time.get("unit") not in dict(UNITS) or time.get("side") not in dict(SIDES):
        raise Refused(_("Choose how time is counted."))
    if not 0 <= amount <= 10_000:
        raise Refused(_("The time is a whole number from 0 to 10,000."))
    return {"of": of, "side": time["side"], "amount": amount, "unit": time["unit"]}
