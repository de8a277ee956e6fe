"""What the organisation may set about confirming and closing. What surveys ask has pages of its own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from firstline.core.preferences import Preference, Section, declare, declare_section
from firstline.work.tickets.models import Kind

declare_section(Section("satisfaction", _("Satisfaction"), icon="smile"))
declare_section(
    Section(
        "confirmation",
        _("Confirm and close"),
        help=_("When something is solved, we ask whether it is; without an answer it closes by itself."),
        icon="check-circle",
    )
)

WHO = [
    ("requester", _("The requester")),
    ("manager", _("Their manager, or the requester where there is none")),
    ("both", _("Both; the first answer counts")),
    ("nobody", _("Nobody")),
]
LABELS = {
    Kind.INCIDENT: (_("Incidents: who is asked"), _("Incidents: close by themselves after days")),
    Kind.REQUEST: (_("Service requests: who is asked"), _("Service requests: close by themselves after days")),
    Kind.PROBLEM: (_("Problems: who is asked"), _("Problems: close by themselves after days")),
    Kind.CHANGE: (_("Changes: who is asked"), _("Changes: close by themselves after days")),
}
ASKED = {
    kind.value: declare(
        Preference(
            f"confirmation.asked_{kind.value}", str, default="requester", section="confirmation", label=LABELS[kind][0],
            choices=lambda: list(WHO),
        )
    )
    for kind in Kind
}  # fmt: skip
CLOSING_DAYS = {
    kind.value: declare(
        Preference(
            f"confirmation.closing_days_{kind.value}", int, default=5, lowest=0, highest=365, section="confirmation",
            label=LABELS[kind][1], help=_("Working days. 0: it stays until somebody closes it."),
        )
    )
    for kind in Kind
}  # fmt: skip
REMINDER_DAYS = declare(
    Preference(
        "confirmation.reminder_days", int, default=2, lowest=0, highest=365, section="confirmation",
        label=_("Remind after days"), help=_("Working days without an answer. 0: never."),
    )
)  # fmt: skip
TARGET = declare(
    Preference(
        "satisfaction.target_percent", int, default=85, lowest=0, highest=100, section="satisfaction",
        label=_("Target: satisfied people (%)"), help=_("What lies surely below is shown as a weak spot."),
    )
)  # fmt: skip
