"""From an answer to a figure, a weak spot, a follow-up and an improvement; and what nobody may see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from firstline.core import clock
from firstline.core.actions import NotAllowed, Refused, acting
from firstline.flow.escalation.actions.escalate import escalate
from firstline.flow.surveys.actions.answer import answer, rate
from firstline.flow.surveys.actions.ask import ask_after_escalation
from firstline.flow.surveys.actions.improve import save_improvement
from firstline.flow.surveys.actions.pulse import answer_pulse, begin_pulse
from firstline.flow.surveys.actions.settings import save_question, save_survey, save_wording
from firstline.flow.surveys.jobs import pulse_due
from firstline.flow.surveys.models import (
    Feedback,
    Improvement,
    PulseAnswer,
    PulseInvitation,
    PulseRound,
    Question,
    Survey,
    Wording,
)
from firstline.flow.surveys.queries import figures
from firstline.flow.surveys.queries.letters import words_of
from firstline.flow.surveys.queries.shown import feedback_on
from firstline.flow.surveys.queries.tallies import after_escalations, history, results
from firstline.people.accounts.models import Person
from firstline.people.teams.models import Team
from firstline.work.tickets.actions.assign import assign
from firstline.work.tickets.actions.confirm import confirm
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.status import close, resolve
from firstline.work.tickets.models import Link, Ticket
from tests.cast import person, works_in


def closed(requester: Person, agent: Person, team: Team | None = None, subject: str = "Dark") -> Ticket:
    ticket = open_ticket(requester, subject, team=team, by=requester)
    assign(ticket, agent, by=None)
    resolve(ticket, by=agent)
    confirm(ticket, True, by=requester)
    return ticket


def rated(requester: Person, agent: Person, team: Team | None, *, good: int, bad: int) -> None:
    for number in range(good + bad):
        rate(closed(requester, agent, team), number < good, by=requester)


@pytest.mark.accepts("S0.40", "S1.70")
def test_an_answer_is_on_the_ticket_and_its_words_are_for_those_who_lead_and_who_solved_it(
    rosa: Person, ada: Person, lin: Person
) -> None:
    other = person("Otis", "agent")
    ticket = closed(rosa, ada)

    rate(ticket, False, remark="Nobody called back.", by=rosa)

    shown = {who.name: feedback_on(ticket, who)[0] for who in (ada, lin, other)}
    assert {name: one.remark for name, one in shown.items()} == {
        "Ada": "Nobody called back.", "Lin": "Nobody called back.", "Otis": "",
    }  # fmt: skip
    assert {name: one.has_hidden_words for name, one in shown.items()} == {"Ada": False, "Lin": False, "Otis": True}


def test_only_the_requester_rates(rosa: Person, ada: Person, lin: Person, bea: Person) -> None:
    ticket = closed(rosa, ada)

    for somebody in (ada, lin, bea):
        with pytest.raises(NotAllowed):
            rate(ticket, True, by=somebody)


def test_what_is_not_solved_is_not_rated(rosa: Person) -> None:
    with pytest.raises(Refused):
        rate(open_ticket(rosa, "Dark", by=rosa), True, by=rosa)


@pytest.mark.accepts("S1.73")
def test_a_bad_answer_opens_one_follow_up_that_the_lead_of_the_team_owns(
    rosa: Person, ada: Person, network: Team
) -> None:
    mia = works_in(network, person("Mia", "lead"), is_lead=True)
    ticket = closed(rosa, ada, network)

    rate(ticket, False, remark="Slow.", by=rosa)
    rate(ticket, False, remark="Very slow.", by=rosa)

    follow_up = Feedback.objects.get().follow_up
    assert follow_up is not None
    assert (follow_up.owner, follow_up.team, follow_up.requester) == (mia, network, mia)
    assert follow_up.subject == f"Not satisfied: #{ticket.pk} Dark"
    assert Link.objects.filter(source=follow_up, target=ticket).count() == 1
    assert Ticket.objects.count() == 2
    assert "Slow" not in follow_up.messages.get().text


def test_without_a_lead_of_the_team_whoever_leads_the_desk_owns_it(rosa: Person, ada: Person, lin: Person) -> None:
    rate(closed(rosa, ada), False, by=rosa)

    assert Feedback.objects.get().follow_up.owner == lin  # type: ignore[union-attr]


def test_a_good_answer_opens_nothing(rosa: Person, ada: Person, lin: Person) -> None:
    rate(closed(rosa, ada), True, by=rosa)

    assert Ticket.objects.count() == 1


@pytest.mark.accepts("S1.71", "S0.41")
def test_a_weak_spot_is_what_lies_below_the_rest_by_more_than_chance(
    rosa: Person, ada: Person, lin: Person, network: Team
) -> None:
    desk = person("Dora", "agent")
    rated(rosa, ada, network, good=2, bad=8)
    rated(rosa, desk, None, good=14, bad=1)
    period = figures.period_of(30)
    whole = figures.overall(lin, period)

    teams, agents = (figures.groups(lin, period, by) for by in ("team", "agent"))

    assert [(one.name, one.share.good, one.share.count) for one in teams] == [("None", 14, 15), ("Network", 2, 10)]
    assert [spot.group.name for spot in figures.weak_spots([*teams, *agents], whole)] == ["Ada", "Network"]
    trend = figures.trend(lin, period)
    assert (sum(each.good for each in trend.shares), sum(each.count for each in trend.shares)) == (16, 25)
    assert len(trend.labels) == len(trend.shares)


def test_answers_about_private_teams_are_in_nobody_elses_figures(
    rosa: Person, ada: Person, lin: Person, hr: Team
) -> None:
    hana = Person.objects.get(name="Hana")
    rated(rosa, hana, hr, good=0, bad=2)
    rated(rosa, ada, None, good=1, bad=0)
    period = figures.period_of(30)

    assert figures.overall(lin, period).count == 1
    assert "People and culture" not in [each.name for each in figures.groups(lin, period, "team")]
    assert figures.overall(hana, period).count == 3


@pytest.mark.accepts("S1.74")
def test_an_improvement_names_the_answers_that_caused_it(rosa: Person, ada: Person, lin: Person) -> None:
    rate(closed(rosa, ada), False, remark="Nobody called back.", by=rosa)
    client = Client()
    client.force_login(lin)
    chosen = Feedback.objects.get().pk

    begun = client.post("/satisfaction/improvements/new", {"feedback": [chosen]}).content.decode()
    client.post(
        "/satisfaction/improvements/new",
        {"feedback": [chosen], "title": "Call back", "state": "planned", "owner": lin.pk},
    )

    assert "Nobody called back." in begun
    made = Improvement.objects.get()
    assert (made.title, made.owner, list(made.caused_by.values_list("pk", flat=True))) == ("Call back", lin, [chosen])
    assert "Call back" in client.get("/satisfaction/answers").content.decode()


def test_agents_do_not_write_improvements(ada: Person) -> None:
    with pytest.raises(NotAllowed):
        save_improvement(Improvement(title="Nothing"), by=ada)


@pytest.mark.accepts("S2.32")
def test_after_an_escalation_requester_team_and_stakeholder_are_asked_once(
    rosa: Person, ada: Person, lin: Person, omar: Person
) -> None:
    ticket = open_ticket(rosa, "All is down", by=rosa)
    people = [(rosa, "requester"), (ada, "team"), (omar, "stakeholder")]

    invited = ask_after_escalation(ticket, people, by=lin)
    again = ask_after_escalation(ticket, people, by=lin)

    assert [(each.person, each.part) for each in invited] == people
    assert again == []
    first, *_rest = Question.objects.filter(survey__occasion="escalation").values_list("pk", flat=True)
    for number, each in enumerate(invited):
        answer(each, is_satisfied=True, answers={str(first): str(number + 2)}, by=None)
    count, (only,) = after_escalations(lin, figures.period_of(30), with_texts=True)
    assert (count, only.average, only.counts) == (3, 3.0, [("1", 0), ("2", 1), ("3", 1), ("4", 1), ("5", 0)])
    assert figures.overall(lin, figures.period_of(30)).count == 0  # what follows an escalation is apart


def test_a_ticket_that_escalated_is_asked_about_when_it_closes(
    rosa: Person, omar: Person, ada: Person, lin: Person
) -> None:
    plain, escalated = open_ticket(omar, "Plain", by=omar), open_ticket(rosa, "Down", by=rosa)
    for ticket in (plain, escalated):
        assign(ticket, ada, by=None)
    escalate(escalated, "I cannot find it", person=lin, by=ada)
    for ticket in (plain, escalated):
        close(ticket, by=ada)

    after = Feedback.objects.filter(survey__occasion="escalation")

    assert {(each.ticket_id, each.person, each.part) for each in after} == {
        (escalated.pk, ada, "team"), (escalated.pk, lin, "team"),
    }  # fmt: skip
    # Rosa was asked how it was already, as on every ticket.
    assert Feedback.objects.filter(ticket=escalated, person=rosa).count() == 1


def test_who_rates_a_ticket_is_counted_though_its_escalation_is_asked_about(
    rosa: Person, ada: Person, lin: Person
) -> None:
    ticket = open_ticket(rosa, "Down", by=rosa)
    assign(ticket, ada, by=None)
    resolve(ticket, by=ada)
    (about_escalation,) = ask_after_escalation(ticket, [(rosa, "requester")], by=lin)

    rate(ticket, True, by=rosa)

    assert figures.overall(lin, figures.period_of(30)).count == 1
    about_escalation.refresh_from_db()
    assert about_escalation.is_satisfied is None


@pytest.mark.parametrize("value", ["0", "6", "x", "2.5"])
def test_an_answer_that_cannot_be_is_refused(rosa: Person, ada: Person, lin: Person, value: str) -> None:
    (invited,) = ask_after_escalation(open_ticket(rosa, "Down", by=rosa), [(rosa, "requester")], by=lin)
    first = Question.objects.filter(survey__occasion="escalation").values_list("pk", flat=True)[0]

    with pytest.raises(Refused):
        answer(invited, answers={str(first): value}, by=None)


@pytest.fixture
def pulse(bea: Person, lin: Person) -> Survey:
    survey = Survey.objects.get(occasion="pulse")
    survey.is_active, survey.owner = True, lin
    return save_survey(survey, by=bea)


def questions(survey: Survey) -> dict[str, str]:
    return {
        str(each.pk): "4" if each.type == "rating" else "The phone." for each in Question.objects.filter(survey=survey)
    }


@pytest.mark.accepts("S0.56", "S3.14")
def test_a_pulse_begins_by_itself_and_shows_what_five_or_more_have_said(
    pulse: Survey, rosa: Person, ada: Person, lin: Person
) -> None:
    for number in range(5):
        open_ticket(person(f"Asker{number}"), "Dark", by=None)
    pulse_due()
    pulse_round = PulseRound.objects.get()
    assert dict(PulseInvitation.objects.values_list("person__name", "group")) == {
        "Ada": "agents", "Lin": "agents", "Bea": "agents", **{f"Asker{number}": "requesters" for number in range(5)},
    }  # fmt: skip
    for invitation in PulseInvitation.objects.all():
        answer_pulse(invitation, questions(pulse), by=None)

    during = {each.group: each.is_hidden for each in results(pulse_round)}
    with clock.set_to(clock.now() + timedelta(days=15)):
        pulse_due()
        after = {each.group: each for each in results(PulseRound.objects.get())}
        shown, lines = history(pulse_round, "requesters")

    assert during == {"agents": True, "requesters": True}
    assert after["agents"].is_hidden
    assert after["agents"].tallies == []
    assert [(each.average, each.count) for each in after["requesters"].tallies][:3] == [(4.0, 5)] * 3
    assert after["requesters"].tallies[3].texts == ["The phone."] * 5
    assert (len(shown), [values for _question, values in lines]) == (1, [[4.0]] * 3)
    pulse.refresh_from_db()
    assert pulse.next_round_at is not None
    assert (pulse.next_round_at - pulse_round.begins_at).days in {89, 90, 91, 92}


@pytest.mark.accepts("S0.56")
def test_nothing_ties_an_answer_to_who_gave_it(pulse: Survey, ada: Person) -> None:
    from firstline.core.events.models import Event

    pulse_round = begin_pulse(pulse, by=None)
    before = Event.objects.count()

    answer_pulse(PulseInvitation.objects.get(person=ada), questions(pulse), by=None)

    (kept,) = PulseAnswer.objects.values()
    assert set(kept) == {"id", "round_id", "group", "answers"}
    assert set(PulseInvitation.objects.filter(round=pulse_round).values()[0]) == {
        "id", "round_id", "person_id", "group", "is_mailed", "has_answered",
    }  # fmt: skip
    assert Event.objects.count() == before
    with pytest.raises(Refused):
        answer_pulse(PulseInvitation.objects.get(person=ada), questions(pulse), by=None)


def test_a_pulse_is_read_by_its_owner_and_by_those_who_read_reports(pulse: Survey, ada: Person, bea: Person) -> None:
    pulse_round = begin_pulse(pulse, by=None)
    client = Client()

    client.force_login(ada)
    assert client.get(f"/satisfaction/pulse/{pulse_round.pk}").status_code == 404
    with acting():
        Survey.objects.filter(pk=pulse.pk).update(owner=ada)
    assert client.get(f"/satisfaction/pulse/{pulse_round.pk}").status_code == 200


def test_two_rounds_do_not_run_at_once(pulse: Survey) -> None:
    begin_pulse(pulse, by=None)

    with pytest.raises(Refused):
        begin_pulse(pulse, by=None)


def test_the_organisation_says_it_in_its_own_words(rosa: Person, ada: Person, bea: Person) -> None:
    with pytest.raises(Refused):
        save_wording(Wording(key="solved", language="en", text="Dear {{nmae}}"), by=bea)

    save_wording(Wording(key="solved", language="en", subject="Done!", text="Dear {{name}}"), by=bea)

    assert words_of("solved") == ("Done!", "Dear {{name}}")


def test_a_condition_that_cannot_be_read_is_not_kept(bea: Person) -> None:
    survey = Survey.objects.get(occasion="ticket")
    survey.condition = "priority:("

    with pytest.raises(Refused):
        save_survey(survey, by=bea)


def test_the_type_of_a_question_stays(bea: Person) -> None:
    question = Question.objects.filter(type="rating")[0]
    question.type = "text"

    with pytest.raises(Refused):
        save_question(question, by=bea)


@pytest.mark.accepts("S1.72", "S3.13")
def test_every_page_can_be_opened_with_and_without_answers(
    rosa: Person, ada: Person, lin: Person, bea: Person, network: Team, django_assert_max_num_queries: Any
) -> None:
    client = Client()
    client.force_login(bea)
    ticket_survey = Survey.objects.get(occasion="ticket").pk
    pages = [
        "/satisfaction", "/satisfaction?days=365", "/satisfaction/report", "/satisfaction/answers",
        "/satisfaction/answers?by=team&key=&said=bad", "/satisfaction/answers?by=agent&key=x&days=1&after=zzz",
        "/satisfaction/improvements", "/satisfaction/improvements/new", "/satisfaction/pulse", "/settings/surveys",
        "/settings/surveys/new/pulse", f"/settings/surveys/{ticket_survey}", "/settings/confirmation",
        f"/settings/surveys/{ticket_survey}/questions/new", "/settings/surveys/mails/pulse/vi",
        "/settings/satisfaction",
    ]  # fmt: skip

    empty = [client.get(page).status_code for page in pages]
    rated(rosa, ada, network, good=9, bad=3)
    full = [client.get(page).status_code for page in pages]

    assert (empty, full) == ([200] * len(pages), [200] * len(pages))
    report = client.get("/satisfaction/report").content.decode()
    assert "Of 12 people who answered, 75 % were satisfied (target: 85 %)." in report
    with django_assert_max_num_queries(60):
        client.get("/satisfaction")


def test_a_question_of_ones_own_is_asked_and_kept(rosa: Person, ada: Person, bea: Person) -> None:
    client = Client()
    client.force_login(bea)
    survey = Survey.objects.get(occasion="ticket").pk
    client.post(
        f"/settings/surveys/{survey}/questions/new",
        {"text": "How did you reach us?", "type": "choice", "options": "Phone\nMail", "position": 0, "is_active": "on",
         "text_vi": "Bạn liên hệ bằng cách nào?"},
    )  # fmt: skip
    ticket = open_ticket(rosa, "Dark", by=rosa)
    resolve(ticket, by=ada)
    question = Question.objects.get(survey=survey)

    answer(Feedback.objects.get(), is_satisfied=True, answers={str(question.pk): "Phone", "999": "x"}, by=None)

    assert question.texts == {"vi": "Bạn liên hệ bằng cách nào?"}
    assert Feedback.objects.get().answers == {str(question.pk): "Phone"}
    assert feedback_on(ticket, ada)[0].answers == [("How did you reach us?", "Phone")]
