"""What an organisation may set about triage."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from firstline.core.preferences import Preference, Section, declare, declare_section

declare_section(
    Section(
        "triage-limits",
        _("Limits of triage"),
        help=_("When a ticket counts as forgotten, and how sure a suggestion must be."),
    )
)
STILL_HOURS = declare(
    Preference(
        "triage.still_hours", int, default=72, lowest=0, highest=10_000, section="triage-limits",
        label=_("Hours without movement after which it is pointed out"),
        help=_("The requester and whoever has it are told, and the ticket says so. 0: never."),
    )
)  # fmt: skip
STUCK_HOURS = declare(
    Preference(
        "triage.stuck_hours", int, default=24, lowest=1, highest=10_000, section="triage-limits",
        label=_("Hours after which a ticket that waits for us counts as stuck"),
        help=_("Those without an answer to its requester for so long stand on the supervisor’s page."),
    )
)  # fmt: skip
SURE_ENOUGH = declare(
    Preference(
        "triage.sure_enough", int, default=80, lowest=1, highest=101, section="triage-limits",
        label=_("Per cent of certainty from which a suggested category is set"),
        help=_("Less sure suggestions are only shown. 101: never set by itself."),
    )
)  # fmt: skip
