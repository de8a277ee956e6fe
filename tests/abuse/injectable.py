"""A page that can be injected, so that whoever looks for such pages shows that they would find one."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit


class _Careless(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        word = parse_qs(urlsplit(self.path).query).get("q", [""])[0]
        database = sqlite3.connect(":memory:")
        database.executescript("CREATE TABLE thing (id INTEGER, name TEXT); INSERT INTO thing VALUES (1, 'lamp');")
        try:
            found = database.execute(f"SELECT name FROM thing WHERE name = '{word}'").fetchall()
            page, status = f"<p>{found}</p>", 200
        except sqlite3.Error as error:
            page, status = f"<p>SQLite error: {error}</p>", 500
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@contextmanager
def careless_page() -> Iterator[str]:
    """Its address, while it lives."""
    server = HTTPServer(("127.0.0.1", 0), _Careless)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/?q=lamp"
    server.shutdown()
