"""Asking whether it is solved, and how it was. Runs within the change that is the occasion."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from firstline.core import clock
from firstline.core.actions import action
from firstline.core.events.record import record
from firstline.flow.sla.queries import hours_for
from firstline.flow.surveys import rules
from firstline.flow.surveys.events import AskedToConfirm, FeedbackAsked
from firstline.flow.surveys.fields import ASKED, CLOSING_DAYS, REMINDER_DAYS
from firstline.flow.surveys.models import Asking, Feedback, Survey
from firstline.people.accounts.models import Person
from firstline.work.tickets.models import Ticket

VALID_DAYS = 30  # of a question whether it is solved, where no survey says otherwise


def ask_to_confirm(ticket: Ticket, *, solved_by: Person | None) -> Asking:
    """Ask whether it is solved, and in the same breath how it was. Who solved it is not asked."""
    end_asking(ticket, Asking.Outcome.TAKEN_BACK)
    now = clock.now()
    days, remind = CLOSING_DAYS[ticket.kind].get(), REMINDER_DAYS.get()
    people = [
        (person, part) for person, part in _who_confirms(ticket) if solved_by is None or person.pk != solved_by.pk
    ]
    hours = hours_for(ticket)
    closes_at = rules.days_later(now, days, hours) if days else None
    remind_at = rules.days_later(now, remind, hours) if remind and people and (not days or remind < days) else None
    asking = Asking(ticket=ticket, asked_at=now, closes_at=closes_at)
    _plan(asking, remind_at)
    asking.save(force_insert=True)
    survey = _survey_for(ticket, Survey.Moment.RESOLVED)
    invited = [
        _invite(ticket, person, part, agent=solved_by, asking=asking, survey=survey if _may_rate(part) else None)
        for person, part in people
    ]
    if invited:
        record(
            ticket,
            AskedToConfirm,
            asking=asking.pk,
            people=[each.person_id for each in invited],
            feedback=[each.pk for each in invited],
            closes_at=closes_at.isoformat() if closes_at else None,
        )
    return asking


def ask_how_it_was(ticket: Ticket, *, closed_by: Person | None) -> Feedback | None:
    """Ask the requester when it is closed, unless they were asked when it was solved, or closed it themselves."""
    if closed_by is not None and closed_by.pk == ticket.requester_id and not _was_asked(ticket):
        return None  # they took it back: nothing was solved
    since = ticket.resolved_at or clock.now()
    if Feedback.objects.filter(ticket=ticket, asks_to_rate=True, asked_at__gte=since).exists():
        return None
    moments = [Survey.Moment.CLOSED] if _was_asked(ticket) else [Survey.Moment.CLOSED, Survey.Moment.RESOLVED]
    survey = _survey_for(ticket, *moments)
    if survey is None or not _is_asked_to_rate(ticket, ticket.requester, survey):
        return None
    invited = _invite(ticket, ticket.requester, Feedback.Part.REQUESTER, agent=closed_by, survey=survey)
    record(ticket, FeedbackAsked, feedback=[invited.pk], people=[invited.person_id], occasion=survey.occasion)
    return invited


@action("feedback.ask", permission="ticket.override")
def ask_after_escalation(about: Ticket, people: Iterable[tuple[Person, str]], *, by: Any) -> list[Feedback]:
    """After an escalation, ask those who had a part in it: requester, team, stakeholders (each with their part)."""
    survey = _survey_for(about, occasion=Survey.Occasion.ESCALATION)
    if survey is None:
        return []
    asked = set(Feedback.objects.filter(ticket=about, survey=survey).values_list("person_id", flat=True))
    invited = []
    for person, part in people:
        if person.pk not in asked and person.is_active:
            asked.add(person.pk)
            invited.append(_invite(about, person, Feedback.Part(part), agent=about.owner, survey=survey))
    if invited:
        people_asked = [each.person_id for each in invited]
        record(
            about, FeedbackAsked, by=by, feedback=[each.pk for each in invited], people=people_asked,
            occasion=survey.occasion,
        )  # fmt: skip
    return invited


def end_asking(ticket: Ticket, outcome: str, *, by: Person | None = None) -> Asking | None:
    """The open question whether it is solved has found its end."""
    asking = Asking.objects.filter(ticket=ticket, outcome=Asking.Outcome.WAITING).order_by("-id").first()
    if asking is None:
        return None
    asking.outcome, asking.answered_by, asking.ended_at = Asking.Outcome(outcome), by, clock.now()
    asking.next_step, asking.next_due_at = "", None
    asking.save()
    if asking.outcome == Asking.Outcome.TAKEN_BACK:
        Feedback.objects.filter(asking=asking, answered_at__isnull=True).update(expires_at=clock.now())
    return asking


def survey_of(ticket: Ticket) -> Survey | None:
    """The survey whose questions are meant for this ticket, whenever they are asked."""
    return _survey_for(ticket)


def _plan(asking: Asking, remind_at: Any) -> None:
    if remind_at is not None:
        asking.next_step, asking.next_due_at = Asking.Step.REMIND, remind_at
    elif asking.closes_at is not None:
        asking.next_step, asking.next_due_at = Asking.Step.CLOSE, asking.closes_at
    else:
        asking.next_step, asking.next_due_at = "", None


def _who_confirms(ticket: Ticket) -> list[tuple[Person, str]]:
    who = ASKED[ticket.kind].get()
    if who == "nobody":
        return []
    manager = rules.manager_of(ticket.requester) if who in {"manager", "both"} else None
    people: list[tuple[Person, str]] = []
    if who in {"requester", "both"} or manager is None:
        people.append((ticket.requester, Feedback.Part.REQUESTER))
    if manager is not None:
        people.append((manager, Feedback.Part.MANAGER))
    return [(person, part) for person, part in people if person.is_active]


def _survey_for(ticket: Ticket, *moments: str, occasion: str = Survey.Occasion.TICKET) -> Survey | None:
    surveys = Survey.objects.filter(occasion=occasion, is_active=True).order_by("position", "id")
    found = next((survey for survey in surveys if rules.fits(survey, ticket)), None)
    return found if found is not None and (not moments or found.moment in moments) else None


def _may_rate(part: str) -> bool:
    """Managers say whether it is solved; how it was is asked of whom it happened to."""
    return part == Feedback.Part.REQUESTER


def _is_asked_to_rate(ticket: Ticket, person: Person, survey: Survey) -> bool:
    """Drawn for the sample, and not asked lately."""
    since = clock.now() - timedelta(days=survey.rest_days)
    rests = (
        survey.rest_days
        and Feedback.objects.filter(
            person=person, asks_to_rate=True, asked_at__gt=since, survey__occasion=Survey.Occasion.TICKET
        ).exists()
    )
    return not rests and rules.is_drawn(survey, ticket.pk)


def _was_asked(ticket: Ticket) -> bool:
    since = ticket.resolved_at or clock.now()
    return Asking.objects.filter(ticket=ticket, asked_at__gte=since).exists()


def _invite(
    ticket: Ticket,
    person: Person,
    part: str,
    *,
    agent: Person | None,
    asking: Asking | None = None,
    survey: Survey | None = None,
) -> Feedback:
    is_free = survey is not None and survey.occasion == Survey.Occasion.ESCALATION
    rates = survey is not None and (is_free or _is_asked_to_rate(ticket, person, survey))
    days = survey.valid_days if survey is not None and rates else VALID_DAYS
    feedback = Feedback(
        ticket=ticket,
        person=person,
        part=part,
        asking=asking,
        survey=survey if rates else None,
        asks_to_rate=rates,
        team_id=ticket.team_id,
        category_id=ticket.category_id,
        agent=ticket.owner or agent,
        asked_at=clock.now(),
        expires_at=clock.now() + timedelta(days=days),
    )
    feedback.save(force_insert=True)
    return feedback
