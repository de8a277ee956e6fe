"""The checks of `firstline doctor`. Each looks at one thing and says what to do when it is not as it should be."""

from __future__ import annotations

import os
import platform
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .environment import Environment

State = Literal["good", "look", "bad"]

# CVE-2026-1299: headers written by the module `email` could carry a line break. Fixed in these.
EMAIL_FIXED = {(3, 12): 13, (3, 13): 12}
LITTLE_SPACE, NO_SPACE = 2 * 1024**3, 200 * 1024**2
LATE = timedelta(minutes=5)
BACKUP_TOO_OLD = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, and what to do about it."""

    what: str
    state: State
    found: str
    advice: str = ""


def of_the_machine(environment: Environment) -> Iterator[Finding]:
    """What can be said without starting Django."""
    yield python(sys.version_info[:3])
    yield data_folder(environment.data)
    yield disk(shutil.disk_usage(_existing(environment.data)).free)
    yield clock_and_zone()


def of_the_desk(environment: Environment) -> Iterator[Finding]:
    """What needs settings and the database."""
    from django.db import connection  # noqa: PLC0415 -- needs loaded apps

    yield from settings(environment)
    yield database()
    pending = migrations()
    yield pending
    if pending.state == "good":
        yield from jobs()
        yield outgoing()
        yield mail(environment)
        yield admins()
    yield backups(environment.data / "backups")
    connection.close()


def python(version: tuple[int, int, int]) -> Finding:
    major, minor, patch = version
    found = f"{major}.{minor}.{patch} ({platform.python_implementation()})"
    fixed = EMAIL_FIXED.get((major, minor))
    if fixed is not None and patch < fixed:
        return Finding(
            "Python", "look", found,
            f"CVE-2026-1299 in its module `email` is fixed in {major}.{minor}.{fixed}. Django refuses line breaks in "
            "headers by itself, but update Python.",
        )  # fmt: skip
    return Finding("Python", "good", found)


def data_folder(folder: Path) -> Finding:
    if not folder.exists():
        return Finding("Data folder", "look", f"{folder} does not exist yet", "It is made at the first start.")
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-"):
            pass
    except OSError as error:
        return Finding(
            "Data folder", "bad", f"{folder}: {error.strerror}", "Make it writable for the user who runs Firstline."
        )
    status = folder.stat()
    if os.name == "posix" and status.st_mode & (stat.S_IRWXG | stat.S_IRWXO) & 0o007:
        return Finding("Data folder", "look", f"{folder} can be entered by everybody", f"chmod o-rwx {folder}")
    return Finding("Data folder", "good", str(folder))


def disk(free: int) -> Finding:
    found = f"{free / 1024**3:,.1f} GB free"
    if free < NO_SPACE:
        return Finding(
            "Disk", "bad", found, "Firstline will soon refuse mail. Make room, or move FIRSTLINE_DATA to a larger disk."
        )
    if free < LITTLE_SPACE:
        return Finding("Disk", "look", found, "Make room before it is full: backups are the largest files.")
    return Finding("Disk", "good", found)


def clock_and_zone() -> Finding:
    from firstline.core import clock  # noqa: PLC0415 -- start-up time

    now = clock.now()
    if now.year < 2026:
        return Finding(
            "Clock", "bad", f"{now:%Y-%m-%d %H:%M} UTC", "The clock of this machine is wrong: deadlines would be, too."
        )
    return Finding("Clock", "good", f"{now:%Y-%m-%d %H:%M} UTC")


def settings(environment: Environment) -> Iterator[Finding]:
    secure = environment.base_url.startswith("https://")
    local = any(name in environment.base_url for name in ("//127.0.0.1", "//localhost", "//[::1]"))
    if environment.debug:
        yield Finding("Debug", "bad", "FIRSTLINE_DEBUG is on", "It shows secrets to whoever meets an error. Unset it.")
    if not secure and not local:
        yield Finding(
            "Address",
            "bad",
            environment.base_url,
            "Passwords travel readable. Put a proxy with TLS in front, and say https://.",
        )
    else:
        yield Finding("Address", "good", environment.base_url)
    key = environment.data / "secret.key"
    if environment.secret_key:
        enough = len(environment.secret_key) >= 40
        yield Finding(
            "Secret key", "good" if enough else "bad", "given by FIRSTLINE_SECRET_KEY",
            "" if enough else "It is too short to be secret: use 50 random characters.",
        )  # fmt: skip
    elif key.exists() and stat.S_IMODE(key.stat().st_mode) & 0o077:
        yield Finding("Secret key", "bad", f"{key} can be read by others", f"chmod 600 {key}")
    else:
        yield Finding("Secret key", "good", "in the data folder, for its owner only")


def database() -> Finding:
    from django.db import DatabaseError, connection  # noqa: PLC0415 -- needs loaded apps

    try:
        connection.ensure_connection()
        if connection.vendor == "sqlite":
            return _sqlite()
        version = connection.pg_version  # type: ignore[attr-defined]
        found = f"PostgreSQL {version // 10000}.{version % 10000}"
        if version < 150000:
            return Finding("Database", "bad", found, "Firstline needs PostgreSQL 15 or newer.")
        return Finding("Database", "good", found)
    except DatabaseError as error:
        return Finding(
            "Database",
            "bad",
            str(error).strip().splitlines()[0],
            "Look at FIRSTLINE_DATABASE: does it run, is the password right?",
        )


def _sqlite() -> Finding:
    from django.db import connection  # noqa: PLC0415 -- needs loaded apps

    from firstline.core.database.sqlite import library  # noqa: PLC0415 -- needs loaded apps

    module = library.choose()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        (mode,) = cursor.fetchone()
        cursor.execute("PRAGMA quick_check(1)")
        (answer,) = cursor.fetchone()
    found = f"SQLite {module.sqlite_version}, {mode}"
    if answer != "ok":
        return Finding(
            "Database", "bad", f"{found}: damaged ({answer})", "Stop Firstline now and restore the last backup."
        )
    if not library.is_sound(module.sqlite_version_info):
        return Finding(
            "Database",
            "bad",
            found,
            "This SQLite can lose acknowledged changes. Install the package pysqlite3, or SQLite 3.51.3 or newer.",
        )
    return Finding("Database", "good", found)


def migrations() -> Finding:
    from django.db import DatabaseError, connection  # noqa: PLC0415 -- needs loaded apps
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415 -- needs loaded apps

    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return Finding("Tables", "bad", str(error).strip().splitlines()[0], "See the line above.")
    if plan:
        return Finding("Tables", "bad", f"{len(plan)} migrations are missing", "firstline manage migrate")
    return Finding("Tables", "good", "up to date")


def jobs() -> Iterator[Finding]:
    from firstline.core import clock  # noqa: PLC0415 -- needs loaded apps
    from firstline.core.jobs import queries  # noqa: PLC0415 -- needs loaded apps

    health = queries.health()
    late = health.oldest_due_at and clock.now() - health.oldest_due_at > LATE
    if not health.worker:
        waits = (
            f"; the oldest job waits since {health.oldest_due_at:%Y-%m-%d %H:%M} UTC" if health.oldest_due_at else ""
        )
        yield Finding("Worker", "bad" if late else "look", f"none is running{waits}", "Start one: firstline worker")
    elif health.failing_loops:
        yield Finding("Worker", "bad", f"failing: {', '.join(health.failing_loops)}", "The log of the worker says why.")
    elif late:
        yield Finding(
            "Worker", "look", f"a job waits since {health.oldest_due_at:%Y-%m-%d %H:%M} UTC", "Start a second worker."
        )
    else:
        yield Finding("Worker", "good", f"running ({health.worker})")
    if health.dead:
        yield Finding(
            "Dead letters", "look", f"{health.dead} jobs were given up", "Read and repeat them under Settings, Jobs."
        )
    else:
        yield Finding("Dead letters", "good", "none")


def outgoing() -> Finding:
    from firstline.core.quiet.models import Silence  # noqa: PLC0415 -- needs loaded apps

    silence = Silence.objects.filter(ended_at__isnull=True).first()
    if silence is None:
        return Finding("Outgoing", "good", "nothing is held back")
    return Finding(
        "Outgoing",
        "look",
        f"held back since {silence.began_at:%Y-%m-%d %H:%M} UTC: {silence.reason}",
        "firstline release",
    )


def mail(environment: Environment) -> Finding:
    if environment.smtp:
        return Finding("Mail", "good", f"sent through {environment.smtp.rsplit('@', 1)[-1]}")
    if environment.demo:
        return Finding("Mail", "good", "kept on a page, as this is the demo")
    return Finding("Mail", "look", "nothing is sent", "Set FIRSTLINE_SMTP to smtp://user:password@host:587")


def admins() -> Finding:
    from firstline.people.access.models import Grant, Role  # noqa: PLC0415 -- needs loaded apps

    count = Grant.objects.filter(role=Role.ADMIN, team__isnull=True, person__is_active=True).count()
    if count == 0:
        return Finding("Admins", "bad", "nobody can administer this desk", "firstline createadmin ada@example.org")
    return Finding("Admins", "good", f"{count}")


def backups(folder: Path) -> Finding:
    from firstline.core import clock  # noqa: PLC0415 -- needs loaded apps

    newest = max((path.stat().st_mtime for path in folder.glob("*.tar")), default=None) if folder.exists() else None
    if newest is None:
        return Finding(
            "Backup", "look", f"none in {folder}", "firstline backup, every night, and copy it to another machine."
        )
    age = clock.now().timestamp() - newest
    found = f"the newest in {folder} is {age / 3600:.0f} hours old"
    return Finding("Backup", "look" if age > BACKUP_TOO_OLD.total_seconds() else "good", found)


def _existing(path: Path) -> Path:
    return next(one for one in (path, *path.resolve().parents) if one.exists())
