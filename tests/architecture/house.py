"""The plan of the house, read from .importlinter so that there is only one of it."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from configparser import ConfigParser
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "firstline"
FLOORS_WITH_ROOMS = ("people", "work", "flow", "insight", "channels")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a module lives: its floor and its room."""

    floor: str
    room: str

    def __str__(self) -> str:
        return f"{self.floor}/{self.room}"

    @property
    def folder(self) -> Path:
        return PACKAGE / self.floor / self.room


@cache
def _plan() -> dict[str, list[list[str]]]:
    """Per contract, its layers from the top down; a layer is the rooms on one line."""
    parser = ConfigParser()
    parser.read(ROOT / ".importlinter")
    return {
        name.removeprefix("importlinter:contract:"): [
            [room.strip(" ()") for room in line.replace(":", "|").split("|")]
            for line in section["layers"].strip().splitlines()
        ]
        for name, section in parser.items()
        if "layers" in section
    }


@cache
def floors() -> list[str]:
    """From the top down."""
    return [line[0] for line in _plan()["floors"]]


def words_of_a_room() -> set[str]:
    return {word for line in _plan()["rooms"] for word in line}


def place_of(module: str) -> Place | None:
    """`firstline.work.tickets.models` is work/tickets; None outside the house."""
    parts = module.split(".")
    if len(parts) < 3 or parts[0] != "firstline" or parts[1] not in floors():
        return None
    return Place(parts[1], parts[2])


def stands_below(lower: Place, upper: Place) -> bool:
    """Whether `upper` may know `lower`: a lower floor, a lower line of the same floor, or the same room."""
    if lower == upper:
        return True
    if lower.floor != upper.floor:
        return floors().index(lower.floor) > floors().index(upper.floor)
    if lower.floor == "core":
        return True  # their circles are looked for by the contract "No circles in core"
    line_of = {room: number for number, line in enumerate(_plan()[lower.floor]) for room in line}
    return line_of[lower.room] > line_of[upper.room]


def rooms(*only: str) -> list[Place]:
    """Every room that exists, on these floors or on all of them."""
    return sorted(
        (
            Place(floor, folder.name)
            for floor in only or floors()
            for folder in (PACKAGE / floor).iterdir()
            if (folder / "__init__.py").exists() and folder.name != "tests"
        ),
        key=str,
    )


@cache
def tracked(*patterns: str) -> tuple[Path, ...]:
    """Files of the repository, committed or about to be."""
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *patterns],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    paths = (ROOT / name for name in done.stdout.split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


def product_code() -> list[Path]:
    """The Python of the product, without tests and migrations."""
    return [path for path in tracked("firstline/*.py") if not {"tests", "migrations"} & set(path.parts)]


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of everything a file imports, relative imports resolved."""
    package = list(path.relative_to(ROOT).with_suffix("").parts[:-1])
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*start, *(node.module or "").split(".")]).strip(".")
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))
