"""From a ticket to a decision: asked, told by mail, decided on a page without signing in, seen on the ticket."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from firstline.channels.email.models import OutgoingMail, RawMail
from firstline.core.jobs import loops
from firstline.core.jobs.draining import drain
from firstline.core.preferences.actions.set import set_preference
from firstline.flow.approvals.actions.settings import save_rule, save_stage
from firstline.flow.approvals.engine.plans import Asked, Plan, Who
from firstline.flow.approvals.models import Approval, Rule
from firstline.people.accounts.models import Person
from firstline.people.organisations.actions.belong import belong
from firstline.people.teams.models import Team
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.models import Ticket
from tests.cast import person

from .letters import answer_to, arrive, letter, sent_to

pytestmark = pytest.mark.django_db
LINK = re.compile(r"https?://[^/\s]+(/decisions/\S+)")


@pytest.fixture
def omar_manages_rosa(rosa: Person, omar: Person) -> None:
    belong(rosa, manager=omar, by=None)


@pytest.fixture
def software(network: Team) -> Rule:
    rule = save_rule(
        Rule(name="Software", purpose="Licences cost money.", condition="kind:request", then_team=network), by=None
    )
    save_stage(rule, None, Plan(who=(Asked(Who.MANAGER),), name="Manager", hours=16, remind_hours=8), by=None)
    return rule


def deliver() -> None:
    """What the worker does: listeners, then notices into mails."""
    drain()
    while next(loop for loop in loops.all_loops() if loop.name == "notices: hand out").function():
        pass
    drain()


def link_in(mail: OutgoingMail) -> str:
    found = LINK.search(mail.text)
    assert found is not None, mail.text
    return found[1]


def mail_to(somebody: Person) -> OutgoingMail:
    return OutgoingMail.objects.filter(to=somebody.email, purpose="notice").latest("id")


@pytest.mark.accepts("S0.12", "S0.13", "S0.14", "S4.13", "S4.39")
def test_software_asks_the_manager_by_mail_who_approves_without_signing_in(
    client: Client, rosa: Person, omar: Person, ada: Person, omar_manages_rosa: None, software: Rule, network: Team
) -> None:
    ticket = open_ticket(rosa, "A licence for the drawing program", kind="request", by=rosa)
    deliver()

    ticket.refresh_from_db()
    assert ticket.status.name == "Waiting for approval"
    client.force_login(ada)
    waiting = client.get(f"/tickets/{ticket.pk}/panels").content.decode()
    assert "Waiting for Omar" in waiting
    assert "since" in waiting
    assert f"/tickets/{ticket.pk}" in client.get("/queue?view=all&q=approval:waiting").content.decode()

    browser = Client(enforce_csrf_checks=True)
    address = link_in(mail_to(omar))
    html = browser.get(address).content.decode()
    assert "A licence for the drawing program" in html
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', html)
    assert token is not None
    said = browser.post(
        address, {"says": "grant", "comment": "She needs it.", "csrfmiddlewaretoken": token[1]}, follow=True
    )

    assert "You have approved it." in said.content.decode()
    assert browser.session.keys() == set()
    approval = Approval.objects.get()
    assert (approval.state, approval.how, approval.is_open) == ("granted", "people", False)
    ticket.refresh_from_db()
    assert (ticket.status.key, ticket.team) == ("new", network)
    panel = client.get(f"/tickets/{ticket.pk}/panels").content.decode()
    assert "She needs it." in panel
    assert "Omar" in panel
    history = client.get(f"/tickets/{ticket.pk}").content.decode()
    assert "approved it: “She needs it.”" in history
    assert f"/tickets/{ticket.pk}" not in client.get("/queue?view=all&q=approval:waiting").content.decode()


def everything() -> dict[str, list[str]]:
    return {
        model._meta.db_table: sorted(repr(row) for row in model._base_manager.values_list())
        for model in apps.get_models()
        if model._meta.db_table != "django_session"
    }


@pytest.mark.abuse("A15")
def test_looking_at_the_link_however_often_decides_nothing(
    rosa: Person, omar: Person, omar_manages_rosa: None, software: Rule
) -> None:
    open_ticket(rosa, "A licence", kind="request", by=rosa)
    deliver()
    address = link_in(mail_to(omar))
    before = everything()

    codes = {Client().generic(verb, address).status_code for verb in ("GET", "HEAD") for _time in range(3)}

    assert codes == {200}
    assert everything() == before
    assert Client().post(address, {"says": "grant"}).status_code == 302
    assert Approval.objects.get().state == "granted"


def test_a_refusal_needs_a_word_why_and_reaches_the_requester(
    rosa: Person, omar: Person, omar_manages_rosa: None, software: Rule
) -> None:
    open_ticket(rosa, "A licence", kind="request", by=rosa)
    deliver()
    address = link_in(mail_to(omar))

    silent = Client().post(address, {"says": "refuse"})
    assert silent.status_code == 422
    assert "Say why" in silent.content.decode()
    assert Approval.objects.get().state == "waiting"
    Client().post(address, {"says": "refuse", "comment": "There is a free one."})
    deliver()

    assert Approval.objects.get().state == "refused"
    mail = mail_to(rosa)
    assert "Refused" in mail.subject
    assert "There is a free one." in mail.text


def test_a_link_is_worth_nothing_forged_old_or_after_the_decision_was_passed_on(
    rosa: Person, omar: Person, lin: Person, omar_manages_rosa: None, software: Rule
) -> None:
    from datetime import timedelta

    from firstline.core import clock
    from firstline.flow.approvals.actions.decide import delegate

    open_ticket(rosa, "A licence", kind="request", by=rosa)
    deliver()
    address = link_in(mail_to(omar))

    assert Client().post(address[:-1] + ("a" if address[-1] != "a" else "b"), {"says": "grant"}).status_code == 404
    with clock.set_to(clock.now() + timedelta(days=31)):
        assert Client().post(address, {"says": "grant"}).status_code == 404
    delegate(Approval.objects.get(), lin, by=omar)
    assert Client().post(address, {"says": "grant"}).status_code == 404
    assert Approval.objects.get().state == "waiting"
    deliver()
    Client().post(link_in(mail_to(lin)), {"says": "grant"})
    assert Approval.objects.get().state == "granted"


def test_nobody_approves_their_own_request_their_managers_manager_is_asked(
    rosa: Person, omar: Person, lin: Person, network: Team
) -> None:
    belong(omar, manager=lin, by=None)
    rule = save_rule(Rule(name="Access", condition="kind:request"), by=None)
    save_stage(rule, None, Plan(who=(Asked(Who.PERSON, omar.pk),)), by=None)

    open_ticket(omar, "Access for me", kind="request", by=omar)

    approval = Approval.objects.get()
    stage = approval.stages.get()
    assert [seat.person for seat in stage.seats.all()] == [lin]
    assert stage.passed_over == [{"person": omar.pk, "because": "own"}]


def test_where_nobody_is_found_it_waits_visibly_until_somebody_is_named(
    client: Client, rosa: Person, lin: Person, bea: Person, ada: Person
) -> None:
    rule = save_rule(Rule(name="Access", condition="kind:request"), by=None)
    save_stage(rule, None, Plan(who=(Asked(Who.MANAGER),)), by=None)

    ticket = open_ticket(rosa, "Access", kind="request", by=rosa)
    deliver()

    approval = Approval.objects.get()
    assert (approval.state, approval.stages.get().is_stuck) == ("waiting", True)
    assert "Nobody can approve" in mail_to(bea).subject
    client.force_login(lin)
    assert "Nobody can be asked" in client.get("/approvals/waiting").content.decode()
    answer = client.post(
        f"/approvals/{approval.pk}/approver", {"stage": approval.stages.get().pk, "name-person": "Bea"}, follow=True
    )
    assert "They are asked now." in answer.content.decode()
    client.force_login(bea)
    client.post(f"/approvals/{approval.pk}/decision", {"says": "grant"})
    approval.refresh_from_db()
    assert approval.state == "granted"
    assert Ticket.objects.get(pk=ticket.pk).status.key == "new"


@pytest.mark.accepts("S0.15")
def test_another_departments_head_is_asked(rosa: Person, bea: Person) -> None:
    from firstline.people.organisations.actions.department import save_department

    finance = save_department(None, name="Finance", head=person("Farid"), by=None)
    rule = save_rule(Rule(name="Money", condition="kind:request"), by=None)
    save_stage(rule, None, Plan(who=(Asked(Who.HEAD, finance.pk),)), by=None)

    open_ticket(rosa, "A bigger budget", kind="request", by=rosa)

    assert [seat.person.name for seat in Approval.objects.get().stages.get().seats.all()] == ["Farid"]


# Answering the mail itself (TRUST A14).

VOUCHED = "mx.desk.example; dkim=pass header.d=example.org"


@pytest.fixture
def by_mail(settings: Any, bea: Person) -> None:
    set_preference("approvals.by_mail", True, by=bea)
    settings.MAIL_TRUSTED_SERVER = "mx.desk.example"


@pytest.fixture
def waiting(rosa: Person, omar: Person, omar_manages_rosa: None, software: Rule, by_mail: None) -> OutgoingMail:
    open_ticket(rosa, "A licence", kind="request", by=rosa)
    deliver()
    return mail_to(omar)


def answered(ours: OutgoingMail, text: str, *, proof: str = VOUCHED, **more: Any) -> RawMail:
    stamp = f"Authentication-Results: {proof}\r\n".encode() if proof else b""
    return arrive(stamp + answer_to(ours, text, **more))


@pytest.mark.accepts("S0.13")
def test_a_proven_answer_decides_and_what_was_decided_is_told_back(waiting: OutgoingMail, omar: Person) -> None:
    answered(waiting, "Approve, she needs it.")

    approval = Approval.objects.get()
    seat = approval.stages.get().seats.get()
    assert (approval.state, seat.comment, seat.via) == ("granted", "she needs it.", "mail")
    assert "You have approved it." in sent_to(omar.email or "")[-1].text


def test_a_refusal_by_mail_carries_its_reason(waiting: OutgoingMail) -> None:
    answered(waiting, "Refuse because there is a free one.")

    seat = Approval.objects.get().stages.get().seats.get()
    assert (seat.says, seat.comment) == ("refused", "there is a free one.")


@pytest.mark.abuse("A14")
@pytest.mark.parametrize(
    ("text", "proof", "more"),
    [
        ("Approve", "", {}),
        ("Approve", "mx.desk.example; dkim=fail header.d=example.org", {}),
        ("Approve", "mx.evil.example; dkim=pass header.d=example.org", {}),
        ("Approve", VOUCHED, {"sender": "rosa@example.org"}),
        ("Approve", VOUCHED, {"Auto_Submitted": "auto-replied"}),
        ("Approve only if it is cheap", VOUCHED, {}),
        ("Approve? No way.", VOUCHED, {}),
        ("I am away until Monday.", VOUCHED, {}),
        ("Refuse", VOUCHED, {}),
    ],
)
def test_an_answer_that_is_not_proven_or_not_plain_decides_nothing(
    waiting: OutgoingMail, text: str, proof: str, more: dict[str, Any]
) -> None:
    mail = answered(waiting, text, proof=proof, **more)

    assert Approval.objects.get().state == "waiting"
    assert "decide" in mail.reason
    assert "approve" not in Ticket.objects.get().subject.lower()


@pytest.mark.abuse("A14")
def test_where_it_is_turned_off_which_is_the_rule_no_mail_decides(
    rosa: Person, omar: Person, omar_manages_rosa: None, software: Rule, settings: Any
) -> None:
    settings.MAIL_TRUSTED_SERVER = "mx.desk.example"
    open_ticket(rosa, "A licence", kind="request", by=rosa)
    deliver()
    ours = mail_to(omar)
    assert "Reply-To" not in ours.headers
    secret = Approval.objects.get().stages.get().seats.get().secret

    stamp = f"Authentication-Results: {VOUCHED}\r\n".encode()
    arrive(stamp + letter("Approve", sender="omar@example.org", to=f"help+{secret}@desk.example"))

    assert Approval.objects.get().state == "waiting"
