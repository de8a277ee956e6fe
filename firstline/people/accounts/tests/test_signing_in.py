from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.core import mail
from django.test import Client

from firstline.core import clock
from firstline.core.events.models import Event
from firstline.people.accounts.actions.deactivate import deactivate
from firstline.people.accounts.actions.reactivate import reactivate
from firstline.people.accounts.models import Person
from tests.cast import PASSWORD, person

from .conftest import code_from_mail, sign_in


def who(client: Client) -> Any:
    class Request:
        session = client.session

    return get_user(Request()).pk  # type: ignore[arg-type]


@pytest.fixture
def ada(db: Any) -> Person:
    return person("Ada", "agent", password=PASSWORD)


def test_somebody_signs_in_with_a_password(client: Client, ada: Person) -> None:
    answer = sign_in(client, ada)

    assert (answer.status_code, answer["Location"], who(client)) == (302, "/", ada.pk)
    assert Event.objects.get(kind="person.signed_in").facts == {"methods": ["password"]}


def test_somebody_signs_in_with_a_code_by_mail_and_has_proven_the_address(client: Client, omar: Person) -> None:
    Person.objects.filter(pk=omar.pk).update(email_verified_at=None)

    client.post("/account/login/code/", {"email": omar.email})
    client.post("/account/login/code/confirm/", {"code": code_from_mail()})

    omar.refresh_from_db()
    assert who(client) == omar.pk
    assert omar.is_verified
    assert mail.outbox[0].extra_headers["Auto-Submitted"] == "auto-generated"


@pytest.mark.abuse("E8")
def test_a_password_of_an_unproven_address_asks_for_a_code_first(client: Client, ada: Person) -> None:
    Person.objects.filter(pk=ada.pk).update(email_verified_at=None)

    answer = sign_in(client, ada)

    assert (answer["Location"], who(client)) == ("/account/confirm-email/", None)
    client.post("/account/confirm-email/", {"code": code_from_mail()})
    ada.refresh_from_db()
    assert (who(client), ada.is_verified) == (ada.pk, True)


@pytest.mark.abuse("E8")
def test_nobody_signs_up(client: Client, db: Any) -> None:
    page = client.get("/account/signup/")
    client.post("/account/signup/", {"email": "mallory@example.org"})

    assert "No sign-up needed" in page.content.decode()
    assert not Person.objects.exists()


@pytest.mark.abuse("E5")
def test_e5_the_session_id_changes_at_sign_in(client: Client, ada: Person) -> None:
    client.get("/account/login/")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["firstline"] = session.session_key or ""
    before = session.session_key

    sign_in(client, ada)

    assert client.session.session_key != before
    stale = Client()
    stale.cookies["firstline"] = before or ""
    assert who(stale) is None


@pytest.mark.abuse("E5")
def test_e5_a_changed_password_ends_all_other_sessions_at_once(ada: Person) -> None:
    here, there = Client(), Client()
    sign_in(here, ada)
    sign_in(there, ada)

    new = {"oldpassword": PASSWORD, "password1": "a new and long one", "password2": "a new and long one"}
    here.post("/account/password/change/", new)

    assert here.get("/account/profile").status_code == 200
    assert there.get("/account/profile").status_code == 302


@pytest.mark.abuse("E5")
def test_e5_a_deactivated_person_is_out_at_once_and_reactivation_does_not_revive_the_session(ada: Person) -> None:
    client = Client()
    sign_in(client, ada)
    assert client.get("/account/profile").status_code == 200

    deactivate(ada, by=None)
    out = client.get("/account/profile").status_code
    reactivate(ada, by=None)

    assert (out, client.get("/account/profile").status_code) == (302, 302)


def test_a_deactivated_person_cannot_sign_in(client: Client, ada: Person) -> None:
    deactivate(ada, by=None)

    by_password = sign_in(client, ada)
    client.post("/account/login/code/", {"email": ada.email})

    assert by_password["Location"] == "/account/inactive/"
    assert "No account" in mail.outbox[-1].subject
    assert who(client) is None


def test_a_session_ends_at_its_absolute_age_however_busy_it_was(client: Client, ada: Person, settings: Any) -> None:
    settings.SESSION_ABSOLUTE_AGE = 3600
    sign_in(client, ada)
    assert client.get("/account/profile").status_code == 200

    with clock.set_to(clock.now() + timedelta(minutes=61)):
        assert client.get("/account/profile").status_code == 302


def test_somebody_sees_their_sessions_and_ends_the_others(ada: Person) -> None:
    here, there = Client(), Client()
    sign_in(here, ada)
    sign_in(there, ada)

    listed = here.get("/account/sessions/").content.decode()
    here.post("/account/sessions/")

    assert listed.count("<tr>") == 3
    assert (here.get("/account/profile").status_code, there.get("/account/profile").status_code) == (200, 302)


@pytest.mark.parametrize(
    "path",
    ["login/", "login/code/", "password/reset/", "password/reset/done/", "inactive/", "signup/",
     "password/reset/key/1-nonsense/", "password/reset/key/done/"],
)  # fmt: skip
def test_every_page_of_the_entrance_is_ours(client: Client, db: Any, path: str) -> None:
    answer = client.get(f"/account/{path}")

    assert answer.status_code == 200
    assert 'class="plain"' in answer.content.decode()


@pytest.mark.parametrize("path", ["profile", "security", "password/change/", "email/", "2fa/", "sessions/", "again"])
def test_every_page_of_the_own_account_is_ours(client: Client, ada: Person, path: str) -> None:
    sign_in(client, ada)

    answer = client.get(f"/account/{path}")

    assert answer.status_code == 200
    assert "<title>" in answer.content.decode()
    assert client.get("/account/logout/").status_code == 200


@pytest.mark.abuse("D16")
def test_d16_no_page_makes_the_first_admin(client: Client, db: Any) -> None:
    for path in ("/setup", "/install", "/account/signup/", "/account/createadmin"):
        client.post(path, {"email": "mallory@example.org", "password1": "x" * 12, "password2": "x" * 12})

    assert not Person.objects.exists()
