"""`python -m firstline.config.supervised web …`: a command of ours, as a child that never outlives its parent."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

PIPE = "FIRSTLINE_SUPERVISOR_PIPE"
PARENT = "FIRSTLINE_SUPERVISOR"
GRACE_SECONDS = 4.0
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def follow_parent() -> None:
    """End with the parent, even when it is killed: by the kernel on Linux, by the end of a pipe anywhere."""
    pipe, parent = os.environ.pop(PIPE, ""), os.environ.pop(PARENT, "")
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if parent and os.getppid() != int(parent):  # it died before we asked
            os._exit(1)
    if pipe:
        os.set_inheritable(int(pipe), False)  # our own children shall not keep it open
        threading.Thread(target=_wait_for_end, args=(int(pipe),), name="follow-parent", daemon=True).start()


def _wait_for_end(pipe: int) -> None:
    os.read(pipe, 1)  # nothing is ever written: it returns when the parent is no more
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    if os.getpgid(0) == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(137)


if __name__ == "__main__":
    follow_parent()
    from firstline.__main__ import main  # after following, so that nothing is missed while Python imports

    main()
