"""Parse in another process that may be killed.

One warm child reads message after message. It has no database, no Django, no secrets in its environment,
cannot write files, and lives under CPU and memory limits; what it says comes back as JSON, never as
objects. If it dies or is too slow, that message is a Failure and the next one gets a new child.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import resource
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from firstline.channels.email.engine.kinds import NOBODY, Ourselves
from firstline.channels.email.engine.limits import STANDARD, Limits
from firstline.channels.email.engine.message import Failure, Parsed, from_json, to_json
from firstline.channels.email.engine.parse import parse

_LENGTHS = struct.Struct(">QQ")
_LENGTH = struct.Struct(">Q")
_MESSAGES_PER_CHILD = 1_000
# Where `firstline` lies: sys.path may say it only as “the current folder”.
_ROOT = str(Path(__file__).resolve().parents[4])
_MOST_ANSWER = 1_024 * 1_024 * 1_024


def parse_in_child(raw: bytes, limits: Limits = STANDARD, *, ourselves: Ourselves = NOBODY) -> Parsed | Failure:
    """Parse under guard. Always answers within the limits' time, and never raises."""
    return _CHILD.parse(raw, limits, ourselves)


def close_child() -> None:
    """End the warm child; the next call starts another."""
    _CHILD.close()


class _Late(Exception):
    """The child did not answer in time."""


class _Child:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._read = 0

    def parse(self, raw: bytes, limits: Limits, ourselves: Ourselves) -> Parsed | Failure:
        with self._lock:
            try:
                return self._ask(raw, limits, ourselves)
            except _Late:
                self._end()
                return Failure(f"Reading the message took longer than {limits.wall_seconds:g} seconds.")
            except (OSError, EOFError):
                return self._post_mortem()
            except (ValueError, TypeError, KeyError) as error:
                self._end()
                return Failure(f"The reader gave an answer that makes no sense ({type(error).__name__}).")

    def close(self) -> None:
        with self._lock:
            self._end()

    def _ask(self, raw: bytes, limits: Limits, ourselves: Ourselves) -> Parsed | Failure:
        process = self._running()
        if process.stdin is None or process.stdout is None:
            raise EOFError
        head = json.dumps(
            {"limits": asdict(limits), "ourselves": {key: sorted(value) for key, value in asdict(ourselves).items()}}
        ).encode()
        deadline = time.monotonic() + limits.wall_seconds
        _send(process.stdin.fileno(), _LENGTHS.pack(len(head), len(raw)) + head, deadline)
        _send(process.stdin.fileno(), raw, deadline)
        (size,) = _LENGTH.unpack(_receive(process.stdout.fileno(), _LENGTH.size, deadline))
        if size > _MOST_ANSWER:
            raise ValueError(size)
        answer = json.loads(_receive(process.stdout.fileno(), size, deadline))
        self._read += 1
        if "failure" in answer:
            return Failure(str(answer["failure"]))
        return from_json(answer["parsed"])

    def _running(self) -> subprocess.Popen[bytes]:
        if self._owner != os.getpid():
            self._process = None  # a forked worker must not talk to its parent's child
        elif self._process is not None and (self._process.poll() is not None or self._read >= _MESSAGES_PER_CHILD):
            self._end()
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", _PROGRAM, _ROOT, *[path for path in sys.path if path]],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
                cwd="/",
                bufsize=0,
            )
            self._owner, self._read = os.getpid(), 0
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    os.set_blocking(pipe.fileno(), False)
        return self._process

    def _post_mortem(self) -> Failure:
        process = self._process
        status: int | None = None
        if process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                status = process.wait(timeout=2)
        self._end()
        if status in (-signal.SIGXCPU, -signal.SIGKILL):
            return Failure("Reading the message took too much processor time.")
        if status is not None and status > 0:
            return Failure(f"The reader of mails stopped with an error (status {status}).")
        return Failure("Reading the message ended the reader; it may need too much memory.")

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)


_PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from firstline.channels.email.engine.child import main; main()"
_CHILD = _Child()
atexit.register(_CHILD.close)


def _send(pipe: int, content: bytes, deadline: float) -> None:
    view = memoryview(content)
    while view:
        if not select.select([], [pipe], [], max(0.0, deadline - time.monotonic()))[1]:
            raise _Late
        view = view[os.write(pipe, view[:1_048_576]) :]


def _receive(pipe: int, size: int, deadline: float) -> bytes:
    content = bytearray()
    while len(content) < size:
        if not select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
            raise _Late
        chunk = os.read(pipe, min(1_048_576, size - len(content)))
        if not chunk:
            raise EOFError
        content += chunk
    return bytes(content)


# --- in the child -------------------------------------------------------------------------------------------


def main() -> None:
    """Read requests from standard input until it ends."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    with contextlib.suppress(OSError):  # Linux: where memory ends, this process goes and not the worker
        Path("/proc/self/oom_score_adj").write_text("500")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        head = _exactly(requests, _LENGTHS.size)
        if head is None:
            return
        head_size, raw_size = _LENGTHS.unpack(head)
        question = json.loads(_exactly(requests, head_size) or b"{}")
        raw = _exactly(requests, raw_size) or b""
        answer = json.dumps(_answer(raw, question)).encode()
        answers.write(_LENGTH.pack(len(answer)) + answer)
        answers.flush()


def _answer(raw: bytes, question: dict[str, dict[str, Any]]) -> dict[str, object]:
    limits = Limits(**question["limits"])
    ourselves = Ourselves(**{key: frozenset(value) for key, value in question["ourselves"].items()})
    _restrict(limits)
    try:
        return {"parsed": to_json(parse(raw, limits=limits, ourselves=ourselves))}
    except MemoryError:
        return {"failure": "Reading the message needs too much memory."}
    except Exception as error:
        return {"failure": f"The message could not be read ({type(error).__name__})."}


def _restrict(limits: Limits) -> None:
    """The CPU limit counts from the birth of the process, so it moves on with every message."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (spent + limits.cpu_seconds, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, resource.RLIM_INFINITY))


def _exactly(stream: BinaryIO, size: int) -> bytes | None:
    content = stream.read(size)
    return content if len(content) == size else None
