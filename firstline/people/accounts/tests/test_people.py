from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from firstline.core.actions import Refused
from firstline.core.events.models import Event
from firstline.people.accounts.actions.edit import edit_own
from firstline.people.accounts.actions.open import get_or_open, open_person
from firstline.people.accounts.models import Person, PersonWord
from firstline.people.accounts.queries import by_email, find, named, page_of, visible_to
from tests.cast import person


def test_two_mails_of_one_sender_make_one_person(db: Any) -> None:
    first = get_or_open(" Rosa@Example.org", "Rosa Marín", by=None)
    second = get_or_open("rosa@example.org", "Mallory", by=None)

    assert (first.pk, second.name, Person.objects.count()) == (second.pk, "Rosa Marín", 1)
    assert Event.objects.get(kind="person.opened").describe() == "opened the account"


@pytest.mark.abuse("A10", "A13")
def test_addresses_that_look_alike_stay_different_people(db: Any) -> None:
    addresses = ["victim@example.org", "victim+x@example.org", "v.ictim@example.org", "vıctim@example.org"]

    assert len({get_or_open(address, by=None).pk for address in addresses}) == 4
    assert by_email("VICTIM@example.org") == Person.objects.get(email="victim@example.org")
    assert by_email("") is None


@pytest.mark.parametrize("address", ["nonsense", "a@b@c", "two words@example.org", "x" * 300 + "@example.org"])
def test_what_is_no_address_opens_no_account(db: Any, address: str) -> None:
    with pytest.raises(Refused):
        open_person(address, by=None)


def test_people_are_found_by_the_beginning_of_any_word_without_accents(ada: Person) -> None:
    lukasz = person("Łukasz Żółć", email="lz@example.org")
    person("Anna Żak", email="az@example.org")

    assert find(ada, "zol") == [lukasz]
    assert find(ada, "łuk ż") == [lukasz]
    assert find(ada, "LZ") == [lukasz]
    assert find(ada, "") == []
    assert find(ada, "ukasz") == []


def test_finding_never_lists_everybody_and_uses_the_index(ada: Person, django_assert_max_num_queries: Any) -> None:
    from django.db import connection

    people = Person.objects.bulk_create(Person(name=f"Max {n}", email=f"max{n}@example.org") for n in range(60))
    PersonWord.write(*people)

    with CaptureQueriesContext(connection) as asked:
        found = find(ada, "max")

    assert len(found) == 20
    assert len(asked) <= 2


@pytest.mark.abuse("D3")
def test_requesters_find_nobody_but_themselves(rosa: Person, omar: Person) -> None:
    assert list(visible_to(rosa)) == [rosa]
    assert find(rosa, "omar") == []
    assert named(rosa, "omar@example.org") is None


def test_pages_of_people_hold_each_once(ada: Person) -> None:
    for number in range(7):
        person("Same Name", email=f"same{number}@example.org")

    seen: list[int] = []
    after = ""
    while True:
        rows, after = page_of(ada, after=after, size=3)
        seen += [row.pk for row in rows]
        if not after:
            break

    assert sorted(seen) == sorted(Person.objects.values_list("pk", flat=True))
    assert page_of(ada, after="nonsense")[0] != []


def test_a_renamed_person_is_found_by_the_new_name_only(ada: Person, rosa: Person) -> None:
    edit_own(rosa, changes={"name": "Linda"}, by=rosa)

    assert (find(ada, "linda"), find(ada, "rosa@")) == ([rosa], [rosa])
    edit_own(rosa, changes={"name": "Berta"}, by=rosa)
    assert find(ada, "linda") == []


def test_somebody_edits_their_profile(rosa: Person) -> None:
    client = Client()
    client.force_login(rosa)

    said = {"name": "Rosalind", "phone": "1", "language": "de", "time_zone": "Europe/Warsaw", "theme": "dark"}
    client.post("/account/profile", said)

    rosa.refresh_from_db()
    assert (rosa.name, rosa.language, rosa.time_zone, rosa.theme, rosa.shortcuts) == (
        "Rosalind", "de", "Europe/Warsaw", "dark", False,
    )  # fmt: skip
    assert 'lang="de"' in client.get("/account/profile").content.decode()
    event = Event.objects.get(kind="person.edited")
    assert event.facts == {"fields": ["language", "name", "phone", "shortcuts", "theme", "time_zone"]}


def test_theme_and_language_are_switched_from_the_menu(rosa: Person) -> None:
    client = Client()
    client.force_login(rosa)

    client.post("/account/theme", {"theme": "dark"})
    client.post("/account/language", {"language": "pl"})
    wrong = client.post("/account/language", {"language": "tlh"})

    rosa.refresh_from_db()
    assert (rosa.theme, rosa.language, wrong.status_code) == ("dark", "pl", 400)


@pytest.mark.abuse("D7")
def test_nobody_edits_more_of_themselves_than_is_theirs(rosa: Person) -> None:
    with pytest.raises(Refused):
        edit_own(rosa, changes={"is_active": True, "email": "x@example.org"}, by=rosa)
    client = Client()
    client.force_login(rosa)

    client.post("/account/profile", {"name": "R", "theme": "dark", "email": "x@example.org", "is_active": ""})

    rosa.refresh_from_db()
    assert (rosa.email, rosa.is_active) == ("rosa@example.org", True)


@pytest.mark.abuse("E8")
def test_a_new_address_counts_only_after_its_code(rosa: Person) -> None:
    from django.core import mail

    client = Client()
    client.force_login(rosa)
    session = client.session
    from firstline.core import clock

    session["signed_in_at"] = clock.now().timestamp()
    session.save()

    client.post("/account/email/", {"email": "rosa@new.example", "action_add": "1"})
    rosa.refresh_from_db()
    before = rosa.email
    code = str(mail.outbox[-1].subject).rpartition(" ")[2]
    client.post("/account/confirm-email/", {"code": code})

    rosa.refresh_from_db()
    assert (before, rosa.email, rosa.is_verified) == ("rosa@example.org", "rosa@new.example", True)
