from __future__ import annotations

from threading import Thread
from typing import Any

import pytest

from firstline.core import clock
from firstline.core.actions import OutsideAction, acting
from firstline.core.database.prepared import Prepared, insert
from firstline.core.events.models import Event
from firstline.people.accounts.models import Person
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.models import Kind, Ticket
from firstline.work.tickets.queries import first_status

pytestmark = pytest.mark.django_db


def test_it_answers_what_the_query_set_answers(ada: Person, rosa: Person) -> None:
    mine, other = (open_ticket(rosa, subject, by=rosa) for subject in ("The printer", "The scanner"))
    one = Prepared(lambda number: Ticket.objects.select_related("requester", "status").filter(pk=number), int)
    named = Prepared(lambda name, number: Ticket.objects.filter(subject=name, pk=number).values("id", "kind"), str, int)

    assert [one(mine.pk), one(other.pk), one(0)] == [[mine], [other], []]
    assert (one(mine.pk)[0].requester, one(mine.pk)[0].created_at) == (rosa, mine.created_at)
    assert named("The scanner", other.pk) == [{"id": other.pk, "kind": "incident"}]
    assert named("The scanner", mine.pk) == []


def test_what_is_loaded_costs_no_further_question(rosa: Person, django_assert_num_queries: object) -> None:
    ticket = open_ticket(rosa, "The printer", by=rosa)
    one = Prepared(lambda number: Ticket.objects.select_related("requester").filter(pk=number), int)
    one(ticket.pk)

    with django_assert_num_queries(1):  # type: ignore[operator]
        assert one(ticket.pk)[0].requester.name == rosa.name


def test_a_value_of_another_kind_is_refused(rosa: Person) -> None:
    one = Prepared(lambda number: Person.objects.filter(pk=number), int)

    for wrong in ("1", None, [1], 1.0):
        with pytest.raises(TypeError):
            one(wrong)
    with pytest.raises(TypeError):
        one()


def test_a_value_that_is_changed_on_its_way_is_refused_from_the_start(rosa: Person) -> None:
    upper = Prepared(lambda name: Person.objects.filter(email=name.upper() + "x"), str)

    with pytest.raises(ValueError, match="does not reach"):
        upper("rosa@example.org")


@pytest.mark.django_db(transaction=True)
def test_two_threads_do_not_get_each_others_rows(rosa: Person, ada: Person) -> None:
    one = Prepared(lambda number: Person.objects.filter(pk=number), int)
    wrong: list[object] = []

    def ask(person: Person) -> None:
        from django.db import connection

        try:
            wrong.extend(found for _turn in range(50) if (found := one(person.pk)) != [person])
        finally:
            connection.close()

    threads = [Thread(target=ask, args=(person,)) for person in (rosa, ada) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


def test_an_inserted_row_is_as_saving_would_have_made_it(rosa: Person) -> None:
    shown: dict[str, Any] = {
        "kind": "ticket.opened", "subject_noun": "ticket", "subject_id": 1, "actor_id": rosa.pk, "at": clock.now(),
        "facts": {"a": [1, "ü", None]}, "salts": {}, "via": "web", "correlation": "c",
    }  # fmt: skip
    saved, inserted = Event(**shown), Event(**shown)
    with acting():
        saved.save(force_insert=True)
        insert(inserted)

    columns = [field.attname for field in Event._meta.concrete_fields if not field.primary_key]
    first, second = Event.objects.filter(pk__in=[saved.pk, inserted.pk]).order_by("pk").values(*columns)
    assert inserted.pk == saved.pk + 1
    assert not inserted._state.adding
    assert first == second


def test_nothing_is_inserted_outside_an_action(rosa: Person) -> None:
    with pytest.raises(OutsideAction):
        insert(Ticket(subject="By the side door", requester=rosa))
    assert not Ticket.objects.exists()


def test_a_choice_is_written_as_its_value(rosa: Person) -> None:
    ticket = Ticket(subject="x", requester=rosa, kind=Kind.PROBLEM, status=first_status("problem", "new"))
    with acting():
        insert(ticket)

    assert Ticket.objects.filter(kind="problem").get().pk == ticket.pk
