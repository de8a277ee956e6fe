from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from firstline.core.actions import Refused, action
from firstline.core.calendars.actions.calendar import save_calendar
from firstline.core.calendars.engine.hours import WEEKDAYS
from firstline.core.calendars.models import Calendar
from firstline.core.preferences.house import TIME_ZONE
from firstline.flow.sla.models import Agreement, Measure

from .agreement import Promised, save_agreement

FIRST, NEXT, NEWS, SOLUTION = Measure.FIRST_RESPONSE, Measure.NEXT_RESPONSE, Measure.UPDATE, Measure.RESOLUTION
# Minutes by priority. What is critical does not wait for the office to open.
USUAL: dict[int, dict[str, int]] = {
    1: {FIRST: 15, NEXT: 60, NEWS: 60, SOLUTION: 4 * 60},
    2: {FIRST: 60, NEXT: 4 * 60, NEWS: 4 * 60, SOLUTION: 8 * 60},
    3: {FIRST: 4 * 60, NEXT: 8 * 60, SOLUTION: 24 * 60},
    4: {FIRST: 8 * 60, NEXT: 16 * 60, SOLUTION: 40 * 60},
}
LAST = 1000  # in the order: whatever else is agreed comes first


@action("agreement.start", permission="sla.edit")
def start(*, by: Any) -> Agreement:
    """Begin with the usual promises: office hours, and answers and solutions by priority. All of it can be changed."""
    if Agreement.objects.exists():
        raise Refused(_("There are agreements already."))
    calendar = Calendar.objects.filter(is_active=True).order_by("pk").first() or save_calendar(
        Calendar(
            name=_("Office hours"), zone=TIME_ZONE.get(), week={day: [["08:00", "18:00"]] for day in WEEKDAYS[:5]}
        ),
        by=by,
    )
    agreement = Agreement(
        name=_("Standard"), position=LAST, calendar=calendar, warn_at=[75], satisfaction=90, reopened=5
    )  # fmt: skip
    return save_agreement(agreement, usual(), by=by)


def usual(*, faster: float = 1.0) -> list[Promised]:
    """The usual promises; `faster` 2 halves the times."""
    return [
        Promised(measure, priority, max(5, round(minutes / faster)), is_round_the_clock=priority == 1)
        for priority, promises in USUAL.items()
        for measure, minutes in promises.items()
    ]
