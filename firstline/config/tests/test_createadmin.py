"""The first admin comes from the command line."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from firstline.config.commands.createadmin import command
from firstline.people.access.models import Grant, Role
from firstline.people.accounts.models import Person

pytestmark = pytest.mark.django_db
GOOD = "a long enough sentence"


def run(email: str, password: str = GOOD):
    return CliRunner().invoke(command, [email, "--name", "Ada", "--password-from-stdin"], input=f"{password}\n")


def test_a_new_person_becomes_an_admin_who_can_sign_in():
    done = run("Ada@example.org")

    assert done.exit_code == 0, done.output
    ada = Person.objects.get(email="ada@example.org")
    assert ada.check_password(GOOD)
    assert list(Grant.objects.filter(person=ada).values_list("role", flat=True)) == [Role.ADMIN]


def test_somebody_known_keeps_the_account_and_becomes_an_admin_once():
    rosa = Person.objects.create_user("rosa@example.org", name="Rosa")

    run("rosa@example.org")
    run("ROSA@example.org")

    assert Person.objects.count() == 1
    assert Grant.objects.filter(person=rosa, role=Role.ADMIN).count() == 1
    assert Person.objects.get().name == "Rosa"


@pytest.mark.parametrize(("email", "password"), [("ada@example.org", "short"), ("no address", GOOD)])
def test_what_cannot_be_is_refused_in_a_sentence_and_leaves_nothing(email, password):
    done = run(email, password)

    assert done.exit_code == 1
    assert done.output.startswith("Error: ")
    assert Person.objects.count() == 0
