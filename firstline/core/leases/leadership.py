"""Take a lease, keep it, prove it within the transaction that writes."""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import RLock

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from .models import Lease

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class LeaseLost(RuntimeError):
    """Somebody else holds the lease now: whatever this transaction did must not stay."""


def process_name() -> str:
    """Who we are, so that an admin finds the process: host, pid, and a part nobody else has."""
    if _process["pid"] != os.getpid():  # after a fork the child is somebody else
        _process.update(pid=os.getpid(), name=f"{socket.gethostname()[:60]}-{os.getpid()}-{secrets.token_hex(4)}")
    return str(_process["name"])


_process: dict[str, object] = {"pid": 0, "name": ""}


class Leadership:
    """One process' view of a lease. Threads of the process may share it."""

    def __init__(self, name: str, *, seconds: float = 15.0, holder: str = "") -> None:
        self.name = name
        self.seconds = seconds
        self._holder = holder
        self._lock = RLock()
        self._token: int | None = None
        self._taken_at = 0.0

    @property
    def holder(self) -> str:
        return self._holder or process_name()

    @property
    def token(self) -> int | None:
        """The fencing number while we believe to hold the lease, without asking the database.

        The monotonic clock goes on while a process is frozen, so one that wakes up late does not believe it.
        """
        return self._token if time.monotonic() < self._taken_at + self.seconds else None

    def take(self) -> int | None:
        """Take or keep the lease. `None`: somebody else holds it."""
        with self._lock:
            if self.token is not None and time.monotonic() < self._taken_at + self.seconds / 2:
                return self._token
            begun = time.monotonic()  # before the database sets the end, so that we never believe longer than it
            self._token = self._ask()
            self._taken_at = begun
            return self._token

    def confirm(self) -> int:
        """Within a transaction: hold others off until it commits, or raise `LeaseLost`."""
        token = self._token
        kept = token is not None and Lease.objects.filter(name=self.name, token=token, holder=self.holder).update(
            until=Now() + timedelta(seconds=self.seconds)
        )
        if not kept or token is None:
            self._token = None
            raise LeaseLost(f"{self.holder} no longer holds the lease “{self.name}”.")
        return token

    def release(self) -> None:
        """Let the next one begin at once."""
        with self._lock:
            token, self._token = self._token, None
            if token is not None:
                Lease.objects.filter(name=self.name, token=token, holder=self.holder).update(holder="", until=Now())

    def _ask(self) -> int | None:
        until = Now() + timedelta(seconds=self.seconds)
        row = Lease.objects.filter(name=self.name)
        if self._token is not None and row.filter(holder=self.holder, token=self._token).update(until=until):
            return self._token
        if row.filter(until__gt=Now()).exists():  # the usual case of a second worker: no write
            return None
        with transaction.atomic():
            if not row.filter(until__lte=Now()).update(holder=self.holder, token=F("token") + 1, until=until):
                if row.exists() or not self._create():
                    return None
                row.update(holder=self.holder, token=F("token") + 1, until=until)
            return row.values_list("token", flat=True).get()

    def _create(self) -> bool:
        try:
            with transaction.atomic():
                Lease.objects.create(name=self.name, until=LONG_AGO)
        except IntegrityError:  # another process was first
            return False
        return True


@contextmanager
def leadership(name: str, *, seconds: float = 15.0) -> Iterator[int | None]:
    """Lead for the length of this block: yields the fencing number, or `None` if somebody else leads."""
    lead = Leadership(name, seconds=seconds, holder=f"{process_name()}-{secrets.token_hex(2)}")
    token = lead.take()
    try:
        yield token
    finally:
        lead.release()


def confirm(name: str, token: int) -> None:
    """Within a transaction: raise `LeaseLost` unless `token` is still the newest of this lease."""
    if not Lease.objects.filter(Q(name=name, token=token) & ~Q(holder="")).update(token=token):
        raise LeaseLost(f"The lease “{name}” has passed on.")
