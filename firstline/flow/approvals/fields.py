"""What the organisation may set about approvals, and the word `approval:` of searches and rules on tickets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firstline.core.fields import CHOICE, Choice, Field
from firstline.core.fields.questions import Missing, OneOf, Present
from firstline.core.preferences import Preference, Section, declare, declare_section
from firstline.work.tickets.fields import catalogue
from firstline.work.tickets.models import Ticket

from .models import Approval

State = Approval.State

declare_section(
    Section(
        "approvals", _("Approvals"), help=_("Which rules ask for approvals has pages of its own."), icon="check-circle"
    )
)
COST_FIELD = declare(
    Preference(
        "approvals.cost_field", str, default="cost", section="approvals", label=_("Own field that holds the cost"),
        help=_("Its key, as on the page of own fields. Stages with a cost limit read it."),
    )
)  # fmt: skip
CURRENCY = declare(
    Preference(
        "approvals.currency", str, default="EUR", section="approvals", label=_("Currency"),
        help=_("Shown behind costs."),
    )
)  # fmt: skip
BY_MAIL = declare(
    Preference(
        "approvals.by_mail", bool, default=False, section="approvals", label=_("Approvers may answer by mail"),
        help=_(
            "“approve” or “refuse because …” as the first words. Counts only if our mail server vouches for the "
            "sender; what was decided is told back at once."
        ),
    )
)  # fmt: skip


def _states(ticket: Ticket) -> list[str]:
    states = set(Approval.objects.filter(ticket=ticket.pk).order_by().values_list("state", flat=True))
    return sorted(states | {State.WAITING.value} if State.MORE in states else states)


def _by_state(question: Any) -> Q:
    """A question about the approvals of a ticket, which may have several or none."""
    asked = Approval.objects.order_by()
    match question:
        case Missing():
            return ~Q(pk__in=asked.values("ticket_id"))
        case Present():
            return Q(pk__in=asked.values("ticket_id"))
        case OneOf(values):
            if State.WAITING in values:  # whoever waits for the requester's answer is waiting, too
                values = (*values, State.MORE)
            return Q(pk__in=asked.filter(state__in=values).values("ticket_id"))
    return Q(pk__in=[])


def _choices() -> Iterable[Choice]:
    return [Choice(value, label) for value, label in Approval.State.choices]


catalogue.add(
    Field(
        key="approval", kind=CHOICE, label=_("Approval"), many=True, read=_states, choices=_choices,
        filter=lambda question, context: _by_state(question),
        help=_("approval:waiting finds what waits for somebody's approval"),
    )
)  # fmt: skip
