"""Servers that behave badly, on this machine."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator

Behaviour = Callable[[socket.socket, bytes], None]


class Trap:
    """Counts who connects, reads a request, and behaves."""

    def __init__(self, behave: Behaviour, family: int = socket.AF_INET, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self._behave = behave
        self._tls = tls
        self._socket = socket.socket(family)
        self._socket.bind(("127.0.0.1" if family == socket.AF_INET else "::1", 0))
        self._socket.listen(128)
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            connection.settimeout(20)
            asked = b""
            while b"\r\n\r\n" not in asked:
                if not (piece := connection.recv(65536)):
                    return
                asked += piece
            self.requests.append(asked)
            self._behave(connection, asked)


@contextlib.contextmanager
def trap(behave: Behaviour, family: int = socket.AF_INET, tls: ssl.SSLContext | None = None) -> Iterator[Trap]:
    server = Trap(behave, family, tls)
    try:
        yield server
    finally:
        server.close()


def answer(content: bytes = b"ok", *headers: str, status: str = "200 OK") -> Behaviour:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(content)}", "Connection: close", *headers, "", ""]

    def behave(connection: socket.socket, _asked: bytes) -> None:
        connection.sendall("\r\n".join(lines).encode() + content)

    return behave
