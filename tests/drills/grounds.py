"""Desks to break: each a copy of one that was prepared once."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from tests.rig.cluster import Cluster
from tests.rig.desk import Desk


class Grounds:
    """A folder, and for PostgreSQL a durable cluster, that are gone afterwards."""

    def __init__(self, kind: str, *, warm: bool = False) -> None:
        self.kind, self.warm = kind, warm
        self.folder = Path(tempfile.mkdtemp(prefix="firstline-drill-"))
        self._cluster = Cluster(self.folder / f"drill-{os.getpid()}") if kind == "postgresql" else None
        self._count = 0
        self._known: dict[str, Any] = {}
        self._kept: dict[str, Desk] = {}

    @contextmanager
    def desk(
        self, *, broken: str = "", empty: bool = False, at: Path | None = None, **environment: str
    ) -> Iterator[Desk]:
        """A fresh desk with an agent and a token; `broken` names what is wrong with its processes."""
        key = json.dumps([empty, str(at), environment], sort_keys=True)
        desk = self._kept.pop(key, None) or self._new(empty=empty, at=at, environment=environment)
        self._fill(desk, empty=empty)
        desk.entry = ["tests.drills.broken", broken] if broken else ["firstline"]
        if not self.warm or empty or at is not None:
            with desk:
                yield desk
            return
        self._kept[key] = desk  # so that what it has imported serves the next one of its kind
        try:
            yield desk
        finally:
            desk.kill(*desk.processes)

    def _new(self, *, empty: bool, at: Path | None, environment: dict[str, str]) -> Desk:
        self._count += 1
        name = f"desk{self._count}"
        database = self._cluster.address(name) if self._cluster is not None else ""
        warm = self.warm and not empty
        return Desk(at or self.folder / name, database=database, warm=warm, **environment)

    def _fill(self, desk: Desk, *, empty: bool) -> None:
        if self._cluster is not None:
            name = desk.environment["FIRSTLINE_DATABASE"].partition("@/")[2].partition("?")[0]
            self._cluster.create(name, like="template1" if empty else "prepared")
        if not empty:
            for path in desk.folder.iterdir():
                if not path.is_mount():
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
            shutil.copytree(self.folder / "prepared", desk.folder, dirs_exist_ok=True)

    def crash_the_database(self) -> None:
        assert self._cluster is not None
        self._cluster.crash()
        self._cluster.start()

    @property
    def token(self) -> str:
        return str(self._known["token"])

    def __enter__(self) -> Self:
        try:
            self._prepare()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _prepare(self) -> None:
        if self._cluster is not None:
            self._cluster.start()
            self._cluster.create("prepared")
        database = self._cluster.address("prepared") if self._cluster is not None else ""
        with Desk(self.folder / "prepared", database=database) as desk:
            self._known = json.loads(desk.python("tests.drills.prepared"))

    def __exit__(self, *error: object) -> None:
        for desk in self._kept.values():
            desk.__exit__()
        if self._cluster is not None:
            self._cluster.__exit__(*error)
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._cluster is not None:
            shutil.rmtree(self._cluster.folder, ignore_errors=True)


def stored(desk: Desk, *, settled: float = 0, forward: bool = False, later: int = 0) -> dict[str, Any]:
    """What is in the desk's database, after at most `settled` seconds in which the work may end: see stored.py."""
    words = [f"--settled={settled}"] if settled else []
    words += ["--forward"] if forward else []
    words += [f"--later={later}"] if later else []
    found: dict[str, Any] = json.loads(desk.python("tests.drills.stored", *words, timeout=600).splitlines()[-1])
    return found
