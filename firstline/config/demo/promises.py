"""What the demo organisation promises: three regions with their hours and holidays, and what is agreed there."""

from __future__ import annotations

from firstline.config.demo.progress import Progress
from firstline.core.calendars.actions.calendar import save_calendar
from firstline.core.calendars.models import Calendar
from firstline.flow.sla.actions.agreement import Promised, condition_from, save_agreement
from firstline.flow.sla.actions.start import LAST, usual
from firstline.flow.sla.models import Agreement


def make_promises(progress: Progress) -> None:
    """Calendars and agreements, before the tickets that run under them. Does nothing where there are agreements."""
    if Agreement.objects.exists():
        return
    progress("Calendars and agreements")
    five = ("mon", "tue", "wed", "thu", "fri")
    regions: tuple[tuple[str, str, list[list[str]], dict[str, list[list[str]]], str, str], ...] = (
        ("Hamburg", "Europe/Berlin", [["08:00", "17:30"]], {"sat": [["09:00", "13:00"]]}, "DE", "HH"),
        ("New York", "America/New_York", [["09:00", "17:00"]], {}, "US", "NY"),
        ("Ho Chi Minh City", "Asia/Ho_Chi_Minh", [["08:00", "12:00"], ["13:00", "17:00"]], {}, "VN", ""),
    )
    calendars = {
        name: save_calendar(
            Calendar(name=name, zone=zone, week={**dict.fromkeys(five, hours), **more}, country=country, region=region),
            by=None,
        )
        for name, zone, hours, more, country, region in regions
    }
    outage = [
        Promised("first_response", 1, 10, True),
        Promised("update", 1, 30, True),
        Promised("resolution", 1, 120, True),
    ]
    agreed = (
        ("Company-wide outage", 10, "priority:critical impact:high", None, outage),
        ("New York office", 20, "department:Sales", "New York", usual()),
        ("Ho Chi Minh City plant", 30, "department:Production,Quality", "Ho Chi Minh City", usual()),
        ("Standard", LAST, "", "Hamburg", usual()),
    )
    for name, position, condition, region, promised in agreed:
        save_agreement(
            Agreement(
                name=name, position=position, condition=condition_from(condition), warn_at=[50, 75],
                calendar=calendars[region] if region else None, satisfaction=90, reopened=5,
            ),
            promised, by=None,
        )  # fmt: skip
    save_agreement(
        Agreement(
            name="Network within the house", audience=Agreement.Audience.INTERNAL, position=10, warn_at=[75],
            condition=condition_from("team:Network"), calendar=calendars["Hamburg"],
        ),
        [Promised("first_response", priority, 120) for priority in (1, 2, 3, 4)], by=None,
    )  # fmt: skip
