"""`python -m firstline.config.demo`: bring the demo's database up to date and fill what is missing."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.status import Status

from firstline.config.commands import set_up


def prepare(console: Console) -> None:
    set_up()
    from django.core.management import call_command  # noqa: PLC0415 -- needs loaded apps
    from django.db import connection  # noqa: PLC0415 -- needs loaded apps
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415 -- needs loaded apps

    from firstline.config.demo import build  # noqa: PLC0415 -- needs loaded apps

    with console.status("Looking at the database …") as status:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            status.update("Making the database ready …")
            call_command("migrate", interactive=False, verbosity=0)
        build(Shown(status, console))
    connection.close()


class Shown:
    """Progress on the terminal; where there is none, one line a step."""

    def __init__(self, status: Status, console: Console) -> None:
        self._status = status
        self._console = console
        self._step = ""

    def __call__(self, step: str, done: int = 0, total: int = 0) -> None:
        part = f" {done} of {total}" if total else ""
        self._status.update(f"{step}{part} …")
        if step != self._step and not self._console.is_terminal:
            self._console.print(f"{step} …")
        self._step = step


if __name__ == "__main__":
    try:
        prepare(Console(highlight=False))
    except KeyboardInterrupt:
        sys.exit(130)
