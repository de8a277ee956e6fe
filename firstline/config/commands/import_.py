"""`firstline import`: bring the tickets of another system in, with their history."""

# ruff: noqa: PLC0415 -- start-up time

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from firstline.config.commands import set_up


class Sources(click.Group):
    """One sub-command per system; a file alone is taken for the system whose columns it has."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        from firstline.channels.transfer.sources import SOURCES

        return sorted(SOURCES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        from firstline.channels.transfer.sources import SOURCES

        return _command(cmd_name, SOURCES[cmd_name].title) if cmd_name in SOURCES else None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        from firstline.channels.transfer.sources import recognise

        if args and args[0] not in self.list_commands(ctx) and Path(args[0]).exists():
            args = [recognise(Path(args[0])).key, *args]
        return super().resolve_command(ctx, args)


@click.command(cls=Sources)
def command() -> None:
    """Bring in the tickets of another system, with their history as it was.

    Nothing comes in twice: start it again after an interruption, or with a newer export, as often as you like.
    """


def _command(key: str, title: str) -> click.Command:
    @click.command(key, help=f"Bring in a file of this kind: {title}.", short_help=title)
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option("--time-zone", default="UTC", show_default=True, help="The zone of the file's times: Europe/Warsaw.")
    @click.option("--encoding", default="utf-8-sig", show_default=True, help="How the file's letters are written.")
    @click.option("--dry-run", is_flag=True, help="Read everything, write nothing, and tell what would come of it.")
    def run(file: Path, time_zone: str, encoding: str, dry_run: bool) -> None:
        set_up()
        _bring_in(key, file, time_zone=time_zone, encoding=encoding, dry_run=dry_run)

    return run


def _bring_in(key: str, file: Path, *, time_zone: str, encoding: str, dry_run: bool) -> None:
    from contextlib import nullcontext

    from django.db import IntegrityError
    from rich.console import Console

    from firstline.channels.transfer.actions.bring_in import bring_in
    from firstline.channels.transfer.engine.progress import Bar, Lines
    from firstline.channels.transfer.engine.tables import BadFile
    from firstline.channels.transfer.sources import SOURCES

    console = Console(stderr=True)
    options = _options(time_zone, encoding)
    with Bar(console) if console.is_terminal else nullcontext(Lines()) as watcher:
        try:
            account = bring_in(file, SOURCES[key], options=options, dry_run=dry_run, watcher=watcher)
        except BadFile as error:
            raise click.ClickException(f"{error} Nothing was brought in.") from None
        except IntegrityError as error:
            sentence = "Another import of the same tickets is running. Start this one again when that one has finished."
            raise click.ClickException(sentence) from error
    click.echo("\n".join(account.lines()))
    if account.kept_at:
        click.echo(f"This report is kept in {account.kept_at}.")
    sys.exit(0 if account.is_good else 1)


def _options(time_zone: str, encoding: str) -> Any:
    import codecs
    from zoneinfo import ZoneInfo

    from firstline.channels.transfer.sources import Options

    try:
        zone = ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError):
        raise click.BadParameter(f"“{time_zone}” is not a time zone such as UTC or Europe/Warsaw.") from None
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise click.BadParameter(f"“{encoding}” is not an encoding such as utf-8 or cp1252.") from None
    return Options(zone, encoding)
