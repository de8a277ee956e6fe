"""Sealing what must be read again, and drawing what must be scanned."""

from __future__ import annotations

import base64
import io

import segno
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def seal(text: str, *, purpose: str) -> str:
    """Encrypt for the database: a copy of it must not hold the key to anybody's second factor."""
    return _box(purpose).encrypt(text.encode()).decode()


def open_sealed(sealed: str, *, purpose: str) -> str:
    """Decrypt with the key of now or of before (SECRET_KEY_FALLBACKS). Raises InvalidToken for anything else."""
    return _box(purpose).decrypt(sealed.encode()).decode()


def qr_code(text: str) -> str:
    """The text as an SVG of black squares on white."""
    drawn = io.BytesIO()
    segno.make(text, error="m").save(drawn, kind="svg", scale=5, dark="#000", light="#fff", xmldecl=False)
    return drawn.getvalue().decode()


def _box(purpose: str) -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(str(key), purpose)) for key in keys])


def _derived(key: str, purpose: str) -> bytes:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"firstline {purpose}".encode())
    return base64.urlsafe_b64encode(derive.derive(key.encode()))
