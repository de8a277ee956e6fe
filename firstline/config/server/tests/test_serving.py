"""The server as it is, on a real socket, with a page that needs no Django."""

from __future__ import annotations

import contextlib
import io
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from firstline.config.server import connection, pages
from firstline.config.server.pages import Pages
from firstline.config.server.serve import Server, configuration
from firstline.config.server.shell import Shell

LARGE = 30_000_000


def page(environ: dict[str, Any], start_response: Any) -> Any:
    body = environ["wsgi.input"].read()
    path = environ["PATH_INFO"]
    if path == "/slow":
        time.sleep(0.5)
    if path == "/file":
        start_response("200 OK", [("Content-Length", str(LARGE))])
        return environ["wsgi.file_wrapper"](io.BytesIO(b"f" * LARGE))
    if path == "/large":
        start_response("200 OK", [])
        return (b"l" * 65536 for _ in range(LARGE // 65536))
    if path == "/broken":
        raise RuntimeError("canary-9d1f")
    said: dict[str, Any] = {key: value for key, value in environ.items() if isinstance(value, str)}
    said |= {"length": len(body), "sum": sum(body)}
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(said).encode()]


class NoLive:
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await pages.say(send, 404, "no")

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def close_all(self) -> None: ...


class Desk:
    def __init__(self, proxies: int) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(512)
        self.port: int = self._socket.getsockname()[1]
        shell = Shell(Pages(page, threads=2), live=NoLive(), is_ready=lambda: True, proxies=proxies)
        self.server = Server(configuration(shell))
        self.server.capture_signals = contextlib.nullcontext  # type: ignore[assignment, method-assign]
        self._thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()
        while not self.server.started:
            time.sleep(0.01)

    def stop(self) -> None:
        self.server.should_exit = True
        self._thread.join(6)
        self._socket.close()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def send(self, raw: bytes) -> bytes:
        """Send this, and read until the server closes."""
        with self.connect() as client:
            client.sendall(raw)
            return _read_all(client)

    def get(self, path: str = "/", *headers: str, method: str = "GET", body: bytes = b"") -> tuple[int, bytes, bytes]:
        lines = [f"{method} {path} HTTP/1.1", "Host: desk", "Connection: close", *headers]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        raw = self.send("\r\n".join([*lines, "", ""]).encode() + body)
        head, _, content = raw.partition(b"\r\n\r\n")
        return int(head.split()[1]), head, content


def _read_all(client: socket.socket) -> bytes:
    pieces = []
    with contextlib.suppress(ConnectionResetError):
        while piece := client.recv(1 << 20):
            pieces.append(piece)
    return b"".join(pieces)


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    desk = Desk(proxies=0)
    yield desk
    desk.stop()


@pytest.fixture(scope="module")
def proxied() -> Iterator[Desk]:
    desk = Desk(proxies=1)
    yield desk
    desk.stop()


def test_a_page_is_answered_without_naming_the_server(desk: Desk) -> None:
    status, head, content = desk.get("/a%20b?x=1%202", "X-Thing: 1")

    said = json.loads(content)
    assert status == 200
    assert b"server:" not in head.lower()
    assert (said["PATH_INFO"], said["QUERY_STRING"], said["HTTP_X_THING"]) == ("/a b", "x=1%202", "1")
    assert (said["REMOTE_ADDR"], said["wsgi.url_scheme"]) == ("127.0.0.1", "http")


@pytest.mark.parametrize("size", [1, 70_000, 3_000_000])
def test_a_body_arrives_whole(desk: Desk, size: int) -> None:
    body = bytes(number % 251 for number in range(size))

    said = json.loads(desk.get("/", method="POST", body=body)[2])

    assert (said["length"], said["sum"]) == (size, sum(body))


def test_a_body_in_chunks_arrives_whole_and_with_its_length(desk: Desk) -> None:
    raw = POST + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"

    said = json.loads(desk.send(raw).partition(b"\r\n\r\n")[2])

    assert (said["length"], said["CONTENT_LENGTH"]) == (5, "5")
    assert "HTTP_TRANSFER_ENCODING" not in said


@pytest.mark.parametrize("path", ["/file", "/large"])
def test_a_large_answer_arrives_whole(desk: Desk, path: str) -> None:
    status, head, content = desk.get(path)

    assert status == 200
    assert len(content) >= LARGE - 65536
    assert f"content-length: {len(content)}".encode() in head.lower()


def test_head_has_no_body(desk: Desk) -> None:
    status, head, content = desk.get("/large", method="HEAD")

    assert (status, content) == (200, b"")
    assert b"content-length" in head.lower()


@pytest.mark.abuse("E13")
def test_a_page_that_breaks_says_nothing_of_it(desk: Desk) -> None:
    status, head, content = desk.get("/broken")

    assert status == 500
    assert b"canary" not in head + content
    assert b"Traceback" not in content


def test_health_needs_no_page(desk: Desk) -> None:
    assert desk.get("/health/live")[0] == 200
    assert desk.get("/health/ready")[0] == 200


# --- slow and hostile clients -----------------------------------------------------------------------------------------


def _is_quick(desk: Desk) -> bool:
    """Without care these pages would wait for many seconds; a busy machine needs some itself."""
    begun = time.monotonic()
    return desk.get("/")[0] == 200 and time.monotonic() - begun < 3


@pytest.mark.abuse("H2")
def test_slow_senders_hold_no_page_up(desk: Desk) -> None:
    clients = [desk.connect() for _ in range(30)]
    for client in clients:
        client.sendall(b"POST / HTTP/1.1\r\nHost: desk\r\nContent-Length: 1000\r\n\r\nslow")

    assert _is_quick(desk)

    for client in clients:
        client.close()


@pytest.mark.parametrize("path", ["/file", "/large"])
@pytest.mark.abuse("H2")
def test_slow_readers_hold_no_page_up(desk: Desk, path: str) -> None:
    clients = [desk.connect() for _ in range(10)]
    for client in clients:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: desk\r\n\r\n".encode())
        client.recv(100)  # the answer has begun, and nobody reads on

    assert _is_quick(desk)

    for client in clients:
        client.close()


@pytest.mark.abuse("H2")
def test_two_thousand_idle_connections_hold_no_page_up(desk: Desk) -> None:
    connection.open_many_files()
    clients: list[socket.socket] = []
    with contextlib.suppress(OSError):
        clients.extend(desk.connect() for _ in range(2000))

    assert _is_quick(desk)

    for client in clients:
        client.close()


@pytest.mark.abuse("H2")
def test_whoever_does_not_finish_the_head_is_cut_off(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.4)

    with desk.connect() as silent, desk.connect() as dripping:
        for _ in range(20):
            with contextlib.suppress(OSError):
                dripping.sendall(b"G" if _ == 0 else b"E")
            time.sleep(0.05)

        assert _read_all(silent) == b""
        assert b" 200 " not in _read_all(dripping)


@pytest.mark.abuse("H2")
def test_whoever_does_not_finish_the_body_is_told_and_cut_off(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "GRACE_SECONDS", 0.3)

    assert desk.send(b"POST / HTTP/1.1\r\nHost: desk\r\nContent-Length: 1000\r\n\r\nslow").startswith(b"HTTP/1.1 408 ")


@pytest.mark.abuse("H3")
def test_more_than_we_take_is_refused_before_it_is_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = time.monotonic()
    assert desk.send(b"POST / HTTP/1.1\r\nHost: desk\r\nContent-Length: 99999999999\r\n\r\n").startswith(
        b"HTTP/1.1 413 "
    )
    assert time.monotonic() - begun < 1

    monkeypatch.setattr(pages, "LARGEST_BODY", 1000)
    chunks = b"".join(b"fff\r\n" + b"x" * 0xFFF + b"\r\n" for _ in range(3))
    raw = b"POST / HTTP/1.1\r\nHost: desk\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
    assert desk.send(raw).startswith(b"HTTP/1.1 413 ")


def test_too_many_at_once_are_asked_to_come_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_WAITING", 4)
    answers: list[bytes] = []
    threads = [threading.Thread(target=lambda: answers.append(desk.get("/slow")[1])) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    refused = [head for head in answers if b" 503 " in head]
    assert len(refused) >= 4
    assert all(b"retry-after: 2" in head for head in refused)
    assert sum(b" 200 " in head for head in answers) >= 4


GET = b"GET / HTTP/1.1\r\nHost: desk\r\n"
POST = b"POST / HTTP/1.1\r\nHost: desk\r\n"
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: desk\r\n\r\n"
AMBIGUOUS: list[bytes] = [
    POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + SMUGGLED,
    POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde" + SMUGGLED,
    POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde" + SMUGGLED,
    POST + b"Content-Length: 5, 5\r\n\r\nabcde" + SMUGGLED,
    POST + b"Content-Length: +5\r\n\r\nabcde" + SMUGGLED,
    POST + b"Content-Length: -1\r\n\r\n" + SMUGGLED,
    POST + b"Content-Length: 0x5\r\n\r\nabcde" + SMUGGLED,
    POST + b"Content-Length: 5 \x0b\r\n\r\nabcde" + SMUGGLED,
    POST + b"Content-Length : 5\r\n\r\nabcde" + SMUGGLED,
    POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + SMUGGLED,
    POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + SMUGGLED,
    POST + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    POST + b"Transfer-Encoding: chunked\r\n\r\n0x5\r\nabcde\r\n0\r\n\r\n" + SMUGGLED,
    POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n" + SMUGGLED,
    POST + b"Transfer-Encoding: chunked\r\n\r\n5;x\nabcde\r\n0\r\n\r\n" + SMUGGLED,
    POST + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n" + SMUGGLED,
    POST + b"X: a\r\n Content-Length: 5\r\n\r\nabcde" + SMUGGLED,
    POST + b"X: a\rContent-Length: 5\r\n\r\nabcde" + SMUGGLED,
    POST + b"X: a\nContent-Length: 5\x00\r\n\r\nabcde" + SMUGGLED,
    GET + b"Host: other\r\n\r\n",
    GET + b"X: a\x00b\r\n\r\n",
    GET + b"X\x00Y: a\r\n\r\n",
    GET + b"no colon\r\n\r\n",
    GET + b": empty\r\n\r\n",
    b"GET / HTTP/1.1 \r\nHost: desk\r\n\r\n",
    b"GET /\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: desk\r\n\r\n",
    b"GET / XTTP/1.1\r\nHost: desk\r\n\r\n",
    b"GE\x00T / HTTP/1.1\r\nHost: desk\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200,
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    GET + b"X: " + b"y" * 200_000 + b"\r\n\r\n",
    b"GET /" + b"y" * 200_000 + b" HTTP/1.1\r\nHost: desk\r\n\r\n",
    GET + b"".join(b"X-%d: y\r\n" % number for number in range(20_000)) + b"\r\n",
]


@pytest.mark.parametrize("number", range(len(AMBIGUOUS)))
@pytest.mark.abuse("H1")
def test_what_two_readers_could_read_differently_is_refused(desk: Desk, number: int) -> None:
    with desk.connect() as client:
        with contextlib.suppress(OSError):
            client.sendall(AMBIGUOUS[number])
        client.settimeout(2)
        with contextlib.suppress(TimeoutError):
            answer = _read_all(client)
            assert b"/smuggled" not in answer
            assert b" 200 " not in answer.partition(b"\r\n")[0]


@pytest.mark.abuse("E6", "H1")
def test_a_header_with_an_underscore_is_not_its_twin(desk: Desk) -> None:
    said = json.loads(desk.get("/", "X_Remote_User: mallory", "X-Other: 1")[2])

    assert "HTTP_X_REMOTE_USER" not in said
    assert said["HTTP_X_OTHER"] == "1"


# --- proxies ----------------------------------------------------------------------------------------------------------

FORGED = (
    "X-Forwarded-For: 6.6.6.6",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Host: evil.example",
    "X-Real-IP: 6.6.6.6",
)


@pytest.mark.abuse("H10")
def test_without_a_proxy_nobody_is_believed(desk: Desk) -> None:
    said = json.loads(desk.get("/", *FORGED, "Forwarded: for=6.6.6.6")[2])

    assert (said["REMOTE_ADDR"], said["wsgi.url_scheme"]) == ("127.0.0.1", "http")
    assert [key for key in said if "FORWARDED" in key or "REAL" in key] == []


@pytest.mark.abuse("H10")
def test_with_one_proxy_its_word_is_believed_and_no_other(proxied: Desk) -> None:
    said = json.loads(proxied.get("/", "X-Forwarded-For: 6.6.6.6, 9.9.9.9", *FORGED[1:])[2])

    assert (said["REMOTE_ADDR"], said["wsgi.url_scheme"]) == ("9.9.9.9", "https")
    assert "HTTP_X_FORWARDED_HOST" not in said


@pytest.mark.parametrize("address", ["<script>", "", "9.9.9.9.9", "a" * 9000, "unknown", "1.2.3.4, "])
@pytest.mark.abuse("C8", "H10")
def test_what_is_no_address_is_not_taken_for_one(proxied: Desk, address: str) -> None:
    assert json.loads(proxied.get("/", f"X-Forwarded-For: {address}")[2])["REMOTE_ADDR"] == "127.0.0.1"


@pytest.mark.parametrize(("said", "address"), [("[2001:DB8::1]:443", "2001:db8::1"), ("9.9.9.9:1234", "9.9.9.9")])
def test_an_address_with_a_port_is_an_address(proxied: Desk, said: str, address: str) -> None:
    assert json.loads(proxied.get("/", f"X-Forwarded-For: {said}")[2])["REMOTE_ADDR"] == address


def test_the_server_stops_at_once_when_nothing_is_open() -> None:
    desk = Desk(proxies=0)
    begun = time.monotonic()

    desk.stop()

    assert time.monotonic() - begun < 2
