"""A disk that forgets at a power cut what was not flushed:  python -m tests.drills.amnesia FOLDER

A file system in memory that speaks the kernel's FUSE protocol itself (no library is needed; Linux and root are). A
file's content is safe after fsync on the file, its name after fsync on its folder: POSIX promises no more, and a
program that relies on more loses data here. On standard input: `keep` makes all that is there durable, `cut` forgets
what is not. Killing a program cannot show this: the kernel keeps what the program had written.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Self

HEAD, ANSWER = struct.Struct("<IIQQIIII"), struct.Struct("<IiQ")
ATTRIBUTES = struct.Struct("<QQQQQQ10I")
FOREVER = 1 << 30  # seconds the kernel may keep what we said: nobody else changes anything here
BIG_WRITES, KEEP_CACHE = 1 << 5, 1 << 1
FORGETTING = {2, 36, 42}  # FORGET, INTERRUPT, BATCH_FORGET want no answer


class Node:
    """A file or a folder: as it is, and what it would be after a power cut."""

    def __init__(self, number: int, mode: int) -> None:
        self.number, self.mode, self.changed = number, mode, time.time()
        self.content = bytearray()
        self.undo: list[tuple[int, bytes, int]] = []  # offset, what was there, length of the file before
        self.names: dict[bytes, Node] = {}
        self.durable_names: dict[bytes, Node] = {}

    @property
    def is_folder(self) -> bool:
        return stat.S_ISDIR(self.mode)

    def write(self, offset: int, piece: bytes) -> None:
        self.undo.append((offset, bytes(self.content[offset : offset + len(piece)]), len(self.content)))
        if offset > len(self.content):
            self.content.extend(bytes(offset - len(self.content)))
        self.content[offset : offset + len(piece)] = piece
        self.changed = time.time()

    def cut_to(self, size: int) -> None:
        self.undo.append((size, bytes(self.content[size:]), len(self.content)))
        if size <= len(self.content):
            del self.content[size:]
        else:
            self.content.extend(bytes(size - len(self.content)))
        self.changed = time.time()

    def flush(self) -> None:
        self.undo.clear()
        self.durable_names = dict(self.names)

    def forget(self) -> None:
        for offset, before, size in reversed(self.undo):
            if len(self.content) < size:
                self.content.extend(bytes(size - len(self.content)))
            self.content[offset : offset + len(before)] = before
            del self.content[size:]
        self.undo.clear()
        self.names = dict(self.durable_names)


class Disk:
    """All nodes by number, and one method per request of the kernel's (linux/fuse.h)."""

    def __init__(self) -> None:
        self.nodes = {1: Node(1, stat.S_IFDIR | 0o755)}

    def all_reachable(self) -> list[Node]:
        found, left = [], [self.nodes[1]]
        while left:
            found.append(left.pop())
            left += found[-1].names.values()
        return found

    def keep(self) -> None:
        for node in self.all_reachable():
            node.flush()

    def cut(self) -> None:
        for node in list(self.nodes.values()):
            node.forget()

    def answer(self, operation: int, node: Node, said: bytes) -> bytes:
        method = getattr(self, f"_do_{operation}", None)
        if method is None:
            raise OSError(errno.ENOSYS, "not here")
        found: bytes = method(node, said)
        return found

    def _do_26(self, _node: Node, said: bytes) -> bytes:  # INIT
        _major, _minor, ahead, flags = struct.unpack_from("<IIII", said)
        return struct.pack("<IIIIHHIIHHI7I", 7, 31, ahead, flags & BIG_WRITES, 12, 9, 131_072, 1, 32, 0, 0, *[0] * 7)

    def _do_1(self, node: Node, said: bytes) -> bytes:  # LOOKUP
        return self._entry(self._child(node, said))

    def _do_3(self, node: Node, _said: bytes) -> bytes:  # GETATTR
        return struct.pack("<QII", FOREVER, 0, 0) + self._attributes(node)

    def _do_4(self, node: Node, said: bytes) -> bytes:  # SETATTR
        valid, _padding, _handle, size = struct.unpack_from("<IIQQ", said)
        if valid & 1:
            node.mode = stat.S_IFMT(node.mode) | stat.S_IMODE(struct.unpack_from("<I", said, 68)[0])
        if valid & 8:
            node.cut_to(size)
        return self._do_3(node, b"")

    def _do_9(self, node: Node, said: bytes) -> bytes:  # MKDIR
        return self._entry(self._make(node, said[8:], stat.S_IFDIR | struct.unpack_from("<I", said)[0]))

    def _do_10(self, node: Node, said: bytes) -> bytes:  # UNLINK
        self._child(node, said)
        del node.names[said.rstrip(b"\0")]
        return b""

    def _do_11(self, node: Node, said: bytes) -> bytes:  # RMDIR
        if self._child(node, said).names:
            raise OSError(errno.ENOTEMPTY, "not empty")
        return self._do_10(node, said)

    def _do_12(self, node: Node, said: bytes, *, names_at: int = 8) -> bytes:  # RENAME
        to = self.nodes[struct.unpack_from("<Q", said)[0]]
        old, new = said[names_at:].split(b"\0")[:2]
        to.names[new] = self._child(node, old)
        if (node, old) != (to, new):
            del node.names[old]
        return b""

    def _do_45(self, node: Node, said: bytes) -> bytes:  # RENAME2
        return self._do_12(node, said, names_at=16)

    def _do_13(self, node: Node, said: bytes) -> bytes:  # LINK
        node.names[said[8:].rstrip(b"\0")] = linked = self.nodes[struct.unpack_from("<Q", said)[0]]
        return self._entry(linked)

    def _do_14(self, node: Node, _said: bytes) -> bytes:  # OPEN
        return struct.pack("<QII", node.number, KEEP_CACHE, 0)

    _do_27 = _do_14  # OPENDIR

    def _do_35(self, node: Node, said: bytes) -> bytes:  # CREATE
        made = self._make(node, said[16:], stat.S_IFREG | struct.unpack_from("<II", said)[1])
        return self._entry(made) + self._do_14(made, b"")

    def _do_15(self, node: Node, said: bytes) -> bytes:  # READ
        _handle, offset, size = struct.unpack_from("<QQI", said)
        return bytes(node.content[offset : offset + size])

    def _do_16(self, node: Node, said: bytes) -> bytes:  # WRITE
        _handle, offset, size = struct.unpack_from("<QQI", said)
        node.write(offset, said[40 : 40 + size])
        return struct.pack("<II", size, 0)

    def _do_20(self, node: Node, _said: bytes) -> bytes:  # FSYNC
        node.flush()
        return b""

    _do_30 = _do_20  # FSYNCDIR

    def _do_18(self, _node: Node, _said: bytes) -> bytes:  # RELEASE; closing makes nothing durable
        return b""

    _do_25 = _do_29 = _do_34 = _do_38 = _do_18  # FLUSH, RELEASEDIR, ACCESS, DESTROY

    def _do_17(self, _node: Node, _said: bytes) -> bytes:  # STATFS
        blocks = 1 << 18  # 1 GB
        return struct.pack("<QQQQQIIII6I", blocks, blocks, blocks, 1 << 20, 1 << 20, 4096, 255, 4096, 0, *[0] * 6)

    def _do_28(self, node: Node, said: bytes) -> bytes:  # READDIR
        _handle, offset, size = struct.unpack_from("<QQI", said)
        answer = b""
        for place, (name, child) in enumerate(list(node.names.items())[offset:], offset + 1):
            entry = struct.pack("<QQII", child.number, place, len(name), child.mode >> 12) + name
            entry += bytes(-len(entry) % 8)
            if len(answer) + len(entry) > size:
                break
            answer += entry
        return answer

    def _child(self, node: Node, said: bytes) -> Node:
        child = node.names.get(said.rstrip(b"\0"))
        if child is None:
            raise OSError(errno.ENOENT, "not here")
        return child

    def _make(self, node: Node, said: bytes, mode: int) -> Node:
        made = Node(max(self.nodes) + 1, mode)
        self.nodes[made.number] = node.names[said.rstrip(b"\0")] = made
        return made

    def _entry(self, node: Node) -> bytes:
        return struct.pack("<QQQQII", node.number, 0, FOREVER, FOREVER, 0, 0) + self._attributes(node)

    def _attributes(self, node: Node) -> bytes:
        at, size = int(node.changed), len(node.content)
        links = 2 if node.is_folder else 1
        return ATTRIBUTES.pack(
            node.number, size, (size + 511) // 512, at, at, at, 0, 0, 0, node.mode, links, os.getuid(), os.getgid(),
            0, 4096, 0,
        )  # fmt: skip


def serve(disk: Disk, device: int) -> None:
    """Answer the kernel until it lets go of the file system."""
    while True:
        try:
            request = os.read(device, 1 << 18)
        except OSError as error:
            if error.errno == errno.EINTR:
                continue
            return
        _size, operation, unique, number, *_who = HEAD.unpack_from(request)
        if operation in FORGETTING:
            continue
        try:
            code, body = 0, disk.answer(operation, disk.nodes[number or 1], request[HEAD.size :])
        except (OSError, KeyError) as error:
            code, body = -(getattr(error, "errno", None) or errno.EIO), b""
        try:
            os.write(device, ANSWER.pack(ANSWER.size + len(body), code, unique) + body)
        except OSError:  # whoever asked has gone
            continue


def mount(folder: str) -> int:
    device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
    library = ctypes.CDLL(None, use_errno=True)
    options = f"fd={device},rootmode=40000,user_id={os.getuid()},group_id={os.getgid()}".encode()
    if library.mount(b"amnesia", folder.encode(), b"fuse.amnesia", 0, options):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), folder)
    return device


def unmount(folder: str, *, lazily: bool = False) -> bool:
    return subprocess.run(["umount", *(["-l"] if lazily else []), folder], capture_output=True).returncode == 0


def main() -> None:
    folder, disk = sys.argv[1], Disk()

    def start() -> threading.Thread:
        thread = threading.Thread(target=serve, args=(disk, mount(folder)), daemon=True)
        thread.start()
        return thread

    serving = start()
    print("ready", flush=True)
    try:
        for line in sys.stdin:
            if line == "keep\n":
                disk.keep()
            elif line == "cut\n":
                for _attempt in range(200):
                    if unmount(folder):  # with it goes what the kernel remembers
                        break
                    time.sleep(0.05)
                serving.join(10)
                disk.cut()
                serving = start()
            print("ready", flush=True)
    finally:
        unmount(folder, lazily=True)


# --- for drills ---------------------------------------------------------------------------------------------


def missing() -> str:
    """Empty, or why there is no such disk here."""
    if not Path("/dev/fuse").exists():
        return "there is no /dev/fuse, so power cannot be cut here"
    return "" if os.geteuid() == 0 else "only root may mount a disk that forgets"


class Forgetful:
    """Such a disk at a folder, as long as the block lasts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.drills.amnesia", str(folder)],
            cwd=Path(__file__).resolve().parent.parent.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._wait()

    def keep(self) -> None:
        self._say("keep")

    def cut(self) -> None:
        """The power is cut: whoever wrote here must be dead."""
        self._say("cut")

    def _say(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        self._wait()

    def _wait(self) -> None:
        assert self._process.stdout is not None
        if self._process.stdout.readline() != "ready\n":
            raise RuntimeError("The disk that forgets could not be mounted.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(20)
        unmount(str(self._folder), lazily=True)


if __name__ == "__main__":
    main()
