from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from firstline.core.actions import may
from firstline.core.entry import access
from firstline.core.ui.render import page
from firstline.doors.desk import queues
from firstline.flow.triage.queries.supervision import CONCERNS, concerning, loads
from firstline.people.access.rules import teams_of
from firstline.people.teams.queries import visible_to as teams_visible_to


@access("report.view")
@require_safe
def supervision(request: HttpRequest) -> HttpResponse:
    """What needs a hand, and how much everybody carries: of all teams or of one."""
    person: Any = request.user
    teams = [team for team in teams_visible_to(person).filter(is_active=True) if _may_look(team, person)]
    chosen = request.GET.get("team", "")
    team = next((each for each in teams if f"{each.pk}" == chosen), None)
    concern = next((each for each in CONCERNS if each.key == request.GET.get("list")), CONCERNS[0])
    number = team.pk if team else None

    def address(key: str, **more: str) -> str:
        return "?" + urlencode({"list": key, **({"team": team.pk} if team else {}), **more})

    found = queues.page(
        concerning(person, concern, team=number),
        "priority",
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    everybody = loads(person, team=number)
    names = {
        "concern": concern,
        "concerns": [
            (each, address(each.key), queues.count_up_to(concerning(person, each, team=number))) for each in CONCERNS
        ],
        "rows": queues.drawn(found.rows),
        "newer": address(concern.key, before=found.newer) if found.newer else None,
        "older": address(concern.key, after=found.older) if found.older else None,
        "here": address(concern.key),
        "loads": everybody,
        "team": team,
        "teams": teams,
        "may_repair": may(person, "ticket.bulk"),
        "breadcrumb": [],
    }
    return page(request, "desk/supervision.html", names, block="pieces")


def _may_look(team: Any, person: Any) -> bool:
    return not team.is_private or team.pk in teams_of(person)
