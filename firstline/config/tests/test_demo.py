"""`firstline demo` as a newcomer starts it: a process tree that keeps running and ends whole."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="Looks at processes where Linux shows them."),
]


class Demo:
    def __init__(self, folder: Path, *more: str) -> None:
        surroundings = {key: value for key, value in os.environ.items() if not key.startswith("FIRSTLINE_")}
        surroundings |= {"COLUMNS": "200"}
        self.begun = time.monotonic()
        self.output = folder.parent / f"{time.monotonic_ns()}.out"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "firstline", "demo", "--data", str(folder), *more],
                stdout=output, stderr=output, env=surroundings, start_new_session=True,
            )  # fmt: skip
        self.folder = folder

    @property
    def words(self) -> str:
        return self.output.read_text()

    def until_running(self) -> float:
        _until(lambda: "Firstline is running" in self.words or self.process.poll() is not None, 90)
        assert self.process.poll() is None, self.words
        return time.monotonic() - self.begun

    @property
    def port(self) -> int:
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", self.words)
        assert found, self.words
        return int(found[1])

    def children(self) -> dict[str, int]:
        """The process ids of the children, by the command they run."""
        found = {}
        for path in Path("/proc").glob("[0-9]*"):
            try:
                parent = int(path.joinpath("stat").read_text().rpartition(")")[2].split()[1])
                words = path.joinpath("cmdline").read_bytes().split(b"\0")
            except (OSError, IndexError):
                continue
            if parent == self.process.pid and b"firstline.config.supervised" in words:
                found[words[words.index(b"firstline.config.supervised") + 1].decode()] = int(path.name)
        return found

    def get(self, path: str = "/health/ready") -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as client:
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
            answer = b""
            while piece := client.recv(65536):
                answer += piece
            return answer

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def _until(true: Callable[[], bool], seconds: float) -> float:
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < seconds
        time.sleep(0.02)
    return time.monotonic() - begun


def _is_alive(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which a demo has run once and was ended by Ctrl-C."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    demo = Demo(folder, "--port", "0", "--smtp-port", "20525")
    try:
        demo.until_running()
        assert b" 200 " in demo.get("/health/ready")
        _until(lambda: len(demo.children()) >= 2, 20)
        children = demo.children()
        assert {"web", "worker"} <= {*children} or {"web", "manage"} <= {*children}

        demo.process.send_signal(signal.SIGINT)

        assert demo.process.wait(5) == 0
        assert "Stopped." in demo.words
        assert not any(_is_alive(number) for number in children.values())
    finally:
        demo.kill()
    return folder


def test_a_child_that_is_killed_comes_back_and_no_visitor_is_refused(world: Path) -> None:
    demo = Demo(world, "--port", "0", "--smtp-port", "20525")
    try:
        demo.until_running()
        _until(lambda: len(demo.children()) >= 2, 20)
        before = demo.children()

        for number in before.values():
            os.kill(number, signal.SIGKILL)
        answer = demo.get("/health/live")  # waits in the supervisor's socket until the web process is back

        assert b" 200 " in answer
        _until(lambda: demo.children().keys() == before.keys(), 20)
        assert not set(demo.children().values()) & set(before.values())
        assert "web has ended (killed by SIGKILL); it starts again." in " ".join(demo.words.split())
    finally:
        demo.process.terminate()
        assert demo.process.wait(6) == 0


def test_children_die_with_a_parent_that_is_killed(world: Path) -> None:
    demo = Demo(world, "--port", "0", "--smtp-port", "20525")
    demo.until_running()
    _until(lambda: len(demo.children()) >= 2, 20)
    children = demo.children()

    demo.process.kill()

    assert _until(lambda: not any(_is_alive(number) for number in children.values()), 5) < 5
    demo.process.wait()


def test_a_port_that_is_taken_is_told_and_the_next_free_one_used(world: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        demo = Demo(world, "--port", str(port), "--smtp-port", str(port))
        try:
            demo.until_running()
            assert demo.port != port
            assert f"Port {port} is taken by another program" in demo.words
        finally:
            demo.process.terminate()
            demo.process.wait(6)


def test_processes_share_a_port_and_one_that_is_killed_is_not_missed(tmp_path: Path) -> None:
    surroundings = {key: value for key, value in os.environ.items() if not key.startswith("FIRSTLINE_")}
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        os.set_inheritable(listening.fileno(), True)
        parent = subprocess.Popen(
            [sys.executable, "-m", "firstline", "web", "--processes", "2", "--fd", str(listening.fileno())],
            env={**surroundings, "FIRSTLINE_DATA": str(tmp_path)}, pass_fds=[listening.fileno()],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            children = [int(number) for number in _until_some(lambda: _children_of(parent.pid), 2)]
            assert _ask(listening.getsockname()[1]).startswith(b"HTTP/1.1 200 ")

            os.kill(children[0], signal.SIGKILL)

            assert _ask(listening.getsockname()[1]).startswith(b"HTTP/1.1 200 ")
        finally:
            parent.terminate()
            assert parent.wait(6) == 0


def _children_of(parent: int) -> list[str]:
    return Path(f"/proc/{parent}/task/{parent}/children").read_text().split()


def _until_some(found: Callable[[], list[str]], count: int) -> list[str]:
    _until(lambda: len(found()) >= count, 20)
    return found()


def _ask(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        return client.recv(100)
