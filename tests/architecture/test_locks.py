"""The lock files: complete, hashed, and silent about where packages came from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(.*)$", re.MULTILINE)


def pins(lock: str) -> dict[str, str]:
    return {name.lower().replace("_", "-"): version for name, version, _ in PIN.findall((ROOT / lock).read_text())}


def wanted(*groups: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lines = [
        *project["project"]["dependencies"],
        *(one for group in groups for one in project["dependency-groups"][group]),
    ]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize(
    ("lock", "groups"), [("requirements.lock", ["build"]), ("requirements-dev.lock", ["build", "test", "dev"])]
)
def test_a_lock_pins_everything_the_project_asks_for(lock: str, groups: list[str]) -> None:
    pinned = pins(lock)

    wrong = [
        str(asked)
        for asked in wanted(*groups)
        if asked.name.lower().replace("_", "-") not in pinned
        or not asked.specifier.contains(pinned[asked.name.lower().replace("_", "-")], prereleases=True)
    ]

    assert wrong == [], "Run bin/lock and commit both lock files."


def test_development_runs_on_the_versions_of_production() -> None:
    dev = pins("requirements-dev.lock")

    different = {
        name: (version, dev.get(name))
        for name, version in pins("requirements.lock").items()
        if dev.get(name) != version
    }

    assert different == {}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
@pytest.mark.abuse("J6")
def test_every_pin_has_a_hash_and_no_lock_names_a_host(lock: str) -> None:
    text = (ROOT / lock).read_text()

    unhashed = [name for name, _, rest in PIN.findall(text) if not rest.endswith("\\")]

    assert unhashed == []
    assert re.findall(r"https?://\S+|file://\S+|--(?:index-url|extra-index-url|find-links).*", text) == []
