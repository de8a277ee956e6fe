"""Who had a part in an escalation, and is asked how it went."""

from __future__ import annotations

from firstline.flow.escalation.models import Escalation, Stakeholder
from firstline.flow.surveys.models import Feedback
from firstline.people.accounts.models import Person
from firstline.work.tickets.models import Ticket


def involved_in(ticket: Ticket) -> list[tuple[Person, str]]:
    """Requester, those who worked on it, stakeholders: each once, with their part. Nobody, if it never escalated.

    A requester who was asked how this ticket went anyway is not asked a second time.
    """
    escalations = list(Escalation.objects.filter(ticket=ticket).select_related("accepted_by", "person", "from_person"))
    if not escalations:
        return []
    found: dict[int, tuple[Person, str]] = {}
    if not Feedback.objects.filter(ticket=ticket, person=ticket.requester_id, asks_to_rate=True).exists():
        found[ticket.requester_id] = (ticket.requester, Feedback.Part.REQUESTER)
    workers = [ticket.owner, *(each.accepted_by or each.person for each in escalations)]
    workers += [each.from_person for each in escalations]
    for person in workers:
        if person is not None:
            found.setdefault(person.pk, (person, Feedback.Part.TEAM))
    for stakeholder in Stakeholder.objects.filter(incident__ticket=ticket).select_related("person"):
        found.setdefault(stakeholder.person_id, (stakeholder.person, Feedback.Part.STAKEHOLDER))
    return list(found.values())
