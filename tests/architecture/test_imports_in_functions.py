"""An exception to a rule gives its reason, in the line where it stands."""

from __future__ import annotations

import re

from .house import shown, tracked

# An import inside a function hides a dependency. These are the reasons that are good enough.
REASONS = {
    "start-up time",  # a command line or a process that must answer at once
    "optional dependency",  # may not be installed
    "needs loaded apps",  # Django must be ready first
    "heavy import",  # seconds or hundreds of megabytes that most processes never need
    "settings are read at import",  # an environment variable must be set before
}
EXCEPTION = re.compile(r"#\s*noqa\b:?\s*(?P<codes>[A-Z0-9, ]*)(?P<rest>.*)$", re.MULTILINE)


def test_imports_in_functions_name_a_reason_from_the_list() -> None:
    wrong = [
        f"{shown(path)}: {found.group(0)}"
        for path in tracked("firstline/*.py")
        for found in EXCEPTION.finditer(path.read_text())
        if "PLC0415" in found["codes"] and found["rest"].removeprefix("-- ").strip() not in REASONS
    ]

    assert wrong == []


def test_every_exception_from_a_rule_says_which_rule_and_why() -> None:
    wrong = [
        f"{shown(path)}: {found.group(0)}"
        for path in tracked("firstline/*.py", "tests/*.py")
        for found in EXCEPTION.finditer(path.read_text())
        if path.name != "test_imports_in_functions.py"
        and (not found["codes"].strip() or not found["rest"].startswith("--"))
    ]

    assert wrong == []
