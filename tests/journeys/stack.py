"""The whole product as people start it: `firstline demo` in a folder of its own, with everything that belongs to it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 90.0  # on a busy machine; three seconds on a quiet one


class Stack:
    """Web pages, worker and mail listener in one process group."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.smtp_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = (folder.parent / f"{folder.name}.log").open("ab")
        self._process: subprocess.Popen[bytes] | None = None
        self.sessions: dict[str, Any] = {}  # signed in once, used by every journey
        self.world: dict[str, Any] = {}

    def start(self) -> None:
        """Start it and wait until it answers pages and mail."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "firstline", "demo", "--data", str(self.folder), "--port", str(self.port),
             "--smtp-port", str(self.smtp_port)],
            cwd=ROOT, env=surroundings(), stdout=self._log, stderr=self._log, start_new_session=True,
        )  # fmt: skip
        wait_until(self._answers, READY_SECONDS, lambda: self._words())

    def stop(self) -> None:
        """As Ctrl-C does."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(15)
        self.kill()

    def kill(self) -> None:
        """As a power cut does: the whole process group at once, without a word."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def address(self, name: str) -> str:
        return f"{name}@{'elsewhere' if name == 'omar' else 'firstline'}.example"

    def mail(
        self, sender: str, subject: str, text: str, *, to: str = "help@firstline.example", reply_to_id: str = ""
    ) -> None:
        """Hand a mail to the listener; returns only when it is acknowledged."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, to, subject
        message["Message-ID"] = f"<{time.time_ns()}@elsewhere.example>"
        if reply_to_id:
            message["In-Reply-To"] = message["References"] = reply_to_id
        message.set_content(text)
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=30) as server:
            server.send_message(message)

    def _answers(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            raise AssertionError(f"The demo has ended. {self._words()}")
        try:
            with urllib.request.urlopen(f"{self.url}/health/ready", timeout=5) as answer:
                if answer.status != 200:
                    return False
            with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=5):
                return True
        except (OSError, smtplib.SMTPException):
            return False

    def _words(self) -> str:
        self._log.flush()
        found = "\n".join(
            f"{path.name}: {path.read_text()[-800:]}"
            for path in [Path(self._log.name), *sorted((self.folder / "logs").glob("*.log"))]
            if path.exists()
        )
        return re.sub(r"\s+", " ", found)[-3000:]


def fill(stack: Stack) -> dict[str, Any]:
    """Put the world of the journeys into the folder, before it is started."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.world"],
        cwd=ROOT,
        env=surroundings() | {"FIRSTLINE_DATA": str(stack.folder), "FIRSTLINE_DEMO": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AssertionError(done.stderr[-2000:])
    made: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return made


def surroundings() -> dict[str, str]:
    """Nothing of the tests' own settings, such as the key that signs links: the same for who fills and who serves."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("FIRSTLINE_", "DJANGO_"))}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(is_so: Callable[[], bool], seconds: float, words: Callable[[], str] = lambda: "") -> None:
    """Ask again and again until it is so; AssertionError with `words` when it never is."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise AssertionError(f"Not within {seconds} s. {words()}")
        time.sleep(0.2)
