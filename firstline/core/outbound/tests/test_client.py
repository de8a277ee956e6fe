from __future__ import annotations

import datetime
import gzip
import socket
import ssl
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from firstline.core import outbound
from firstline.core.outbound import client, target
from firstline.core.outbound.tests.traps import answer, trap


@pytest.fixture
def inside(settings: Any) -> None:
    """The installation lets us ask this machine."""
    settings.OUTBOUND_ALLOWED = ["localhost", "127.0.0.1"]


def _ask(server: Any, **options: Any) -> outbound.Answer:
    return outbound.send(f"http://localhost:{server.port}/hook?a=1", **options)


# --- where we go ------------------------------------------------------------------------------------------------------

_V4 = [
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "127.000.000.001",
    "0127.0.0.1",
    "0177.0.0.1",
    "0177.0.0.01",
    "017700000001",
    "0x7f.0.0.1",
    "0x7f.1",
    "0x7f000001",
    "0X7F000001",
    "0x7F.0X0.0x0.0X1",
    "2130706433",
    "02130706433",
    "127.0.0.1.nip.invalid",
    "127.2.3.4",
    "127.255.255.254",
    "0",
    "0.0.0.0",
    "0.0",
    "0x0",
    "00000000",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "LocalHost",
    "localhost.localdomain",
    "ip6-localhost",
    "ip6-loopback",
    "１２７.０.０.１",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "127．0．0．1",
    "127｡0｡0｡1",
    "⑫7.0.0.1",
    "ｌｏｃａｌｈｏｓｔ",
    "ℓocalhost",
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    "𝟏𝟐𝟕.𝟎.𝟎.𝟏",
    "𝟙𝟚𝟟.1",
    "169.254.169.254",
    "169.254.43518",
    "0xa9fea9fe",
    "2852039166",
    "0251.0376.0251.0376",
    "10.0.0.1",
    "10.1",
    "192.168.0.1",
    "192.168.1",
    "172.16.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "198.18.0.1",
    "192.0.0.192",
    "255.255.255.255",
    "224.0.0.1",
    "240.0.0.1",
    "0.0.0.1",
    "127.0.0.0",
    "1.2.3.4.5",
]
_V6 = [
    "::1",
    "::",
    "0:0:0:0:0:0:0:1",
    "0000:0000:0000:0000:0000:0000:0000:0001",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "0:0:0:0:0:ffff:127.0.0.1",
    "::FFFF:127.0.0.1",
    "::ffff:0:127.0.0.1",
    "::ffff:0x7f000001",
    "64:ff9b::7f00:1",
    "64:ff9b::127.0.0.1",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2002:7f00:0001::1",
    "2001:0:7f00:1::",
    "fe80::1",
    "fe80::1%25lo",
    "fe80::1%lo",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "ff01::1",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "::ffff:10.0.0.1",
    "::ffff:192.168.0.1",
    "::1%lo",
    "::1%25lo",
    "2001:db8::1",
    "100::1",
    "::a00:1",
]
SPELLINGS = (
    [f"http://{host}:PORT/" for host in _V4]
    + [f"http://[{host}]:PORT/" for host in _V6]
    + [
        "http://user@127.0.0.1:PORT/", "http://user:pass@127.0.0.1:PORT/", "http://8.8.8.8@127.0.0.1:PORT/",
        "http://127.0.0.1:PORT@8.8.8.8/", "http://8.8.8.8:80@127.0.0.1:PORT/", "http://127.0.0.1:PORT#@8.8.8.8/",
        "http://8.8.8.8\\@127.0.0.1:PORT/", "http://127.0.0.1\\@8.8.8.8:PORT/", "http:\\\\127.0.0.1:PORT\\",
        "http://127.0.0.1%2f:PORT/", "http://%31%32%37.0.0.1:PORT/", "http://127.0.0.1%00.example:PORT/",
        "http://127.0.0.1\t:PORT/", "http://\t127.0.0.1:PORT/", " http://127.0.0.1:PORT/", "http://127.0.0.1 :PORT/",
        "http://127.0.0.1\r\nHost: x:PORT/", "HTTP://127.0.0.1:PORT/", "https://127.0.0.1:PORT/", "//127.0.0.1:PORT/",
        "http:127.0.0.1:PORT", "http:/127.0.0.1:PORT/", "http:///127.0.0.1:PORT/", "ftp://127.0.0.1:PORT/",
        "file:///etc/passwd", "gopher://127.0.0.1:PORT/", "dict://127.0.0.1:PORT/", "jar:http://127.0.0.1:PORT/",
        "ws://127.0.0.1:PORT/", "unix:///var/run/docker.sock", "data:text/plain,x", "javascript:1", "127.0.0.1:PORT",
        "", "http://", "http://:PORT/", "http://[::1:PORT/", "http://[127.0.0.1]:PORT/", "http://127.0.0.1:PORTx/",
        "http://127.0.0.1:99999/", "http://127.0.0.1:-1/", "http://127.0.0.1:22/", "http://8.8.8.8:25/",
        "http://[v1.127.0.0.1]:PORT/", "http://" + "a" * 3000 + ":PORT/", "http://[::ffff:127.0.0.1%25lo]:PORT/",
    ]
)  # fmt: skip


def test_there_are_many_spellings() -> None:
    assert len(SPELLINGS) >= 120


@pytest.fixture(scope="module")
def traps() -> Any:
    with trap(answer()) as four, trap(answer(), socket.AF_INET6) as six:
        yield four, six


@pytest.mark.abuse("F1")
def test_no_spelling_of_an_inner_address_reaches_it(traps: Any) -> None:
    for spelling in SPELLINGS:
        for server in traps:
            with pytest.raises((outbound.Forbidden, outbound.Unreachable)) as caught:
                outbound.send(spelling.replace("PORT", str(server.port)), seconds=2)
            assert str(caught.value), spelling

    assert [server.connections for server in traps] == [0, 0]


def test_many_of_these_spellings_would_reach_it(traps: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the test above would show nothing: with the check of addresses taken away, the trap is touched."""
    monkeypatch.setattr(target, "is_public", lambda address: True)
    monkeypatch.setattr(target, "is_link_local", lambda address: address.startswith(("169", "fe80")))

    for spelling in SPELLINGS:
        if any(f"//{start}" in spelling for start in ("127", "0", "[::", "local", "2130", "①", "１")):
            try:
                outbound.send(spelling.replace("PORT", str(traps[0].port)), seconds=0.5)
            except (outbound.Unreachable, ValueError):
                continue

    assert traps[0].connections > 15


@pytest.mark.abuse("F2")
def test_a_name_with_one_inner_address_among_others_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, port, **_: [(2, 1, 6, "", (ip, port)) for ip in ("8.8.8.8", "10.0.0.1")]
    )

    with pytest.raises(outbound.Forbidden, match="not on the public internet"):
        outbound.send("http://rebind.example/")


@pytest.mark.abuse("F2")
def test_a_name_is_looked_up_once(inside: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is public when checked and inner when connected to would need a second look-up."""
    looked: list[Any] = []
    original = socket.getaddrinfo

    def once(host: Any, *args: Any, **kwargs: Any) -> Any:
        looked.append(host)
        return original("127.0.0.1" if host == "localhost" else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", once)
    with trap(answer()) as server:
        assert _ask(server).status == 200

    assert [host for host in looked if host == "localhost"] == ["localhost"]


@pytest.mark.abuse("F1")
def test_clouds_secrets_stay_closed_even_where_we_are_let_inside(settings: Any) -> None:
    settings.OUTBOUND_ALLOWED = ["169.254.169.254", "169.254.169.254:80"]

    with pytest.raises(outbound.Forbidden):
        outbound.send("http://169.254.169.254/latest/meta-data/")


def test_an_inner_host_can_be_allowed_for_one_port_only(settings: Any) -> None:
    with trap(answer()) as one, trap(answer()) as other:
        settings.OUTBOUND_ALLOWED = [f"localhost:{one.port}"]

        assert _ask(one).status == 200
        with pytest.raises(outbound.Forbidden):
            _ask(other)
        assert other.connections == 0


@pytest.mark.abuse("F3")
def test_a_redirect_is_an_answer_and_not_followed(inside: None) -> None:
    with trap(answer()) as secret:
        location = f"Location: http://127.0.0.1:{secret.port}/"
        with trap(answer(b"", location, status="302 Found")) as server:
            found = _ask(server)

        assert (found.status, found.headers["location"]) == (302, location.removeprefix("Location: "))
        assert secret.connections == 0


@pytest.mark.abuse("F1")
def test_the_proxy_of_the_environment_is_not_used(inside: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with trap(answer()) as proxy, trap(answer(b"direct")) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")

        assert _ask(server).content == b"direct"
        assert proxy.connections == 0


# --- how long, how much -----------------------------------------------------------------------------------------------


def test_a_good_answer_comes_whole(inside: None) -> None:
    with trap(answer(b"thanks", "X-Thing: 1", status="201 Created")) as server:
        found = _ask(server, headers={"X-Signature": "abc", "Host": "evil.example"}, content=b"{}")

    assert found == outbound.Answer(201, found.headers, b"thanks", False)
    assert found.is_success
    assert found.headers["x-thing"] == "1"
    asked = server.requests[0]
    assert asked.startswith(b"POST /hook?a=1 HTTP/1.1\r\n")
    assert b"X-Signature: abc" in asked
    assert b"evil.example" not in asked
    assert f"Host: localhost:{server.port}".encode() in asked


def _drip(connection: socket.socket, _asked: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(100):
        time.sleep(0.2)
        connection.sendall(b"x")


def _drip_head(connection: socket.socket, _asked: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for number in range(100):
        time.sleep(0.2)
        connection.sendall(f"X-{number}: y\r\n".encode())


def _again_and_again(connection: socket.socket, _asked: bytes) -> None:
    for _ in range(100):
        time.sleep(0.1)
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n")


def _silent(connection: socket.socket, _asked: bytes) -> None:
    time.sleep(10)


@pytest.mark.parametrize("behave", [_drip, _drip_head, _again_and_again, _silent])
@pytest.mark.abuse("F4")
def test_whoever_drips_gets_no_more_time(inside: None, behave: Any) -> None:
    with trap(behave) as server:
        begun = time.monotonic()
        with pytest.raises(outbound.TooSlow, match="localhost did not answer in time"):
            _ask(server, seconds=1)

    assert time.monotonic() - begun < 2


@pytest.mark.abuse("F4")
def test_a_resolver_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **_: time.sleep(5))

    begun = time.monotonic()
    with pytest.raises(outbound.TooSlow, match="could not be looked up"):
        outbound.send("http://slow.example/", seconds=0.5)

    assert time.monotonic() - begun < 1.5


@pytest.mark.abuse("F4")
def test_of_an_endless_answer_only_the_beginning_is_read(inside: None) -> None:
    sent = threading.Event()

    def endless(connection: socket.socket, _asked: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                connection.sendall(b"x" * 65536)
        finally:
            sent.set()

    with trap(endless) as server:
        found = _ask(server)

    assert (len(found.content), found.is_cut) == (64 * 1024, True)
    assert sent.wait(5)


@pytest.mark.abuse("F4")
def test_a_zipped_answer_is_not_unzipped_beyond_its_bound(inside: None) -> None:
    bomb = gzip.compress(b"\0" * 200_000_000, 1)

    with trap(answer(bomb, "Content-Encoding: gzip")) as server:
        begun = time.process_time()
        found = _ask(server, largest=10_000)

    assert (len(found.content), found.is_cut) == (10_000, True)
    assert time.process_time() - begun < 1


def test_what_is_zipped_although_not_asked_for_is_read(inside: None) -> None:
    with trap(answer(gzip.compress(b"hello"), "Content-Encoding: gzip")) as server:
        assert _ask(server).content == b"hello"
    assert b"Accept-Encoding: identity" in server.requests[0]


RUDE = [
    lambda connection, _: connection.sendall(b"HTTP/9.9 banana\r\n\r\n"),
    lambda connection, _: connection.sendall(b"\x00\xff" * 5000),
    lambda connection, _: connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 10_000_000),
    lambda connection, _: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"),
    lambda connection, _: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nabc"),
    lambda connection, _: connection.close(),
]


@pytest.mark.parametrize("behave", RUDE)
@pytest.mark.abuse("F4")
def test_nonsense_is_said_in_a_sentence(inside: None, behave: Any) -> None:
    with trap(behave) as server, pytest.raises(outbound.Unreachable, match="localhost could not be reached"):
        _ask(server, seconds=3)


def test_a_closed_port_is_said_in_a_sentence(inside: None) -> None:
    with socket.socket() as bound:  # it does not listen
        bound.bind(("127.0.0.1", 0))
        with pytest.raises(outbound.Unreachable, match="could not be reached"):
            outbound.send(f"http://localhost:{bound.getsockname()[1]}/")


@pytest.mark.parametrize("header", [{"X": "a\r\nY: b"}, {"X\r\nY": "a"}, {"X": "a\0"}, {"X Y": "a"}])
@pytest.mark.abuse("G4")
def test_a_header_cannot_hold_another(inside: None, header: dict[str, str]) -> None:
    with trap(answer()) as server, pytest.raises(ValueError, match=r"line break|cannot be sent"):
        _ask(server, headers=header)


# --- certificates -----------------------------------------------------------------------------------------------------


def _certificate(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return path, context


def _trust(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    context = ssl.create_default_context(cafile=str(path))
    monkeypatch.setattr(client, "_tls", lambda: context)


@pytest.mark.abuse("F4")
def test_the_certificate_must_be_trusted(inside: None, tmp_path: Path) -> None:
    _path, context = _certificate(tmp_path, "localhost")

    with trap(answer(), tls=context) as server, pytest.raises(outbound.Unreachable, match="is not trusted"):
        outbound.send(f"https://localhost:{server.port}/")
    assert server.requests == []


@pytest.mark.abuse("F4")
def test_the_certificate_must_be_for_the_name_asked(
    inside: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, context = _certificate(tmp_path, "other.example")
    _trust(monkeypatch, path)

    with trap(answer(), tls=context) as server, pytest.raises(outbound.Unreachable, match="is not trusted"):
        outbound.send(f"https://localhost:{server.port}/")
    assert server.requests == []


def test_the_name_asked_is_told_to_the_server_though_the_number_is_dialled(
    inside: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, context = _certificate(tmp_path, "localhost")
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    _trust(monkeypatch, path)

    with trap(answer(b"safe"), tls=context) as server:
        assert outbound.send(f"https://localhost:{server.port}/").content == b"safe"

    assert names == ["localhost"]
