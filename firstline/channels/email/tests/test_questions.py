"""Is it solved, how was it: one mail, whose links show a page and change nothing (TRUST A15, E7)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils.html import escape

from firstline.channels.email.models import OutgoingMail
from firstline.core.actions import acting
from firstline.flow.surveys.actions.ask import ask_after_escalation
from firstline.flow.surveys.actions.pulse import begin_pulse
from firstline.flow.surveys.models import Feedback, Survey
from firstline.people.accounts.models import Person
from firstline.work.conversations.actions.say import reply
from firstline.work.tickets.actions.assign import take
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.status import resolve
from firstline.work.tickets.models import Ticket
from tests.cast import person

from .letters import answer_to, arrive, letter, sent_to

LINK = re.compile(r"https?://[^/\s]+(/\S+)")


@pytest.fixture
def solved(rosa: Person, ada: Person) -> Ticket:
    ticket = open_ticket(rosa, "No light in the stairwell", by=rosa)
    take(ticket, by=ada)
    resolve(ticket, by=ada)
    return ticket


def links(mail: OutgoingMail) -> list[str]:
    return [address for address in LINK.findall(mail.text) if "/feedback/" in address or "/pulse/" in address]


def everything() -> dict[str, list[str]]:
    """Every row of every table, but for sessions and what the web server notes about itself."""
    return {
        model._meta.db_table: sorted(repr(row) for row in model._base_manager.values_list())
        for model in apps.get_models()
        if model._meta.db_table != "django_session"
    }


@pytest.mark.accepts("S1.42", "S0.39", "S1.68", "S1.69", "S1.52", "S4.16", "S4.26")
def test_one_mail_asks_whether_it_is_solved_and_how_it_was(solved: Ticket) -> None:
    (mail,) = sent_to("rosa@example.org")

    assert mail.subject == f"Solved: No light in the stairwell [#{solved.pk}]"
    assert [address.rpartition("?")[2] for address in links(mail)] == ["say=good", "say=bad", "say=unsolved"]
    assert "closes by itself on" in mail.text
    assert mail.html.count('<a href="') == 4
    assert mail.headers["Auto-Submitted"] == "auto-generated"


def test_a_hostile_subject_is_text_in_both_parts(rosa: Person, ada: Person) -> None:
    resolve(open_ticket(rosa, "<img src=x> {{name}} {{ number }} %(link)s", by=rosa), by=ada)

    (mail,) = sent_to("rosa@example.org")
    assert "<img" not in mail.html
    assert "&lt;img src=x&gt; {{name}} {{ number }} %(link)s" in mail.html


@pytest.mark.abuse("A15")
@pytest.mark.accepts("S0.39")
def test_looking_at_every_link_of_every_mail_changes_nothing(
    solved: Ticket, rosa: Person, ada: Person, bea: Person
) -> None:
    """What a scanner does: it follows all links, with GET and HEAD, several times, without cookies."""
    ask_after_escalation(solved, [(ada, "team")], by=None)
    with acting():
        Survey.objects.filter(occasion="pulse").update(is_active=True)
    begin_pulse(Survey.objects.get(occasion="pulse"), by=bea)
    from firstline.channels.email.actions.invite import invite_some
    from firstline.flow.surveys.models import PulseRound

    invite_some(PulseRound.objects.get().pk)
    followed = [address for mail in OutgoingMail.objects.all() for address in LINK.findall(mail.text)]
    assert len([each for each in followed if "/feedback/" in each]) == 5
    assert len([each for each in followed if "/pulse/" in each]) == 3
    before = everything()

    codes = {Client().generic(verb, address).status_code for address in followed * 2 for verb in ("GET", "HEAD")}

    assert codes <= {200, 302}
    assert everything() == before


@pytest.mark.accepts("S0.40", "S1.70")
def test_the_button_says_it_without_signing_in(solved: Ticket, rosa: Person) -> None:
    address = links(sent_to("rosa@example.org")[0])[0]
    client = Client(enforce_csrf_checks=True)
    html = client.get(address).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', html)
    assert token is not None
    assert "No light in the stairwell" in html

    answered = client.post(
        address,
        {"solved": "yes", "satisfied": "yes", "remark": "So quick!", "csrfmiddlewaretoken": token[1]},
        follow=True,
    )

    assert "Thank you!" in answered.content.decode()
    feedback = Feedback.objects.get()
    assert (feedback.is_satisfied, feedback.remark, feedback.person) == (True, "So quick!", rosa)
    solved.refresh_from_db()
    assert solved.state == "closed"
    assert client.session.keys() == set()


@pytest.mark.accepts("S1.59")
def test_not_solved_reopens_with_the_words_as_a_message(solved: Ticket, ada: Person) -> None:
    Client().post(links(sent_to("rosa@example.org")[0])[2], {"solved": "no", "remark": "Still dark."})

    solved.refresh_from_db()
    assert (solved.state, solved.owner, solved.reopen_count) == ("open", ada, 1)
    assert solved.messages.get().text == "Still dark."


@pytest.mark.abuse("E7")
def test_a_link_shows_one_ticket_and_nothing_else_of_it(solved: Ticket, rosa: Person, ada: Person) -> None:
    reply(solved, "The words between us", by=rosa)
    resolve(solved, by=ada)
    address = links(sent_to("rosa@example.org")[-1])[0]
    client = Client()

    html = client.get(address).content.decode()

    assert "The words between us" not in html
    assert "_auth_user_id" not in client.session
    assert client.get(f"/requests/{solved.pk}").status_code == 302  # to the sign-in


@pytest.mark.parametrize("token", ["1", "1.x", "x", "999999.abc", "1.%00", "../1"])
def test_a_forged_link_says_nothing(solved: Ticket, token: str) -> None:
    answered = Client().get(f"/feedback/{token}")

    assert answered.status_code == 404
    assert b"stairwell" not in answered.content


def test_a_link_of_one_kind_is_none_of_the_other(solved: Ticket) -> None:
    token = links(sent_to("rosa@example.org")[0])[0].split("/")[2].split("?")[0]

    assert Client().get(f"/pulse/{token}").status_code == 404


def test_an_expired_link_changes_nothing(solved: Ticket) -> None:
    address = links(sent_to("rosa@example.org")[0])[0]
    with acting():
        Feedback.objects.update(expires_at=solved.created_at)
    before = everything()

    answered = Client().post(address, {"solved": "yes", "satisfied": "no"})

    assert b"not open any more" in answered.content
    assert everything() == before


def test_the_frame_around_a_mail_says_which_language_it_speaks_and_what_it_is_called(
    solved: Ticket, ada: Person
) -> None:
    client = Client()
    client.force_login(ada)
    mail = sent_to("rosa@example.org")[0]
    Person.objects.filter(email="rosa@example.org").update(language="vi")

    shown = client.get(f"/outbox/{mail.pk}/body")

    assert shown.content.startswith(b'<!doctype html><html lang="vi">')
    assert f"<title>{escape(mail.subject)}</title>".encode() in shown.content
    assert mail.html.partition("<a ")[0].encode() in shown.content


def test_colleagues_read_the_mail_without_the_link(settings: Any, solved: Ticket, ada: Person) -> None:
    """Whoever holds the link could answer in the requester's place."""
    settings.DEMO = False
    client = Client()
    client.force_login(ada)
    mail = sent_to("rosa@example.org")[0]
    token = links(mail)[0].split("/")[2].split("?")[0]

    shown = [client.get(f"/outbox/{mail.pk}"), client.get(f"/outbox/{mail.pk}/body")]

    assert [page.status_code for page in shown] == [200, 200]
    assert not any(token.encode() in page.content for page in shown)
    assert b"/feedback/" in shown[1].content


def test_a_reader_is_asked_in_their_language(db: Any, ada: Person) -> None:
    linh = person("Linh")
    linh.language = "vi"
    linh.save()
    resolve(open_ticket(linh, "Đèn tắt", by=linh), by=ada)

    (mail,) = sent_to("linh@example.org")
    page = Client().get(links(mail)[0], headers={"Accept-Language": "en"}).content.decode()

    assert "Hello" not in mail.text
    assert 'lang="vi"' in page
    assert "Is it solved?" not in page


@pytest.mark.abuse("A22")
def test_an_answer_by_mail_long_after_closing_opens_a_follow_up_with_a_receipt(solved: Ticket, rosa: Person) -> None:
    from datetime import timedelta

    from firstline.core import clock
    from firstline.work.tickets.actions.confirm import confirm

    confirm(solved, True, by=rosa)
    (mail,) = sent_to("rosa@example.org")

    with clock.set_to(clock.now() + timedelta(days=8)):
        found = arrive(answer_to(mail, "Dark again.")).ticket

    assert found is not None
    assert found != solved
    assert found.links_out.get().target == solved
    assert sent_to("rosa@example.org")[-1].subject.endswith(f"[#{found.pk}]")
    solved.refresh_from_db()
    assert solved.state == "closed"
    again = arrive(letter("And the bulb is warm.", to=sent_to("rosa@example.org")[-1].headers["Reply-To"])).ticket
    assert again == found
