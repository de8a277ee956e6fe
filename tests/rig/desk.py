"""A Firstline of its own: a data folder, a database, and its real processes, started as in production."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from tests.rig.nest import Hatched, Nest
from tests.rig.wire import Broken, Wire, request

ROOT = Path(__file__).resolve().parent.parent.parent


class Desk:
    """Processes by name. Whatever is running when the block ends is killed."""

    def __init__(self, folder: Path, *, database: str = "", warm: bool = False, **environment: str) -> None:
        """`warm`: processes are forked from one that has imported everything (see nest.py)."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FIRSTLINE_")}
        self.environment = {
            **kept,
            "DJANGO_SETTINGS_MODULE": "firstline.config.settings",
            "FIRSTLINE_DATA": str(folder),
            "FIRSTLINE_DATABASE": database,
            "FIRSTLINE_LOG_LEVEL": "WARNING",
            **environment,
        }
        self.entry = ["firstline"]  # the module that is started, and what is said to it first
        self.processes: dict[str, subprocess.Popen[bytes] | Hatched] = {}
        self._listening = socket.socket()
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen(512)
        self.port: int = self._listening.getsockname()[1]
        self._nest = Nest(self.environment, cwd=ROOT, fd=self._listening.fileno()) if warm else None

    def python(self, *arguments: str, timeout: float = 3600) -> str:
        """Run a module with this desk's settings; returns what it printed."""
        if self._nest is not None:
            return self._python_from_nest(arguments, timeout)
        done = subprocess.run(
            [sys.executable, "-m", *arguments],
            env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=timeout,
        )  # fmt: skip
        if done.returncode != 0:
            raise RuntimeError(f"`{' '.join(arguments)}` ended with {done.returncode}: {done.stdout[-2000:]}")
        return done.stdout

    def _python_from_nest(self, arguments: tuple[str, ...], timeout: float) -> str:
        assert self._nest is not None
        handle, name = tempfile.mkstemp(prefix="firstline-said-")
        os.close(handle)
        said = Path(name)
        try:
            if self._nest.hatch(list(arguments), said).wait(timeout) != 0:
                raise RuntimeError(f"`{' '.join(arguments)}` failed: {said.read_text(errors='replace')[-2000:]}")
            return said.read_text()
        finally:
            said.unlink()

    def start(self, name: str, *arguments: str, module: str = "") -> subprocess.Popen[bytes] | Hatched:
        """Start a process; its words go to `NAME.log` in the data folder."""
        log = self.folder / "logs" / f"{name}.log"
        log.parent.mkdir(exist_ok=True)
        fd, entry = self._listening.fileno(), [module] if module else self.entry
        words = [*entry, *(word.replace("{fd}", str(fd)) for word in arguments)]
        if self._nest is not None:
            self.processes[name] = self._nest.hatch(words, log)
            return self.processes[name]
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", *words],
                env=self.environment, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                pass_fds=[fd], process_group=0,
            )  # fmt: skip
        self.processes[name] = process
        return process

    def start_web(self, name: str = "web") -> float:
        """Start `firstline web` on this desk's socket; returns the seconds until it answered."""
        self.start(name, "web", "--fd", "{fd}")
        return self.wait_until_ready(name)

    def wait_until_ready(self, name: str = "web", *, seconds: float = 60) -> float:
        begun = time.monotonic()
        while time.monotonic() < begun + seconds:
            if self.processes[name].poll() is not None:
                raise RuntimeError(f"{name} has ended: {self.log_of(name)[-2000:]}")
            if not self._is_listening(name):  # another process on the same socket would answer for it
                time.sleep(0.02)
                continue
            with contextlib.suppress(Broken), Wire(self.port, timeout=2) as wire:
                if wire.ask(request("GET", "/health/ready")).status == 200:
                    return time.monotonic() - begun
            time.sleep(0.05)
        raise RuntimeError(f"{name} does not answer: {self.log_of(name)[-2000:]}")

    def _is_listening(self, name: str) -> bool:
        """Whether this very process waits for connections on the desk's socket."""
        folder, watched = Path(f"/proc/{self.processes[name].pid}/fdinfo"), f"tfd:{self._listening.fileno():>9} "
        if not folder.exists():  # not Linux
            return True
        with contextlib.suppress(OSError):
            return any(watched in info.read_text() for info in folder.iterdir())
        return False

    def start_mail(self, name: str = "mail", *, port: int = 0) -> int:
        """Start the mail listener on a port (0: a free one), and return the port."""
        port = port or free_port()
        self.start(name, "mail", "listen", "--host", "127.0.0.1", "--port", str(port))
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as trial:
                if trial.recv(3) == b"220":
                    return port
            if self.processes[name].poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError(f"The mail listener does not answer: {self.log_of(name)[-2000:]}")

    def kill(self, *names: str) -> None:
        """kill -9, with all they have started, at once; they may be many."""
        for name in names:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.processes[name].pid, signal.SIGKILL)
        for name in names:
            self.processes.pop(name).wait()

    def stop(self, *names: str, seconds: float = 8) -> None:
        """Ask them to end, as systemd would."""
        for name in names:
            self.processes[name].terminate()
        for name in names:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.processes[name].wait(seconds)
        self.kill(*names)

    def log_of(self, name: str) -> str:
        log = self.folder / "logs" / f"{name}.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def peak_memory(self, name: str) -> int:
        """The most bytes of memory the process has held at once."""
        status = Path(f"/proc/{self.processes[name].pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.kill(*self.processes)
        if self._nest is not None:
            self._nest.close()
        self._listening.close()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def milliseconds(taken: Iterable[float], *shares: float) -> list[float]:
    """The percentiles of some seconds, in milliseconds: `milliseconds(taken, 0.5, 0.95)`."""
    ordered = sorted(taken)
    return [ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000 for share in shares]
