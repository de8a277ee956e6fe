"""A bad answer is somebody's work: a ticket of its own, with an owner."""

from __future__ import annotations

from contextlib import suppress

from django.utils import translation
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.core.actions import Refused
from firstline.core.events.record import record
from firstline.core.preferences import house
from firstline.flow.surveys.events import FollowUpOpened
from firstline.flow.surveys.models import Feedback
from firstline.people.access.models import Role
from firstline.people.accounts.models import Person
from firstline.people.teams.models import TeamMember
from firstline.people.teams.queries import deputy_of, is_absent
from firstline.work.conversations.actions.say import note
from firstline.work.tickets.actions.assign import assign
from firstline.work.tickets.actions.link import link
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.models import Kind, Link, Ticket


def follow_up_bad_answer(feedback: Feedback) -> Ticket | None:
    """Open the follow-up, once for each answer and while no other of this ticket goes on."""
    survey = feedback.survey
    if feedback.follow_up_id is not None or (survey is not None and not survey.follows_up):
        return None
    about = feedback.ticket
    other = Feedback.objects.filter(ticket=about, follow_up__is_unsolved=True).exclude(pk=feedback.pk).first()
    if other is not None:
        feedback.follow_up = other.follow_up
        feedback.save(update_fields=["follow_up"])
        return None
    lead = who_follows_up(about)
    # The requester does not read what the desk discusses among itself: the follow-up is the lead's own.
    asks = lead or about.owner
    if asks is None:
        return None
    with translation.override(asks.language or house.LANGUAGE.get()):
        subject = _("Not satisfied: #%(number)s %(subject)s") % {"number": about.pk, "subject": about.subject}
        words = _(
            "%(person)s was not satisfied with how #%(number)s went. Read there what they said, talk to them, and note "
            "what gets better."
        ) % {"person": feedback.person.display_name, "number": about.pk}
    ticket = open_ticket(
        asks, subject, kind=Kind.REQUEST, team=about.team, category=about.category, source="rule", by=None
    )
    link(ticket, about, Link.Type.RELATES, by=None)
    note(ticket, words, by=None)
    if lead is not None:
        with suppress(Refused):  # a lead who may not own tickets: it waits in the queue, in sight
            assign(ticket, lead, by=None)
    feedback.follow_up = ticket
    feedback.save(update_fields=["follow_up"])
    record(about, FollowUpOpened, feedback=feedback.pk, ticket=ticket.pk)
    return ticket


def who_follows_up(about: Ticket) -> Person | None:
    """Who leads the team of the ticket, or stands in for them; else who leads the desk."""
    today = clock.now().date()
    if about.team_id is not None:
        leads = TeamMember.objects.filter(team=about.team_id, is_lead=True, person__is_active=True)
        for row in leads.select_related("person").order_by("id"):
            if not is_absent(row.person, today):
                return row.person
            deputy: Person | None = deputy_of(row.person, today)
            if deputy is not None:
                return deputy
    if about.team is not None and about.team.is_private:
        return None
    everywhere = Person.objects.filter(is_active=True, grants__role=Role.LEAD, grants__team=None, grants__kind="")
    return next((lead for lead in everywhere.order_by("id") if not is_absent(lead, today)), None)
