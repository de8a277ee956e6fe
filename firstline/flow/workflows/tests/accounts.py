"""A real SCIM 2.0 server (scim2-server) in a process of its own: it keeps accounts and groups until it is stopped."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

TOKEN = "scim token of the tests"
# What the command `scim2-server` does, but on a port that the system chooses.
SERVER = """\
import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server
from scim2_server.memory import InMemoryStorage
from scim2_server.testserver.application import BearerTokenApplication
from scim2_server.utils import load_default_provider
WSGIRequestHandler.log_message = lambda *_said: None
application = BearerTokenApplication(InMemoryStorage(), load_default_provider(), bearer_tokens=[sys.argv[1]])
with make_server("127.0.0.1", 0, application) as server:
    print(server.server_port, flush=True)
    server.serve_forever()
"""


class Accounts:
    """What somebody who looks into the other system sees, past the product."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.address = f"http://127.0.0.1:{port}/v2"

    def ask(self, method: str, path: str, said: Any = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}
        body = json.dumps(said).encode() if said is not None else None
        asked = urllib.request.Request(self.address + path, body, headers, method=method)
        with urllib.request.urlopen(asked) as answer:
            return dict(json.loads(answer.read() or b"{}"))

    def named(self, name: str) -> list[dict[str, Any]]:
        found = self.ask("GET", "/Users?filter=" + quote(f'userName eq "{name}"'))
        return list(found.get("Resources") or [])

    def group(self, name: str) -> None:
        self.ask("POST", "/Groups", {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": name})

    def members_of(self, name: str) -> list[str]:
        (group,) = self.ask("GET", "/Groups?filter=" + quote(f'displayName eq "{name}"'))["Resources"]
        return sorted(member["value"] for member in group.get("members") or ())


@contextmanager
def accounts() -> Iterator[Accounts]:
    command = [sys.executable, "-c", SERVER, TOKEN]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Accounts(int(process.stdout.readline()))
        finally:
            process.terminate()
