"""`firstline worker`: do what must not happen inside a request."""

from __future__ import annotations

import os
import signal
import sys

import click

from firstline.config.commands import set_up


@click.command()
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="How many jobs at a time.")
@click.option("--until-idle", is_flag=True, help="Do all that is due and end.")
@click.option(
    "--lease", type=float, default=None, hidden=True, help="Seconds of silence after which it counts as dead."
)
def command(threads: int, until_idle: bool, lease: float | None) -> None:
    """Do jobs, hand events on, and run the loops and the periodic work.

    Run as many as you like, on as many machines as you like; periodic work still happens once. Ctrl-C or SIGTERM
    stops it within two seconds: what is not done by then goes to the next worker.
    """
    set_up()
    if until_idle:
        from firstline.core.jobs.draining import drain  # noqa: PLC0415 -- start-up time

        click.echo(f"{drain(forgiving=True)} jobs done.")
        return

    from firstline.core.jobs.process import WorkerProcess  # noqa: PLC0415 -- start-up time

    process = WorkerProcess(threads=threads, lease=lease)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: process.stop())
    process.run()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # a job that would not end in time is the next worker's; the interpreter would wait for its thread
