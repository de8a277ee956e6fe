"""How the desk stands, on one page: in and out, the pile, who carries it, which shift does how well."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from firstline.core.entry import access
from firstline.core.ui.charts import Bar, Series
from firstline.core.ui.render import page
from firstline.insight.reports.queries import (
    FEW,
    PERIODS,
    ShiftFigures,
    days_of,
    growth_of,
    shifts_compared,
    team_loads,
    waits_of,
)
from firstline.people.access.rules import teams_of
from firstline.people.teams.queries import visible_to as teams_visible_to
from firstline.work.tickets.queries import visible_to


@access("report.view")
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """Of all teams the viewer may see, or of one."""
    person: Any = request.user
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(each) for each in PERIODS} else 30
    mine = teams_of(person)
    teams = [team for team in teams_visible_to(person).filter(is_active=True) if not team.is_private or team.pk in mine]
    team = next((each for each in teams if f"{each.pk}" == request.GET.get("team")), None)

    def address(**more: object) -> str:
        return "?" + urlencode({"days": days, **({"team": team.pk} if team else {}), **more})

    tickets = visible_to(person).filter(merged_into__isnull=True)
    if team is not None:
        tickets = tickets.filter(team=team)
    found = days_of(tickets, days)
    shifts = shifts_compared(person, days=days, teams=[team] if team else teams)
    opened, solved = sum(day.opened for day in found), sum(day.solved for day in found)
    names = {
        "days": found,
        "labels": [formats.date_format(day.day, "j M") for day in found],
        "flow": [
            Series(name=_("Opened"), values=[day.opened for day in found], tone="open"),
            Series(name=_("Solved"), values=[day.solved for day in found], tone="resolved"),
        ],
        "pile": [Series(name=_("Open"), values=[day.open for day in found])],
        "opened": opened,
        "solved": solved,
        "growth": growth_of(tickets),
        "waits": waits_of(tickets, days),
        "loads": [load for load in team_loads(person) if team is None or load.team == team],
        "shifts": shifts,
        "answer_bars": [
            Bar(name=_name(each), value=each.answered_in, count=len(each.answers), is_thin=each.is_thin)
            for each in shifts
            if each.answered_in is not None
        ],
        "few": FEW,
        "team": team,
        "teams": [{"label": _("All teams"), "url": f"?days={days}", "current": team is None}]
        + [{"label": each.name, "url": address(team=each.pk), "current": each == team} for each in teams],
        "periods": [
            {
                "label": ngettext("last %(num)s day", "last %(num)s days", each) % {"num": each},
                "url": address(days=each),
                "current": each == days,
            }
            for each in PERIODS
        ],
        "name_of": _name,
        "breadcrumb": [(_("How the desk stands"), None)],
    }
    return page(request, "reports/desk.html", names)


def _name(figures: ShiftFigures) -> str:
    return f"{figures.team.name}: {figures.shift.name if figures.shift else _('nobody on shift')}"
