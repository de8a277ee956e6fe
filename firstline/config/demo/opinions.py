"""What the people of the demo organisation say when they are asked how it was, and what comes of it."""

from __future__ import annotations

import random
from datetime import timedelta

from firstline.core import clock
from firstline.core.actions import acting
from firstline.flow.surveys.actions.answer import rate
from firstline.flow.surveys.actions.improve import save_improvement
from firstline.flow.surveys.actions.pulse import answer_pulse
from firstline.flow.surveys.models import Feedback, Improvement, PulseInvitation, PulseRound, Question, Survey
from firstline.people.access.models import Grant
from firstline.people.accounts.models import Person
from firstline.work.conversations.actions.say import note
from firstline.work.tickets.actions.status import close
from firstline.work.tickets.models import Ticket

# How often people are satisfied with a team; the rest of them has a reason.
SATISFIED = {"Network": 0.62, "Applications": 0.85}
ELSEWHERE = 0.93
PRAISE = ("So quick, thank you!", "Friendly and patient.", "", "", "", "Explained so that I understand it.", "")
BLAME = (
    "I had to tell it three times, to three people.", "It took two days until anybody answered.",
    "It works now, but nobody told me what it was.", "The same thing as last month.", "",
)  # fmt: skip
TEXTS = (
    "I never know whether to call or to write.", "More answers I can look up myself, please.", "", "",
    "The VPN. Always the VPN.", "Nothing, keep it up.",
)  # fmt: skip
ROUNDS = (200, 108, 17)  # days ago


def say_how_it_was(ticket: Ticket, requester: Person, chance: random.Random, *, is_old: bool) -> None:
    """Most of them answer, an hour or a day after it was closed."""
    if chance.random() > 0.8:
        return
    is_satisfied = chance.random() < SATISFIED.get(ticket.team.name if ticket.team else "", ELSEWHERE)
    rate(ticket, is_satisfied, remark=chance.choice(PRAISE if is_satisfied else BLAME), by=requester)
    answered = Feedback.objects.filter(ticket=ticket).select_related("follow_up__owner").order_by("-id")[0]
    if answered.follow_up is not None and is_old:
        with clock.set_to(clock.now() + timedelta(hours=chance.uniform(20, 60))):
            note(answered.follow_up, "Called them, and told the team what we heard.", by=answered.follow_up.owner)
            close(answered.follow_up, by=answered.follow_up.owner)


def learn_from_it() -> None:
    """Two improvements, tied to what was said."""
    lin = Person.objects.get(email="lin@firstline.example")
    causes = list(Feedback.objects.filter(is_satisfied=False, team__name="Network")[:3])
    save_improvement(
        Improvement(
            title="One person keeps a VPN ticket until it is solved", owner=lin, state=Improvement.State.DOING,
            text="No more handing over between shifts without a call. Looked at again in four weeks.",
            due_on=(clock.now() + timedelta(days=20)).date(),
        ),
        caused_by=causes, by=lin,
    )  # fmt: skip
    others = list(Feedback.objects.filter(is_satisfied=False).exclude(team__name="Network")[:2])
    save_improvement(
        Improvement(title="Say what the cause was when we close", state=Improvement.State.DONE, owner=lin),
        caused_by=others, by=lin,
    )  # fmt: skip


def feel_the_pulse(chance: random.Random) -> None:
    """Three rounds: it gets a little better each time."""
    survey = Survey.objects.filter(occasion=Survey.Occasion.PULSE).order_by("id").first()
    if survey is None or survey.rounds.exists():
        return
    now = clock.now()
    with acting():
        survey.is_active, survey.owner = True, Person.objects.get(email="lin@firstline.example")
        survey.next_round_at = now + timedelta(days=75)
        survey.save()
    questions = list(Question.objects.filter(survey=survey))
    desk = set(Grant.objects.filter(role__in=["agent", "lead", "admin"]).values_list("person_id", flat=True))
    people = list(Person.objects.filter(is_active=True, email__isnull=False).order_by("pk"))
    for number, days in enumerate(ROUNDS):
        begun = now - timedelta(days=days)
        with clock.set_to(begun), acting():
            pulse_round = PulseRound(survey=survey, begins_at=begun, ends_at=begun + timedelta(days=14))
            pulse_round.save()
            invited = [
                PulseInvitation(
                    round=pulse_round, person=each, group="agents" if each.pk in desk else "requesters", is_mailed=True
                )
                for each in people
            ]
            PulseInvitation.objects.bulk_create(invited)
        with clock.set_to(begun + timedelta(days=3)):
            for invitation in PulseInvitation.objects.filter(round=pulse_round).select_related("round"):
                if invitation.group == "agents" or chance.random() < 0.7:
                    answer_pulse(invitation, _opinions(questions, number, chance), by=None)


def _opinions(questions: list[Question], number: int, chance: random.Random) -> dict[str, str]:
    return {
        str(each.pk): chance.choice(TEXTS)
        if each.type == Question.Type.TEXT
        else str(min(5, max(1, round(chance.gauss(3.1 + 0.3 * number + 0.3 * (place % 2), 0.8)))))
        for place, each in enumerate(questions)
    }
