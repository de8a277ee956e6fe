from __future__ import annotations

import pytest
from django.test import Client

from firstline.channels.email.models import Mailbox
from firstline.core import clock
from firstline.people.accounts.models import Person

FORM = {
    "name": "Support", "address": "support@desk.example", "host": "imap.example.org", "port": "993", "security": "tls",
    "user": "support", "password": "correct-horse", "folder": "INBOX", "after_reading": "keep", "is_active": "on",
}  # fmt: skip


def signed_in(somebody: Person) -> Client:
    client = Client()
    client.force_login(somebody)
    session = client.session
    session["signed_in_at"] = clock.now().timestamp()
    session.save()
    return client


@pytest.mark.abuse("J2")
def test_an_admin_adds_a_mailbox_and_never_reads_its_password(bea: Person) -> None:
    client = signed_in(bea)

    made = client.post("/settings/mail/mailboxes/new", FORM)
    box = Mailbox.objects.get()
    shown = client.get(made["Location"]).content.decode()

    assert made["Location"] == f"/settings/mail/mailboxes/{box.pk}"
    assert (box.password(), "correct-horse" in shown, "Support" in shown) == ("correct-horse", False, True)
    assert "Support" in client.get("/settings/mail/mailboxes").content.decode()
    client.post(made["Location"], {**FORM, "password": "", "name": "Help"})
    box.refresh_from_db()
    assert (box.name, box.password()) == ("Help", "correct-horse")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password": ""}, "Enter the password"),
        ({"security": "none"}, "Without encryption"),
        ({"after_reading": "move"}, "Name the folder"),
    ],
)
def test_what_cannot_work_is_refused_with_a_sentence(bea: Person, change: dict[str, str], words: str) -> None:
    answer = signed_in(bea).post("/settings/mail/mailboxes/new", {**FORM, **change})

    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not Mailbox.objects.exists()


@pytest.mark.abuse("D21")
def test_another_server_needs_the_password_again(bea: Person) -> None:
    client = signed_in(bea)
    place = client.post("/settings/mail/mailboxes/new", FORM)["Location"]

    answer = client.post(place, {**FORM, "host": "imap.evil.example", "password": ""})

    assert (answer.status_code, Mailbox.objects.get().host) == (422, "imap.example.org")


@pytest.mark.abuse("D21")
def test_agents_and_leads_neither_see_nor_change_mailboxes(bea: Person, ada: Person, lin: Person) -> None:
    place = signed_in(bea).post("/settings/mail/mailboxes/new", FORM)["Location"]

    answers = [
        client.get(path).status_code
        for client in (signed_in(ada), signed_in(lin))
        for path in ("/settings/mail/mailboxes", "/settings/mail/mailboxes/new", place)
    ]

    assert answers == [403] * 6
