"""Letters of workflows: with an appointment for the calendar, or with files. Nobody answers them here."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.html import format_html, urlize
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from firstline.channels.email import rules
from firstline.channels.email.models import OutgoingMail
from firstline.core import clock
from firstline.core.preferences import house
from firstline.flow.workflows.engine.appointments import Appointment, Method, ical, zone_named
from firstline.flow.workflows.models import Invitation
from firstline.people.accounts.models import Person
from firstline.work.tickets.models import Ticket

from .write import automatic_headers, can_be_written_to, one_line


def write_invitation(ticket: Ticket, invitation: Invitation, method: Method) -> None:
    """Invite somebody, tell them of a change, or that it is called off."""
    person = invitation.person
    with translation.override(person.language or house.LANGUAGE.get()):
        zone = zone_named(invitation.zone)
        begins, ends = (each.astimezone(zone) for each in (invitation.begins_at, invitation.ends_at))
        day, first, last = date_format(begins, "DATE_FORMAT"), date_format(begins, "H:i"), date_format(ends, "H:i")
        when = _("%(day)s, %(begin)s to %(end)s (%(zone)s)") % {
            "day": day, "begin": first, "end": last, "zone": invitation.zone
        }  # fmt: skip
        if method == "CANCEL":
            subject = _("Called off: %(title)s") % {"title": invitation.title}
        elif invitation.sequence:
            subject = _("Changed: %(title)s") % {"title": invitation.title}
        else:
            subject = invitation.title
        text = "\n\n".join(part for part in (f"{when}\n{invitation.place}".strip(), invitation.text) if part)
    appointment = Appointment(
        uid=invitation.uid, sequence=invitation.sequence, title=invitation.title, text=invitation.text,
        place=invitation.place, begins_at=invitation.begins_at, ends_at=invitation.ends_at, zone=invitation.zone,
        organizer=(settings.MAIL_NAME, rules.desk_address()), attendee=(person.display_name, person.email or ""),
    )  # fmt: skip
    calendar = ical(appointment, method, stamp=invitation.sent_at)
    _write(OutgoingMail.Purpose.INVITE, ticket, person, subject, text, calendar=calendar)


def write_letter(ticket: Ticket, person: Person, subject: str, text: str, files: Iterable[int]) -> None:
    """What a workflow says to somebody, with the files of its tasks."""
    _write(OutgoingMail.Purpose.LETTER, ticket, person, subject, text, files=list(files))


def _write(
    purpose: str, ticket: Ticket, person: Person, subject: str, text: str, *, calendar: str = "",
    files: Iterable[int] = (),
) -> None:  # fmt: skip
    if not can_be_written_to(person):
        return
    html = format_html(
        '<div style="font-family:system-ui,sans-serif;font-size:15px;line-height:1.5"><p><b>{}</b></p>'
        '<div style="white-space:pre-line">{}</div></div>',
        subject,
        mark_safe(urlize(text, autoescape=True)),  # noqa: S308 -- urlize escapes
    )
    mail = OutgoingMail(
        purpose=purpose, ticket=ticket, person=person, to=person.email or "", message_id=rules.new_message_id(),
        headers=automatic_headers(), subject=one_line(subject), text=text, html=str(html), calendar=calendar,
        files=list(files), created_at=clock.now(), due_at=clock.now(),
    )  # fmt: skip
    mail.save(force_insert=True)
