"""Notices on their way: to a push service and a chat that are real servers on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any, ClassVar

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from firstline.core import clock
from firstline.core.actions import NotAllowed, Refused
from firstline.core.jobs.draining import drain
from firstline.core.quiet.actions.fall_silent import fall_silent
from firstline.people.accounts.models import Person
from firstline.people.notifications import rules
from firstline.people.notifications.actions.choose import set_rhythm
from firstline.people.notifications.actions.devices import add_device
from firstline.people.notifications.actions.give import notify
from firstline.people.notifications.actions.read import mark_read
from firstline.people.notifications.actions.targets import save_target
from firstline.people.notifications.engine import push
from firstline.people.notifications.fields import Channel, Kind, declare
from firstline.people.notifications.jobs.handing_out import hand_out
from firstline.people.notifications.models import Delivery, Device, Notice, Target
from firstline.people.teams.models import Team
from tests.cast import works_in

pytestmark = pytest.mark.django_db
ALL = frozenset(Channel)
HELLO = declare(Kind("test.hello", label="Hello", title="Hello {person}: {what}", desk=ALL, for_others=True))
ALARM = declare(Kind("test.alarm", label="Alarm", title="Alarm: {what}", desk=ALL, is_urgent=True))


class Trap(HTTPServer):
    """Notes what it is asked, answers as told."""

    answers: list[int]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.answers = []
        self.headers: dict[str, str] = {}

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class Asked(BaseHTTPRequestHandler):
    server: Trap
    protocol_version: ClassVar[str] = "HTTP/1.1"  # type: ignore[misc]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 201)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def trap() -> Iterator[Trap]:
    server = Trap()
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


class Browser:
    """The other side of Web Push, written from RFC 8291 for itself."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = bytes(range(16))

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def allow(self, who: Person, trap: Trap, name: str = "phone") -> Device:
        return add_device(
            who, f"http://{trap.place}/{name}", push.encode(self.public), push.encode(self.secret), label=name, by=who
        )

    def read(self, body: bytes) -> dict[str, str]:
        salt, length = body[:16], body[20]
        theirs = body[21 : 21 + length]
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        ikm = HKDF(SHA256(), 32, self.secret, b"WebPush: info\x00" + self.public + theirs).derive(shared)
        key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(ikm)
        nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(ikm)
        plain = AESGCM(key).decrypt(nonce, body[21 + length :], None)
        found: dict[str, str] = json.loads(plain.rstrip(b"\x00")[:-1])
        return found


def tell(who: Person, what: str, kind: Kind = HELLO) -> list[Notice]:
    return notify(kind, {"rule": [who]}, occasion=f"test:{what}", facts={"what": what}, by=None)


def go() -> None:
    while hand_out():
        pass
    drain()


def states(channel: str) -> list[str]:
    return list(Delivery.objects.filter(channel=channel).order_by("id").values_list("state", flat=True))


@pytest.mark.accepts("S0.19")
def test_a_notice_reaches_the_phone_encrypted_and_signed(settings: Any, ada: Person, trap: Trap) -> None:
    settings.OUTBOUND_ALLOWED = (trap.place,)
    browser = Browser()
    browser.allow(ada, trap)

    tell(ada, "the coffee is ready")
    go()

    [(path, headers, body)] = trap.asked
    assert path == "/phone"
    assert b"coffee" not in body
    assert browser.read(body)["title"] == "Hello Ada: the coffee is ready"
    assert headers["content-encoding"] == "aes128gcm"
    assert headers["authorization"].startswith("vapid t=")
    assert states("push") == ["sent"]
    go()
    assert len(trap.asked) == 1


def test_a_browser_that_is_gone_is_forgotten(settings: Any, ada: Person, trap: Trap) -> None:
    settings.OUTBOUND_ALLOWED = (trap.place,)
    Browser().allow(ada, trap)
    trap.answers = [410]

    tell(ada, "one")
    go()

    assert not Device.objects.exists()
    assert states("push") == ["dropped"]


def test_a_device_that_has_it_is_left_alone_when_another_is_tried_again(settings: Any, ada: Person, trap: Trap) -> None:
    settings.OUTBOUND_ALLOWED = (trap.place,)
    for name in ("phone", "desk"):
        Browser().allow(ada, trap, name)
    trap.answers = [201, 503]

    tell(ada, "one")
    go()
    assert [path for path, _headers, _body in trap.asked] == ["/phone", "/desk"]
    assert states("push") == ["waiting"]

    with clock.set_to(clock.now() + timedelta(hours=1)):
        hand_out()
    drain()
    assert [path for path, _headers, _body in trap.asked] == ["/phone", "/desk", "/desk"]
    assert states("push") == ["sent"]


@pytest.mark.parametrize("inside", ["127.0.0.1", "localhost", "0x7f000001", "[::1]", "169.254.169.254"])
def test_a_push_address_inside_our_network_is_never_asked(ada: Person, trap: Trap, inside: str) -> None:
    browser = Browser()
    add_device(
        ada, f"http://{inside}:{trap.server_port}/x", push.encode(browser.public), push.encode(browser.secret), by=ada
    )

    tell(ada, "one")
    go()

    assert trap.asked == []
    assert states("push") == ["waiting"]


def test_quiet_hours_hold_back_and_then_tell_once(settings: Any, ada: Person, trap: Trap) -> None:
    settings.OUTBOUND_ALLOWED = (trap.place,)
    browser = Browser()
    browser.allow(ada, trap)
    set_rhythm(ada, quiet_from=time(22), quiet_until=time(7), by=ada)
    night = datetime(2027, 3, 1, 23, tzinfo=UTC)

    with clock.set_to(night):
        tell(ada, "one")
        read = tell(ada, "two")
        tell(ada, "three")
        hand_out()
        mark_read(ada, [notice.pk for notice in read], by=ada)
    drain()
    assert trap.asked == []

    with clock.set_to(night + timedelta(hours=8)):
        go()
    [(_path, _headers, body)] = trap.asked
    assert browser.read(body)["title"] == "2 notices from Firstline"
    assert states("push") == ["sent", "dropped", "sent"]


def test_what_is_urgent_passes_quiet_hours_unless_one_says_no(settings: Any, ada: Person, trap: Trap) -> None:
    settings.OUTBOUND_ALLOWED = (trap.place,)
    Browser().allow(ada, trap)
    night = datetime(2027, 3, 1, 23, tzinfo=UTC)

    with clock.set_to(night):
        set_rhythm(ada, quiet_from=time(22), quiet_until=time(7), by=ada)
        tell(ada, "fire", ALARM)
        go()
        assert len(trap.asked) == 1
        set_rhythm(ada, quiet_from=time(22), quiet_until=time(7), urgent_passes=False, by=ada)
        tell(ada, "water", ALARM)
        go()

    assert len(trap.asked) == 1


def test_a_restored_copy_keeps_everything_waiting(settings: Any, ada: Person, trap: Trap) -> None:
    settings.OUTBOUND_ALLOWED = (trap.place,)
    Browser().allow(ada, trap)
    fall_silent(reason="restored", by=None)

    tell(ada, "one")
    go()

    assert trap.asked == []
    assert set(states("push")) == {"waiting"}


def test_a_leaver_is_not_told_even_if_it_waited(settings: Any, ada: Person, trap: Trap) -> None:
    settings.OUTBOUND_ALLOWED = (trap.place,)
    Browser().allow(ada, trap)
    tell(ada, "one")
    Person.objects.filter(pk=ada.pk).update(is_active=False)

    go()

    assert trap.asked == []
    assert states("push") == ["dropped"]


# --- Chat ------------------------------------------------------------------------------------------------------------


@pytest.mark.accepts("S0.18")
def test_a_notice_reaches_the_chat_of_a_person_and_of_a_team(
    settings: Any, ada: Person, bea: Person, network: Team, trap: Trap
) -> None:
    settings.OUTBOUND_ALLOWED = (trap.place,)
    works_in(network, ada)
    save_target("Ada", address=f"json://{trap.place}/ada", person=ada, by=bea)
    save_target("Network", address=f"json://{trap.place}/network", team=network, by=bea)

    notify(HELLO, {"rule": [ada]}, occasion="x", facts={"what": "one"}, teams=[network], by=None)
    go()

    told = {path: json.loads(body)["title"] for path, _headers, body in trap.asked}
    assert told == {"/ada": "Hello Ada: one", "/network": "Hello —: one"}
    assert set(states("chat")) == {"sent"}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]"])
def test_a_chat_inside_our_network_is_never_asked(ada: Person, bea: Person, trap: Trap, host: str) -> None:
    try:
        save_target("Trap", address=f"json://{host}:{trap.server_port}/", person=ada, by=bea)
    except Refused:
        return  # Apprise itself does not read it: as good
    tell(ada, "one")
    go()

    assert trap.asked == []
    assert Target.objects.get().last_error != ""


def test_a_chat_that_sends_us_elsewhere_is_not_followed(settings: Any, trap: Trap) -> None:
    settings.OUTBOUND_ALLOWED = (trap.place,)
    trap.answers, trap.headers = [307], {"Location": f"http://{trap.place}/secret"}

    with pytest.raises(rules.NotTold):
        rules.say(f"json://{trap.place}/first", "a", "b")

    assert [path for path, _headers, _body in trap.asked] == ["/first"]


@pytest.mark.parametrize(
    "address",
    [
        "mailto://a:b@example.org", "syslog://", "dbus://", "gnome://", "file:///etc/passwd", "macosx://", "exec://x",
        "mqtt://localhost", "xmpp://a:b@localhost", "http://127.0.0.1/", "slack://", "", "slack://" + "x" * 5000,
    ],
)  # fmt: skip
def test_only_chats_that_speak_http_can_be_set_up(ada: Person, bea: Person, address: str) -> None:
    with pytest.raises(Refused):
        save_target("X", address=address, person=ada, by=bea)


def test_addresses_of_chats_are_kept_encrypted_and_set_up_by_admins_only(ada: Person, bea: Person) -> None:
    token = "TIiajkdnlazkcOXrIdevi7FQ"
    target = save_target("Ada", address=f"slack://T1JJ3T3L2/A1BRTD4JD/{token}/#x", person=ada, by=bea)

    assert target.service == "Slack"
    assert token not in Target.objects.get().address
    with pytest.raises(NotAllowed):
        save_target("Ada", address=f"slack://T1JJ3T3L2/A1BRTD4JD/{token}/#x", person=ada, by=ada)
