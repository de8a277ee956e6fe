from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from firstline.core.actions import NotAllowed, Refused, acting
from firstline.core.events.models import Event
from firstline.core.preferences import Preference, declare, house, reading
from firstline.core.preferences.actions.set import set_preference
from firstline.core.preferences.models import Setting
from firstline.core.preferences.secrecy import CannotOpen, decrypt, encrypt

pytestmark = pytest.mark.django_db

PASSWORD = declare(
    Preference(
        "test.password", str, default="", label="Password of the post office", section="outgoing-mail", secret=True
    )
)


def test_a_setting_has_its_default_until_somebody_sets_it(ada: Any) -> None:
    assert house.REOPEN_WINDOW_HOURS.get() == 168

    set_preference("tickets.reopen_window_hours", "24", by=ada)

    assert house.REOPEN_WINDOW_HOURS.get() == 24
    event = Event.objects.get(kind="preference.changed")
    assert event.facts == {"key": "tickets.reopen_window_hours", "old": 168, "new": 24}
    assert (event.actor, event.describe()) == (
        ada,
        "changed the setting “Hours in which a reply reopens a resolved ticket” from “168” to “24”",
    )


def test_setting_what_is_already_so_records_nothing(ada: Any) -> None:
    set_preference("organisation.language", "en", by=ada)

    assert not Event.objects.exists()
    assert not Setting.objects.exists()


def test_who_may_not_edit_settings_cannot(rosa: Any) -> None:
    with pytest.raises(NotAllowed):
        set_preference("organisation.name", "Mine", by=rosa)

    assert house.ORGANISATION_NAME.get() == "Firstline"


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("organisation.name", "  ", "Name of the organisation: Please enter something."),
        ("organisation.language", "tlh", "Language: “tlh” is not one of the choices."),
        ("organisation.time_zone", "Mars/Olympus", "Time zone: “Mars/Olympus” is not one of the choices."),
        ("appearance.accent_hue", "361", "Hue of the accent colour: Choose a number from 0 to 360."),
        ("appearance.accent_hue", "red", "Hue of the accent colour: “red” is not a whole number."),
        ("mail.domain", "no domain",
         "Domain of our mail addresses: “no domain” is not a domain. Enter it like help.example.org."),
        ("mail.reply_marker", "maybe", "Put “Please reply above this line” into mails: Choose yes or no."),
        ("mail.signature", "a\x00b", "Signature: This text contains characters that cannot be kept."),
        ("nothing.here", "1", "There is no setting called “nothing.here”."),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused_with_a_sentence(ada: Any, key: str, value: str, sentence: str) -> None:
    with pytest.raises(Refused) as refusal:
        set_preference(key, value, by=ada)

    assert str(refusal.value) == sentence
    assert not Setting.objects.exists()


def test_a_change_that_is_rolled_back_leaves_nothing_in_the_cache(ada: Any) -> None:
    with transaction.atomic():
        set_preference("organisation.name", "Never", by=ada)
        assert house.ORGANISATION_NAME.get() == "Never"
        transaction.set_rollback(True)

    assert house.ORGANISATION_NAME.get() == "Firstline"


def test_reading_again_asks_the_database_nothing(django_assert_num_queries: object) -> None:
    reading.forget()
    reading._mine.writing = False
    house.ORGANISATION_NAME.get()

    with django_assert_num_queries(0):  # type: ignore[operator]
        house.ORGANISATION_NAME.get()
        house.LANGUAGE.get()


def test_a_change_by_another_process_is_seen_after_the_next_look(monkeypatch: pytest.MonkeyPatch) -> None:
    reading.forget()
    reading._mine.writing = False
    assert house.ORGANISATION_NAME.get() == "Firstline"
    with acting():
        Setting.objects.create(key="organisation.name", value="Elsewhere", version=1)
    assert house.ORGANISATION_NAME.get() == "Firstline"

    monkeypatch.setattr(reading, "CHECK_SECONDS", 0)

    assert house.ORGANISATION_NAME.get() == "Elsewhere"
    reading.forget()


@pytest.mark.abuse("J2")
def test_a_secret_is_kept_encrypted_and_never_shown(ada: Any) -> None:
    set_preference("test.password", "correct horse", by=ada)

    assert PASSWORD.reveal() == "correct horse"
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM preference")
        assert "horse" not in str(cursor.fetchall())
    assert Event.objects.get().facts == {"key": "test.password"}
    assert Event.objects.get().describe() == "changed the setting “Password of the post office”"
    with pytest.raises(TypeError):
        PASSWORD.get()


@pytest.mark.abuse("J2")
def test_a_secret_opens_only_for_its_purpose_and_with_an_old_key_too(settings: object) -> None:
    settings.SECRET_KEY = "old " * 10  # type: ignore[attr-defined]
    kept = encrypt("łąka", purpose="mailbox:1")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new " * 10, ["old " * 10]  # type: ignore[attr-defined]

    assert decrypt(kept, purpose="mailbox:1") == "łąka"
    for wrong, purpose in ((kept, "mailbox:2"), (kept[:-4] + "AAA=", "mailbox:1"), ("nonsense", "mailbox:1")):
        with pytest.raises(CannotOpen):
            decrypt(wrong, purpose=purpose)
    settings.SECRET_KEY_FALLBACKS = []  # type: ignore[attr-defined]
    with pytest.raises(CannotOpen, match="SECRET_KEY has changed"):
        decrypt(kept, purpose="mailbox:1")


def test_the_page_of_a_section_shows_and_changes_its_settings(ada: Any, client: Client) -> None:
    client.force_login(ada)
    set_preference("test.password", "correct horse", by=ada)

    shown = client.get("/settings/outgoing-mail")
    assert shown.status_code == 200
    assert "horse" not in shown.text
    assert "Signature" in shown.text

    saved = client.post("/settings/outgoing-mail", {"mail.domain": "help.example.org", "mail.reply_marker": "on"})

    assert (saved.status_code, saved["Location"]) == (302, "/settings/outgoing-mail")
    assert (house.MAIL_DOMAIN.get(), house.REPLY_MARKER.get()) == ("help.example.org", True)
    assert PASSWORD.reveal() == "correct horse"


def test_a_wrong_value_on_the_page_is_explained_and_nothing_is_saved(ada: Any, client: Client) -> None:
    client.force_login(ada)

    answer = client.post("/settings/outgoing-mail", {"mail.domain": "no domain", "mail.signature": "Ada"})

    assert answer.status_code == 422
    assert "is not a domain" in answer.text
    assert house.SIGNATURE.get() == ""


def test_the_page_is_closed_to_those_who_may_not_see_settings(rosa: Any, client: Client) -> None:
    assert client.get("/settings/outgoing-mail").status_code == 302
    client.force_login(rosa)

    assert client.get("/settings/outgoing-mail").status_code in (403, 404)
    assert client.post("/settings/outgoing-mail", {"mail.domain": "x.org"}).status_code in (403, 404)
    assert house.MAIL_DOMAIN.get() == ""


def test_a_section_that_does_not_exist_is_not_found(ada: Any, client: Client) -> None:
    client.force_login(ada)

    assert client.get("/settings/nothing").status_code == 404
