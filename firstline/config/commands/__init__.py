"""The sub-commands of `firstline`: each file here holds one, as `command`.

They are imported only when asked for, and import Django only when they run, so that `firstline --help`
and the completion of a shell answer at once.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
from typing import Any

import click


class Commands(click.Group):
    """The files of this folder, as commands; `import_data.py` would be `import-data`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_command_name(module.name) for module in pkgutil.iter_modules(__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for module in pkgutil.iter_modules(__path__):
            if _command_name(module.name) == cmd_name:
                found: click.Command = importlib.import_module(f"{__name__}.{module.name}").command
                return found
        return None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            known = ", ".join(self.list_commands(ctx))
            raise click.UsageError(f"{error.message.rstrip('.')}. There are: {known}.", ctx) from error


def _command_name(module: str) -> str:
    # A trailing underscore keeps Python's own words free: import_.py is `import`.
    return module.rstrip("_").replace("_", "-")


def set_up() -> None:
    """Make Django ready. Every command that touches the database calls this first."""
    import django  # noqa: PLC0415 -- start-up time

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstline.config.settings")
    django.setup()


def explain(error: Exception) -> str:
    """What an unexpected error means for the person at the keyboard, and what to do."""
    import rich.markup  # noqa: PLC0415 -- start-up time

    return rich.markup.escape(_sentence(error))


def _sentence(error: Exception) -> str:
    kind, text = type(error).__name__, str(error).strip()
    first = text.splitlines()[0] if text else kind
    if kind in {"OperationalError", "ProgrammingError"}:
        if "no such table" in text or "does not exist" in text:
            return "The database is not up to date. Run `firstline manage migrate` first."
        return f"The database does not answer: {first}. Look at FIRSTLINE_DATABASE and at the disk."
    if kind == "ValidationError" and "Environment" in text:
        return f"A setting FIRSTLINE_… has a value that cannot be used. {' '.join(text.split())}"
    if isinstance(error, ImportError):
        return f"{first}. The installation is not complete: run bin/bootstrap, or install firstline again."
    if isinstance(error, PermissionError):
        return f"No permission for {error.filename}. Run this as the user who owns the data folder."
    if isinstance(error, OSError):
        return f"{error.strerror or first}{f': {error.filename}' if error.filename else ''}."
    return f"{kind}: {first.rstrip('.')}. Run again with `firstline --debug …` to see where it happened."
