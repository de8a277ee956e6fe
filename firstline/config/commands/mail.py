"""`firstline mail …`: listen, deliver, show."""

from __future__ import annotations

import json
import signal
import sys
import threading
from pathlib import Path

import click

from firstline.config.commands import set_up


@click.group("mail")
def command() -> None:
    """Take mail in, and see how it is read."""


@command.command()
@click.option("--host", default=None, help="The address to listen on. Default: FIRSTLINE_SMTP_BIND.")
@click.option("--port", type=int, default=None, help="The port to listen on. Default: FIRSTLINE_SMTP_PORT.")
@click.option("--lmtp", is_flag=True, help="Speak LMTP, for a mail server in front.")
def listen(host: str | None, port: int | None, lmtp: bool) -> None:
    """Answer as a mail server: what arrives becomes tickets."""
    set_up()
    from firstline.channels.email.jobs.listening import Listener  # noqa: PLC0415 -- needs loaded apps
    from firstline.config.environment import environment  # noqa: PLC0415 -- needs loaded apps

    listener = Listener(host or environment.smtp_bind, port or environment.smtp_port, lmtp=lmtp)
    try:
        listener.start()
    except OSError as error:
        raise click.ClickException(
            f"Port {listener.port} cannot be used ({error.strerror}). Choose another one with --port."
        ) from error
    click.echo(f"Listening for mail on {listener.hostname}:{listener.port}.")
    done = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: done.set())
    done.wait()
    listener.stop()


@command.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def deliver(files: tuple[Path, ...]) -> None:
    """Take mails from files, or one from standard input: `firstline mail deliver < mail.eml`."""
    set_up()
    from firstline.channels.email.actions.receive import receive  # noqa: PLC0415 -- needs loaded apps
    from firstline.core.actions import Refused  # noqa: PLC0415 -- needs loaded apps

    raws = [path.read_bytes() for path in files] if files else [sys.stdin.buffer.read()]
    if not any(raw.strip() for raw in raws):
        raise click.ClickException("There is no mail: give files, or a mail on standard input.")
    for raw in raws:
        try:
            receive(raw, way="pipe")
        except Refused as error:
            click.echo(str(error), err=True)
            sys.exit(75)  # EX_TEMPFAIL: a mail server keeps the mail and tries again
    click.echo(f"Stored {len(raws)} {'mail' if len(raws) == 1 else 'mails'}; the worker reads them.")


@command.command()
def fetch() -> None:
    """Have one turn with every mailbox now."""
    set_up()
    from firstline.channels.email.jobs.fetching import turn  # noqa: PLC0415 -- needs loaded apps
    from firstline.channels.email.models import Mailbox  # noqa: PLC0415 -- needs loaded apps

    trouble = 0
    for mailbox in Mailbox.objects.filter(is_active=True):
        fetched = turn(mailbox.pk)
        mailbox.refresh_from_db()
        click.echo(f"{mailbox.name}: {fetched} fetched, {mailbox.waiting} waiting. {mailbox.last_error}".rstrip())
        trouble = trouble or int(bool(mailbox.failures))
    sys.exit(trouble)


@command.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
def show(files: tuple[Path, ...]) -> None:
    """Print how mails are read: one JSON object a line. Nothing is stored."""
    from firstline.channels.email.engine.show import show as read  # noqa: PLC0415 -- start-up time

    trouble = 0
    for path in files:
        try:
            raw = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        except OSError as error:
            click.echo(f"{path} cannot be read: {error.strerror}.", err=True)
            trouble = 1
            continue
        click.echo(json.dumps(read(raw, name=str(path)), ensure_ascii=False))
    sys.exit(trouble)
