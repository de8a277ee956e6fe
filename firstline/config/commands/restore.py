"""`firstline restore`: an archive back to life, in an empty place."""

from __future__ import annotations

import time
from pathlib import Path

import click

from firstline.config.commands import set_up
from firstline.config.environment import environment


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def command(source: Path) -> None:
    """Restore SOURCE into the empty folder FIRSTLINE_DATA (and the empty database FIRSTLINE_DATABASE).

    Every digest is checked first. The restored desk sends nothing until `firstline release`, because its original
    may still run.
    """
    from firstline.core.backup import archive  # noqa: PLC0415 -- start-up time

    begun = time.monotonic()
    source, data = source.resolve(), environment.data.resolve()
    try:
        manifest = archive.read(source)
        archive.unpack_data(source, data)
        set_up()
        from firstline.core.backup.restoring import load_database  # noqa: PLC0415 -- needs loaded apps

        load_database(source, manifest)
    except archive.Unusable as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        f"Restored {sum(manifest.rows.values()):,} rows and {len(manifest.parts):,} files of {manifest.made_at} "
        f"into {data} in {time.monotonic() - begun:.1f} s."
    )
    click.echo("Nothing leaves this copy yet: no mail, no chat, no webhook. To let it speak: firstline release")
