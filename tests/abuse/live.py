"""One desk for all tests that need real processes: started once, with a secret in everything (world.py)."""

from __future__ import annotations

import json
from typing import Any

from tests.rig.desk import Desk
from tests.rig.wire import Answer, Wire, request


class Live:
    """The running desk, its people, and a plain client for it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        world = json.loads(desk.python("tests.abuse.world").splitlines()[-1])
        self.people: dict[str, dict[str, str]] = world["people"]
        self.things: dict[str, int] = world["things"]
        self.hostile: dict[str, Any] = world["hostile"]
        desk.start_web()
        self.url = f"http://127.0.0.1:{desk.port}"

    def token(self, role: str) -> str:
        return self.people[role]["token"]

    def cookie(self, role: str) -> str:
        return f"firstline={self.people[role]['cookie']}"

    def get(self, path: str, **headers: Any) -> Answer:
        return self.ask("GET", path, **headers)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: Any) -> Answer:
        with Wire(self.desk.port) as wire:
            return wire.ask(request(method, path, body=body, **headers))
