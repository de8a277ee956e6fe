from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from firstline.people.accounts.models import Person


@pytest.fixture(autouse=True)
def quick_passwords(request: pytest.FixtureRequest, settings: Any) -> None:
    """Argon2 takes its time on purpose; only the tests of timing want that."""
    if "real_passwords" not in request.fixturenames:
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def sign_in(client: Client, somebody: Person, password: str = "correct horse battery") -> Any:
    return client.post("/account/login/", {"login": somebody.email, "password": password})


def code_from_mail() -> str:
    return str(mail.outbox[-1].subject).rpartition(" ")[2]


@pytest.fixture
def real_passwords() -> None:
    """Ask for Argon2."""
