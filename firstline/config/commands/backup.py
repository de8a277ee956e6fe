"""`firstline backup`: everything in one archive, while people work."""

from __future__ import annotations

import time
from pathlib import Path

import click

from firstline.config.commands import set_up
from firstline.config.environment import environment


@click.command()
@click.argument("target", type=click.Path(path_type=Path), required=False)
@click.option("--check", is_flag=True, help="Only read TARGET and say whether it can be restored.")
def command(target: Path | None, check: bool) -> None:
    """Write database, files and key into one archive, and read it back.

    TARGET is a file or a folder; without it, the archive goes into `backups` in the data folder. Nobody has to stop
    working. Copy the archive to another machine: it is of no use on a disk that is lost.
    """
    set_up()
    from firstline.core import clock  # noqa: PLC0415 -- start-up time
    from firstline.core.backup.archive import Unusable  # noqa: PLC0415 -- start-up time
    from firstline.core.backup.backing_up import back_up, prove  # noqa: PLC0415 -- start-up time

    begun = time.monotonic()
    folder = target or environment.data / "backups"
    if target is None or target.is_dir():
        target = folder / f"firstline-{clock.now():%Y-%m-%d-%H%M%S}.tar"
    try:
        manifest = prove(target) if check else back_up(target)
    except Unusable as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{target}")
    click.echo(
        f"{sum(manifest.rows.values()):,} rows in {len(manifest.rows)} tables, {len(manifest.parts):,} files, "
        f"{manifest.size / 1e6:,.1f} MB, read back in full; {time.monotonic() - begun:.1f} s. Made {manifest.made_at}."
    )
