from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from firstline.channels.email.engine.child import close_child


@pytest.fixture(autouse=True)
def _own_place(settings: Any, tmp_path: Path) -> None:
    """Files of its own for every test, and addresses that tests can rely on."""
    settings.FILES_FOLDER = tmp_path / "files"
    settings.MAIL_ADDRESS = "help@desk.example"
    settings.MAIL_ALIASES = []
    settings.MAIL_TRUSTED_SERVER = ""
    settings.SMTP_URL = ""
    settings.DEMO = False


@pytest.fixture(autouse=True, scope="session")
def _no_child_left_behind() -> Iterator[None]:
    yield
    close_child()
