"""What stands beside a ticket, room by room: one plain list.

The page itself shows the ticket's facts at once; these follow in one piece, asked for when the page stands, so that no
room makes the ticket wait. A panel answers with the names its template needs, or with nothing if it has nothing to say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from firstline.flow.approvals.queries.shown import panel as approvals
from firstline.flow.escalation.queries import panel as escalation
from firstline.flow.surveys.queries.shown import panel as surveys
from firstline.flow.workflows.queries.runs import panel as workflows
from firstline.work.tasks.queries import panel as tasks
from firstline.work.tickets.models import Ticket
from firstline.work.tickets.queries import answers_panel


@dataclass(frozen=True, slots=True)
class Panel:
    template: str
    names: Callable[[Ticket, Any], dict[str, Any] | None]  # of the ticket and who looks at it


PANELS = (
    Panel("desk/answers.html", answers_panel),
    Panel("tasks/panel.html", tasks),
    Panel("approvals/panel.html", approvals),
    Panel("workflows/panel.html", workflows),
    Panel("escalation/panel.html", escalation),
    Panel("surveys/panel.html", surveys),
)  # fmt: skip
