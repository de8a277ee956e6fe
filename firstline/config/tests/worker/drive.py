"""A process of its own for the crash tests: `python -m firstline.config.tests.worker.drive COMMAND …`.

The jobs here write one line per thing they do to the file named by FIRSTLINE_DRIVE.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

NOTES = Path(os.environ.get("FIRSTLINE_DRIVE", "/nonexistent"))


def note(words: str) -> None:
    with NOTES.open("a") as file:
        file.write(f"{words}\n")


def notes() -> str:
    return NOTES.read_text() if NOTES.exists() else ""


def wait_for_go() -> None:
    while not NOTES.with_name("go").exists():
        time.sleep(0.02)


def main(command: str, *arguments: str) -> None:
    if command == "ticking":
        from firstline.config import periodic

        periodic.schedules = lambda: {"tick": {"every": 1, "task": "firstline.config.tests.worker.driven.tick"}}
    from firstline.config.commands import set_up

    set_up()
    from firstline.config.tests.worker import driven

    getattr(driven, command)(*arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
