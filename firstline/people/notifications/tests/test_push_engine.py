"""Web Push against the published example, and against a browser's side written apart."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from firstline.people.notifications.engine import push


def test_the_example_of_rfc_8291_comes_out_byte_by_byte() -> None:
    """RFC 8291, appendix A."""
    ours = ec.derive_private_key(int.from_bytes(push.decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")), push.CURVE)
    subscription = push.Subscription(
        "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg",
    )

    body = push.encrypt(
        b"When I grow up, I want to be a watermelon",
        subscription,
        salt=push.decode("DGv6ra1nlYgDCS1FRnbzlw"),
        ours=ours,
    )

    assert push.encode(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_our_signature_names_the_push_service_and_can_be_checked_with_our_public_key() -> None:
    key = push.own_key(b"a secret")
    assert push.public_text(key) == push.public_text(push.own_key(b"a secret")) != push.public_text(push.own_key(b"b"))

    header = push.authorization(
        "https://push.example.net/push/abc?x=1", key, contact="https://desk.example", now=1_900_000_000
    )

    scheme, token, public = header.replace(",", "").split(" ")
    head, claims, signature = token.removeprefix("t=").split(".")
    assert (scheme, public) == ("vapid", f"k={push.public_text(key)}")
    assert json.loads(push.decode(claims)) == {
        "aud": "https://push.example.net", "exp": 1_900_043_200, "sub": "https://desk.example",
    }  # fmt: skip
    raw = push.decode(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    key.public_key().verify(der, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))


@pytest.mark.parametrize(
    ("public_key", "secret"), [("", ""), ("AAAA", "AAAA"), ("B" * 87, "BTBZMqHH6r4Tts7J_aSIgg"), ("é", "x")]
)
def test_keys_that_are_none_are_refused(public_key: str, secret: str) -> None:
    with pytest.raises(push.BadSubscription):
        push.Subscription("https://push.example.net/", public_key, secret).check()
