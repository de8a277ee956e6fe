"""Bring an archive back to life in an empty place."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from firstline.core.quiet.actions.fall_silent import fall_silent

from . import archive, postgresql, sqlite
from .archive import Manifest, Unusable


def load_database(source: Path, manifest: Manifest) -> None:
    """Load the database, bring it up to this version of Firstline, and keep it quiet until it is released."""
    if connection.vendor != manifest.engine:
        raise Unusable(
            f"The archive holds a database of {manifest.engine}; FIRSTLINE_DATABASE names one of {connection.vendor}."
        )
    _refuse_newer(manifest)
    with tempfile.TemporaryDirectory(prefix=".firstline-restore-", dir=source.parent) as name:
        folder = Path(name)
        archive.unpack(source, folder, below=archive.DATABASE)
        if manifest.engine == "sqlite":
            target = Path(connection.settings_dict["NAME"])
            if target.exists():
                raise Unusable(f"{target} exists already. Restore into an empty folder.")
            connection.close()
            shutil.move(folder / "firstline.sqlite3", target)
            rows = sqlite.count(target)
        else:
            if postgresql.tables():
                raise Unusable("The database FIRSTLINE_DATABASE names is not empty. Make a new one: createdb NAME")
            postgresql.load(folder, manifest.migrations)
            rows = postgresql.count(manifest.rows)
    if rows != manifest.rows:
        raise Unusable("The restored database does not hold the rows that were counted. Do not use it.")
    call_command("migrate", verbosity=0, interactive=False)
    fall_silent(reason=f"restored from {source.name}, made {manifest.made_at}", by=None)


def _refuse_newer(manifest: Manifest) -> None:
    known = set(MigrationLoader(None).disk_migrations)
    unknown = [f"{app} {name}" for app, name in manifest.migrations if (app, name) not in known]
    if unknown:
        raise Unusable(
            f"The archive was made by Firstline {manifest.version}, which is newer than this one "
            f"(unknown here: {unknown[0]}). Install that version first."
        )
