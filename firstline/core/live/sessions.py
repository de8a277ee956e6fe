"""Whose session a cookie is, and whether it still is: for many at once, without a request."""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.utils.crypto import constant_time_compare

from firstline.core import clock
from firstline.core.text import whole_number


def people_of(session_keys: Collection[str]) -> dict[str, Any]:
    """The person of each session that is alive: not ended, not older than allowed, password unchanged, not disabled."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    rows = store.get_model_class().objects.filter(session_key__in=session_keys, expire_date__gt=clock.now())
    contents = {row.session_key: store().decode(row.session_data) for row in rows}
    owners = {key: _owner(content) for key, content in contents.items()}
    people = get_user_model()._default_manager.in_bulk({owner for owner in owners.values() if owner is not None})
    return {
        key: people[owner]
        for key, owner in owners.items()
        if owner in people and people[owner].is_active and _is_same(people[owner], contents[key])
    }


def _owner(content: dict[str, Any]) -> int | None:
    if content.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    owner = content.get(SESSION_KEY)
    return whole_number(owner) if isinstance(owner, str) else None


def _is_same(person: Any, content: dict[str, Any]) -> bool:
    """Whether the password is the one it was when this session began."""
    known = content.get(HASH_SESSION_KEY) or ""
    hashes = (person.get_session_auth_hash(), *person.get_session_auth_fallback_hash())
    return any(constant_time_compare(known, each) for each in hashes)
