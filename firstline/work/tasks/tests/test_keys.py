"""Licence keys of tasks: sealed, masked, and nobody looks unseen."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from firstline.core.actions import NotAllowed, Refused
from firstline.core.events.models import Event
from firstline.people.teams.models import Team
from firstline.work.tasks.actions.add import add_task
from firstline.work.tasks.actions.keys import keep_key, look_at_key, remove_key
from firstline.work.tasks.models import Task, TaskKey
from firstline.work.tickets.actions.open import open_ticket

pytestmark = pytest.mark.django_db
KEY = "XKCD-4711-PQRS"


@pytest.fixture
def task(rosa: Any, ada: Any, network: Team) -> Task:
    ticket = open_ticket(rosa, "A drawing program", kind="request", team=network, by=None)
    return add_task(ticket, "Install it", people=[ada], by=None)


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.accepts("S3.35")
def test_installers_and_manuals_attach_and_a_key_is_masked_until_asked_for_which_is_logged(
    task: Task, ada: Any, lin: Any
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client, page = signed_in(ada), f"/tasks/{task.pk}"
    for name in ("setup.exe", "manual.pdf"):
        client.post(f"{page}/files", {"files": SimpleUploadedFile(name, b"bytes")})
    client.post(f"{page}/keys", {"name": "Licence of the program", "key": f" {KEY} "})

    shown = client.get(page).content.decode()
    assert all(words in shown for words in ("setup.exe", "manual.pdf", "Licence of the program", "••••••••"))
    assert KEY not in shown
    key = TaskKey.objects.get()
    assert not Event.objects.filter(kind="ticket.task_key_shown").exists()
    seen = signed_in(lin).post(f"{page}/keys/{key.pk}/sight")
    assert KEY in seen.content.decode()
    assert "no-store" in seen["Cache-Control"]
    assert KEY not in client.get(page).content.decode()
    event = Event.objects.get(kind="ticket.task_key_shown")
    assert (event.actor_id, event.facts["name"]) == (lin.pk, "Licence of the program")
    told = client.get(f"/tickets/{task.ticket_id}").content.decode()
    assert "looked at the key “Licence of the program” of the task “Install it”" in told
    assert re.search(r"Lin", told)


def test_a_key_lies_nowhere_in_the_clear(task: Task, ada: Any) -> None:
    key = keep_key(task, "Licence", KEY, by=ada)
    assert look_at_key(task, key, by=ada) == KEY

    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM task_key")
        (secret,) = cursor.fetchone()
    assert KEY not in secret
    assert not [row for row in Event.objects.all() if KEY in json.dumps(row.facts)]
    other = add_task(task.ticket, "Another", people=[ada], by=None)
    copied = TaskKey(task=other, name="Copied", secret=secret)
    with pytest.raises(Refused, match="cannot be opened"):
        look_at_key(other, copied, by=ada)


def test_whoever_does_not_work_on_the_task_neither_sees_that_there_is_a_key_nor_the_key(
    task: Task, rosa: Any, omar: Any, ada: Any
) -> None:
    key = keep_key(task, "Licence", KEY, by=ada)

    for somebody in (rosa, omar):
        client = signed_in(somebody)
        assert client.get(f"/tasks/{task.pk}").status_code == 404
        assert client.post(f"/tasks/{task.pk}/keys/{key.pk}/sight").status_code == 404
        assert client.post(f"/tasks/{task.pk}/keys", {"name": "x", "key": "y"}).status_code == 404
        with pytest.raises(NotAllowed):
            look_at_key(task, key, by=somebody)
    assert not Event.objects.filter(kind="ticket.task_key_shown").exists()


def test_looking_needs_a_post_and_a_key_of_another_task_is_none(task: Task, ada: Any) -> None:
    other = add_task(task.ticket, "Another", people=[ada], by=None)
    key = keep_key(other, "Licence", KEY, by=ada)
    client = signed_in(ada)

    assert client.get(f"/tasks/{other.pk}/keys/{key.pk}/sight").status_code == 405
    assert client.post(f"/tasks/{task.pk}/keys/{key.pk}/sight").status_code == 404
    with pytest.raises(Refused):
        look_at_key(task, key, by=ada)


def test_a_key_is_removed_and_brought_back(task: Task, ada: Any) -> None:
    client = signed_in(ada)
    key = keep_key(task, "Licence", KEY, by=ada)

    gone = client.post(f"/tasks/{task.pk}/keys/{key.pk}/removal", follow=True).content.decode()
    assert f"/tasks/{task.pk}/keys/{key.pk}/removal?back" in gone
    assert "Licence</" not in client.get(f"/tasks/{task.pk}").content.decode()
    assert client.post(f"/tasks/{task.pk}/keys/{key.pk}/sight", follow=True).content.decode().count(KEY) == 0
    client.post(f"/tasks/{task.pk}/keys/{key.pk}/removal?back")

    assert remove_key(task, TaskKey.objects.get(), False, by=ada).is_removed is False
    assert look_at_key(task, TaskKey.objects.get(), by=ada) == KEY


@pytest.mark.parametrize(("name", "key"), [("", KEY), ("Licence", "  "), ("Licence", "x" * 5001)])
def test_what_is_no_key_is_refused_with_a_sentence(name: str, key: str, task: Task, ada: Any) -> None:
    with pytest.raises(Refused):
        keep_key(task, name, key, by=ada)
    assert not TaskKey.objects.exists()
