"""A durable PostgreSQL for figures and drills; the one of the test suite does not wait for the disk."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

from tests.plugins.postgres import is_reachable, reachable_binaries, unprivileged_user

DURABLE = ("listen_addresses=", "max_connections=60", "shared_buffers=256MB", "max_wal_size=2GB")


class Cluster:
    """Lives in `folder`, where it is found again next time; a private folder is kept in /var/tmp instead."""

    def __init__(self, folder: Path) -> None:
        self._user = unprivileged_user()
        if self._user is not None and not is_reachable(folder.parent):
            folder = Path("/var/tmp") / f"firstline-{folder.name}-{os.geteuid()}"
        self.folder = folder
        self._data = folder / "data"
        self._socket = Path(tempfile.mkdtemp(prefix="firstline-pg-", dir="/tmp"))  # a socket's path must be short
        if self._user:
            shutil.chown(self._socket, self._user)
        self._socket.chmod(0o755)
        self._home = reachable_binaries(self._socket, readable_by=self._user)
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
        if not (self._data / "PG_VERSION").exists():
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            if self._user:
                shutil.chown(self.folder, self._user)
            kind = ["-U", "firstline", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
            subprocess.run(
                [self._home / "initdb", "-D", self._data, *kind],
                user=self._user, env=environment, cwd="/", check=True, capture_output=True,
            )  # fmt: skip
        options = [part for option in DURABLE for part in ("-c", option)]
        with (self._socket / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [self._home / "postgres", "-D", self._data, "-k", self._socket, *options],
                user=self._user, env=environment, cwd="/", stdout=log, stderr=log,
            )  # fmt: skip
        for _attempt in range(600):
            if self._server.poll() is not None:
                raise RuntimeError(f"PostgreSQL did not start:\n{(self._socket / 'log').read_text()[-2000:]}")
            if self._ask("postgres", "SELECT 1").returncode == 0:
                return
            time.sleep(0.1)
        raise RuntimeError("PostgreSQL did not answer within a minute.")

    def crash(self) -> None:
        """As `pg_ctl stop -m immediate`: it has to recover when it starts."""
        assert self._server is not None
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait(60)

    def address(self, database: str) -> str:
        return f"postgresql://firstline@/{database}?host={self._socket}"

    def names(self) -> set[str]:
        return set(self._ask("postgres", "SELECT datname FROM pg_database").stdout.decode().split())

    def create(self, database: str, *, like: str = "template1") -> None:
        """A new database, or a copy of another."""
        self.drop(database)
        self.do("postgres", f"CREATE DATABASE {database} TEMPLATE {like} STRATEGY FILE_COPY")

    def drop(self, database: str) -> None:
        self.do("postgres", f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def do(self, database: str, sql: str) -> str:
        done = self._ask(database, sql)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.decode())
        return done.stdout.decode()

    def _ask(self, database: str, sql: str) -> subprocess.CompletedProcess[bytes]:
        where: list[str | Path] = ["-h", self._socket, "-U", "firstline", "-d", database]
        return subprocess.run([self._home / "psql", *where, "-qAtc", sql], capture_output=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._server.wait(30)
            self._server.kill()
            self._server.wait()
        shutil.rmtree(self._socket, ignore_errors=True)
