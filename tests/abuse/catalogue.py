"""The cases of docs/abuse.md, and which tests say that they show one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIST = ROOT / "docs" / "abuse.md"
ROW = re.compile(r"\| ([A-J]\d+) \| (.+?) \|(.*)\|")


@dataclass(frozen=True, slots=True)
class Case:
    """What is tried; `open` is what no test shows yet, and why."""

    id: str
    what: str
    open: str


def cases() -> dict[str, Case]:
    """Every case by its id, in the order of the list."""
    rows = (ROW.fullmatch(line) for line in LIST.read_text().splitlines())
    return {row[1]: Case(row[1], row[2], row[3].strip()) for row in rows if row}


def claims() -> dict[str, list[str]]:
    """Per id, the test files that name it, whether or not their tests pass."""
    found: dict[str, list[str]] = {}
    for path in [*(ROOT / "firstline").rglob("test_*.py"), *(ROOT / "tests").rglob("test_*.py")]:
        text = path.read_text()
        if ".abuse(" in text:
            for name in _ids(ast.parse(text)):
                found.setdefault(name, []).append(str(path.relative_to(ROOT)))
    return found


def _ids(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.abuse":
            yield from (ast.literal_eval(argument) for argument in node.args)
