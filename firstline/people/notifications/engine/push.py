"""Web Push: a message only the browser can read (RFC 8291, aes128gcm of RFC 8188), and who sends it (VAPID, RFC 8292).

The push service in between sees neither words nor sender beyond our key. Plain Python and `cryptography`.
"""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256 (SEC 2, 2.4.2)
RECORD = 4096  # bytes; every push service takes as much (RFC 8030, 7.2)
MOST = RECORD - 16 - 1 - 86  # of plain text: what is left beside tag, padding delimiter and header
LIFE = 12 * 3600  # seconds a signature holds; at most 24 hours (RFC 8292, 2)


class BadSubscription(ValueError):
    """The browser's keys are no keys."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where a browser listens, and its keys (base64url)."""

    endpoint: str
    public_key: str
    secret: str

    def check(self) -> None:
        """Raise BadSubscription if nothing could ever be encrypted for it."""
        _peer(self.public_key)
        if len(decode(self.secret)) != 16:
            raise BadSubscription("secret")


def own_key(seed: bytes) -> ec.EllipticCurvePrivateKey:
    """Our key, the same for the same seed: nothing to keep, and a restored copy is known to the browsers."""
    number = HKDF(SHA256(), length=48, salt=None, info=b"firstline web push v1").derive(seed)
    return ec.derive_private_key(int.from_bytes(number) % (ORDER - 1) + 1, CURVE)


def public_text(key: ec.EllipticCurvePrivateKey) -> str:
    """Our public key as browsers want it."""
    return encode(_point(key.public_key()))


def encrypt(
    plain: bytes,
    subscription: Subscription,
    *,
    salt: bytes = b"",
    ours: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """The body of the request. `salt` and `ours` are given by tests only: they must be new for every message."""
    if len(plain) > MOST:
        raise ValueError(f"A push message has at most {MOST} bytes.")
    peer = _peer(subscription.public_key)
    salt = salt or os.urandom(16)
    ours = ours or ec.generate_private_key(CURVE)
    ours_public = _point(ours.public_key())
    info = b"WebPush: info\x00" + _point(peer) + ours_public
    secret = HKDF(SHA256(), 32, decode(subscription.secret), info).derive(ours.exchange(ec.ECDH(), peer))
    key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(secret)
    nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(secret)
    header = salt + RECORD.to_bytes(4) + bytes([len(ours_public)]) + ours_public
    return header + AESGCM(key).encrypt(nonce, plain + b"\x02", None)


def authorization(endpoint: str, key: ec.EllipticCurvePrivateKey, *, contact: str, now: float) -> str:
    """The Authorization header for this endpoint, signed by us. `contact` is a mailto: or https: address."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int(now) + LIFE, "sub": contact}
    signed = f"{_json({'typ': 'JWT', 'alg': 'ES256'})}.{_json(claims)}"
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(SHA256())))
    return f"vapid t={signed}.{encode(r.to_bytes(32) + s.to_bytes(32))}, k={public_text(key)}"


def encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise BadSubscription("base64") from None


def _peer(text: str) -> ec.EllipticCurvePublicKey:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decode(text))
    except ValueError:
        raise BadSubscription("public key") from None


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _json(value: dict[str, object]) -> str:
    return encode(json.dumps(value, separators=(",", ":")).encode())
