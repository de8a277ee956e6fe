"""A session that somebody left open: it reads no page with secrets, and changes no address that data goes to (D21)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from firstline.channels.alerts.actions.source import save_source
from firstline.channels.alerts.models import AlertSource
from firstline.channels.email.models import Mailbox
from firstline.channels.email.tests.test_mailbox_pages import FORM
from firstline.core import clock
from firstline.core.events.models import Event
from firstline.flow.workflows.actions.systems import save_system
from firstline.flow.workflows.models import System
from firstline.people.accounts.models import Person
from firstline.people.accounts.rules import FRESH
from tests.cast import PASSWORD, person

from .forms import walk

pytestmark = [pytest.mark.django_db, pytest.mark.abuse("D21")]
SECRET_FIELD = re.compile(r"""<input[^>]*type=["']?password|<input[^>]*name=["']?(?:secret|token)\b""")


@pytest.fixture
def chief(db: Any) -> Person:
    return person("Chief", "admin", password=PASSWORD)


def signed_in(somebody: Person, *, seconds_ago: float = 0) -> Client:
    client = Client()
    client.force_login(somebody)
    session = client.session
    session["signed_in_at"] = (clock.now() - timedelta(seconds=seconds_ago)).timestamp()
    session.save()
    return client


@pytest.fixture
def settings_with_secrets(chief: Person) -> list[str]:
    """Pages that hold secrets, or addresses that data goes to."""
    box = signed_in(chief).post("/settings/mail/mailboxes/new", FORM)["Location"]
    system = save_system(System(key="staff", kind="scim", address="https://a.example/scim"), secret="x", by=chief)
    source, _token = save_source(AlertSource(name="Monitoring"), by=chief)
    return [
        box, "/settings/mail/mailboxes/new", f"/workflows/systems/{system.pk}", "/workflows/systems/new",
        f"/settings/alerts/{source.pk}", "/settings/alerts/new", "/settings/chats/new", "/account/tokens",
    ]  # fmt: skip


def test_pages_with_secrets_ask_for_the_sign_in_again_after_a_quarter_of_an_hour(
    chief: Person, settings_with_secrets: list[str]
) -> None:
    fresh, stale = signed_in(chief, seconds_ago=FRESH - 60), signed_in(chief, seconds_ago=FRESH + 60)

    assert [fresh.get(path).status_code for path in settings_with_secrets] == [200] * len(settings_with_secrets)
    asked = [stale.get(path) for path in settings_with_secrets]
    assert [answer.status_code for answer in asked] == [302] * len(settings_with_secrets)
    assert all("/account/reauthenticate/?next=" in answer["Location"] for answer in asked)


def test_nothing_is_changed_or_kept_by_a_form_that_is_sent_too_late(
    chief: Person, settings_with_secrets: list[str]
) -> None:
    box, stale = settings_with_secrets[0], signed_in(chief, seconds_ago=FRESH + 60)
    before = Event.objects.count()
    moved = {**FORM, "host": "imap.evil.example", "password": "typed in between"}

    answers = [stale.post(path, moved) for path in settings_with_secrets]
    answers.append(stale.post(f"{box}/connection"))

    assert [answer.status_code for answer in answers] == [302] * len(answers)
    assert (Mailbox.objects.get().host, Event.objects.count()) == ("imap.example.org", before)
    assert not [row for row in Session.objects.all() if "typed in between" in str(row.get_decoded())]


def test_after_the_password_it_goes_on_where_it_was(chief: Person, settings_with_secrets: list[str]) -> None:
    box, stale = settings_with_secrets[0], signed_in(chief, seconds_ago=FRESH + 60)
    place = stale.get(box)["Location"]

    wrong = stale.post(place, {"password": "wrong"})
    assert (wrong.status_code, stale.get(box).status_code) == (200, 302)
    right = stale.post(place, {"password": PASSWORD})

    assert right["Location"] == box
    assert stale.get(box).status_code == 200
    assert stale.post(box, {**FORM, "name": "Help"}).status_code == 302
    assert Mailbox.objects.get().name == "Help"


def test_no_page_that_an_admin_can_reach_takes_a_secret_from_a_session_left_open(
    chief: Person, settings_with_secrets: list[str]
) -> None:
    starts = ("/settings", "/settings/mail/mailboxes", "/workflows/systems", "/settings/alerts", "/settings/chats")

    def with_secrets(client: Client) -> set[str]:
        found = (path for path, text in walk(client, *starts, most=150) if SECRET_FIELD.search(text))
        return {path for path in found if not path.startswith("/account/")}

    assert len(with_secrets(signed_in(chief))) >= 5
    assert with_secrets(signed_in(chief, seconds_ago=FRESH + 60)) == set()
