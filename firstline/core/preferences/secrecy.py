"""Secrets at rest: AES-256-GCM with a key made from SECRET_KEY.

The text kept is `v1:<key id>:<base64 of nonce and ciphertext>`. The key id says which of SECRET_KEY and
SECRET_KEY_FALLBACKS it was, so SECRET_KEY can be changed. What the secret is for is authenticated with it: a
ciphertext copied from one place to another does not open there.
"""

from __future__ import annotations

import hashlib
import os
from base64 import b64decode, b64encode
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

VERSION = "v1"
NONCE_BYTES = 12


class CannotOpen(ValueError):
    """The secret was kept under another SECRET_KEY, or for another purpose, or was changed."""


def encrypt(secret: str, *, purpose: str) -> str:
    """Encrypt for keeping. `purpose` names the one place it is for, such as `mailbox:7:password`."""
    key = _key(settings.SECRET_KEY)
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, secret.encode(), purpose.encode())
    return f"{VERSION}:{_key_id(key)}:{b64encode(nonce + sealed).decode()}"


def decrypt(kept: str, *, purpose: str) -> str:
    """The secret, or `CannotOpen` with a sentence that says what to do."""
    try:
        version, key_id, text = kept.split(":")
        raw = b64decode(text, validate=True)
        keys = {_key_id(key): key for key in map(_key, [*settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY])}
        if version != VERSION:
            raise KeyError(version)
        return AESGCM(keys[key_id]).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], purpose.encode()).decode()
    except (ValueError, KeyError, InvalidTag):
        raise CannotOpen(
            f"The secret for {purpose} cannot be opened: SECRET_KEY has changed since. "
            "Add the old key to SECRET_KEY_FALLBACKS, or enter the secret again."
        ) from None


@lru_cache(maxsize=8)
def _key(secret_key: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=b"firstline secrets v1").derive(secret_key.encode())


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"id" + key).hexdigest()[:8]
