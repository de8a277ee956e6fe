from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from firstline.core.actions import plug_in_permissions
from firstline.core.actions.registry import _check


@pytest.fixture(autouse=True)
def permissions() -> Iterator[None]:
    """Core knows no roles: here an admin is whoever is called Ada."""
    before = _check[0]
    plug_in_permissions(lambda person, permission, thing: getattr(person, "name", "") == "Ada")
    yield
    plug_in_permissions(before)


@pytest.fixture
def ada() -> Any:
    """An admin."""
    return get_user_model().objects.create_user("ada@example.org", None, name="Ada")


@pytest.fixture
def rosa() -> Any:
    """Somebody who may nothing here."""
    return get_user_model().objects.create_user("rosa@example.org", None, name="Rosa")
