"""Starts a desk's processes in a twentieth of a second: one process that has imported everything, and forks.

What is forked is what `python -m firstline …` would be after its imports: no database connection, no thread and no
secret was there before. Drills in the test suite start hundreds of processes; `bin/drill --long` starts each anew.

    python -m tests.rig.nest            with a desk's environment; talks JSON lines on its standard input and output
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import select
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Nest:
    """The side of the rig."""

    def __init__(self, environment: dict[str, str], *, cwd: Path, fd: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.rig.nest"],
            env=environment, cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, pass_fds=[fd],
        )  # fmt: skip
        self._lock = threading.Lock()
        self._told = threading.Condition()
        self._answers: list[int] = []
        self._ended: dict[int, int] = {}
        threading.Thread(target=self._listen, daemon=True).start()

    def hatch(self, arguments: list[str], log: Path) -> Hatched:
        """Start `python -m ARGUMENTS`; what it says goes to the end of `log`."""
        assert self._process.stdin is not None
        with self._lock, self._told:
            self._process.stdin.write(f"{json.dumps({'arguments': arguments, 'log': str(log)})}\n")
            self._process.stdin.flush()
            if not self._told.wait_for(lambda: self._answers or self._process.poll() is not None, 60):
                raise RuntimeError("The nest does not answer.")
            if not self._answers:
                raise RuntimeError("The nest has ended; its words are above.")
            return Hatched(self, self._answers.pop())

    def code_of(self, pid: int, *, within: float | None = 0) -> int | None:
        with self._told:
            self._told.wait_for(lambda: pid in self._ended, within)
            return self._ended.get(pid)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said = json.loads(line)
            with self._told:
                if "born" in said:
                    self._answers.append(said["born"])
                else:
                    self._ended[said["ended"]] = said["code"]
                self._told.notify_all()
        with self._told:
            self._told.notify_all()


class Hatched:
    """A process from the nest, with what is used of `subprocess.Popen`."""

    def __init__(self, nest: Nest, pid: int) -> None:
        self._nest, self.pid = nest, pid

    @property
    def returncode(self) -> int | None:
        return self.poll()

    def poll(self) -> int | None:
        return self._nest.code_of(self.pid)

    def wait(self, timeout: float | None = None) -> int:
        code = self._nest.code_of(self.pid, within=timeout)
        if code is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return code

    def terminate(self) -> None:
        os.kill(self.pid, signal.SIGTERM)


WARM = (
    "rich.console", "firstline.channels.email.jobs.listening", "firstline.config.commands.mail",
    "firstline.config.commands.web", "firstline.config.commands.worker", "firstline.config.server.serve",
    "firstline.core.jobs.process",
)  # fmt: skip


# --- in the nest --------------------------------------------------------------------------------------------


def main() -> None:
    import django

    django.setup()
    from django.db import connection
    from django.urls import get_resolver

    assert get_resolver().url_patterns
    for module in WARM:
        importlib.import_module(module)

    assert threading.active_count() == 1, "a thread would not survive the fork"
    connection.close()
    unbuffered = open(0, "rb", buffering=0, closefd=False)  # noqa: SIM115 -- a buffer would hide lines from select
    alive: set[int] = set()
    listening, waking = os.pipe()
    os.set_blocking(waking, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waking)
    while True:
        ready, _, _ = select.select([0, listening], [], [])
        if listening in ready:
            os.read(listening, 4096)
            alive -= set(_reap())
        if 0 in ready:
            line = unbuffered.readline()
            if not line:  # whoever asked has gone, perhaps without a word
                for pid in alive:
                    os.killpg(pid, signal.SIGKILL)
                os._exit(0)
            alive.add(pid := _fork(**json.loads(line)))
            _say({"born": pid})


def _fork(arguments: list[str], log: str) -> int:
    pid = os.fork()
    if pid:
        os.setpgid(pid, pid)
        return pid
    code = 70
    try:
        os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        sys.argv = list(arguments)
        runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _reap() -> Iterator[int]:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        _say({"ended": pid, "code": os.waitstatus_to_exitcode(status)})
        yield pid


def _say(words: dict[str, Any]) -> None:
    os.write(1, f"{json.dumps(words)}\n".encode())


if __name__ == "__main__":
    main()
