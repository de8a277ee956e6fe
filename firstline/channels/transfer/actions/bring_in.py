from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from itertools import batched
from pathlib import Path

from django.conf import settings
from django.db import transaction

from firstline.channels.transfer.engine.account import Account
from firstline.channels.transfer.engine.progress import Silent, Watcher
from firstline.channels.transfer.engine.records import TicketRecord
from firstline.channels.transfer.engine.tables import Table
from firstline.channels.transfer.events import ImportFinished
from firstline.channels.transfer.models import ImportRun
from firstline.channels.transfer.sources import Options, Source
from firstline.core import clock
from firstline.core.actions import acting, via
from firstline.core.events.record import record

from ._batch import Batch
from ._names import Names

TICKETS_IN_ONE_TRANSACTION = 500


def bring_in(
    path: Path,
    source: Source,
    *,
    options: Options | None = None,
    dry_run: bool = False,
    watcher: Watcher | None = None,
    batch_size: int = TICKETS_IN_ONE_TRANSACTION,
) -> Account:
    """Bring the tickets of another system in, with their history as it was.

    Safe to stop at any moment and to start again; the same file again changes nothing. Raises BadFile, before
    anything is changed, where the file cannot be used. Not an `@action`: it is thousands of small transactions.
    """
    options, watcher = options or Options(), watcher or Silent()
    began = time.monotonic()
    table = source.check(path, options, watcher)
    account = Account(source.title, path.name, is_dry_run=dry_run)
    run = None if dry_run else _begin(source, table, account)
    watcher.stage("Reading it without writing" if dry_run else "Bringing the tickets in", table.rows)
    _write_all(source.tickets(table, options, account, watcher), source, run, account, batch_size)
    account.seconds = time.monotonic() - began
    if run is not None:
        _finish(run, account)
    return account


def _begin(source: Source, table: Table, account: Account) -> ImportRun:
    """The unfinished run of this very file, or a new one."""
    run: ImportRun
    with transaction.atomic(), acting():
        run, is_new = ImportRun.objects.get_or_create(
            source=source.key,
            sha256=table.sha256,
            finished_at=None,
            defaults={"file_name": table.path.name[:255]},
        )
    account.went_on = not is_new
    account.written.update(run.counts)
    return run


def _write_all(
    tickets: Iterator[TicketRecord], source: Source, run: ImportRun | None, account: Account, size: int
) -> None:
    names = Names(source, run)
    for records in batched(tickets, size):
        if run is None:
            account.written += Batch(records, source, names, run=None, account=account).write()
            continue
        with transaction.atomic(), via("import", correlation=f"import-{run.pk}"), acting():
            # Two imports of one file at the same time take turns, and the second finds the tickets in.
            run = ImportRun.objects.select_for_update().get(pk=run.pk)
            counts = Counter(run.counts) + Batch(records, source, names, run=run, account=account).write()
            run.counts = dict(counts)
            run.save(update_fields=["counts"])
        account.written = counts


def _finish(run: ImportRun, account: Account) -> None:
    with transaction.atomic(), via("import", correlation=f"import-{run.pk}"), acting():
        run.finished_at = clock.now()
        run.report = "\n".join(account.lines())
        run.save(update_fields=["finished_at", "report"])
        record(
            run, ImportFinished, source=run.source, file=run.file_name, sha256=run.sha256, counts=dict(account.written)
        )
    path = Path(settings.DATA) / "imports" / f"{run.finished_at:%Y-%m-%d}-{run.source}-{run.pk}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(run.report + "\n", encoding="utf-8")
    account.kept_at = str(path)
