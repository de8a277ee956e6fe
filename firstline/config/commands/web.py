"""`firstline web`: serve the pages."""

from __future__ import annotations

import socket
from typing import Any

import click

from firstline.config.commands import set_up
from firstline.config.supervisor import Child, Supervisor


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to answer at.")
@click.option("--port", default=8000, show_default=True, help="The port to answer at; 0 takes a free one.")
@click.option(
    "--processes", type=click.IntRange(1, 64), default=1, show_default=True,
    help="How many processes share the port; one for each processor is right.",
)  # fmt: skip
@click.option("--fd", type=int, default=None, hidden=True, help="A listening socket inherited from the supervisor.")
def command(host: str, port: int, processes: int, fd: int | None) -> None:
    """Serve the pages, the API and the live streams.

    In production put a proxy with HTTPS in front and set FIRSTLINE_BASE_URL and FIRSTLINE_TRUSTED_PROXIES.
    Run `firstline worker` beside it: it does what must not happen inside a request.
    """
    listening = _socket(host, port, fd)
    if processes > 1:
        _share(listening, processes)
        return
    set_up()
    from firstline.config.server.serve import serve  # noqa: PLC0415 -- start-up time

    serve(listening)


def _share(listening: socket.socket, processes: int) -> None:
    """All processes take their visitors from one socket, which stays open while one of them starts again."""
    listening.listen(2048)
    fd = listening.fileno()
    children = [Child(f"web {number + 1}", ["web", "--fd", str(fd)], None, fds=[fd]) for number in range(processes)]
    Supervisor(children, tell=lambda sentence: click.echo(sentence, err=True)).run()


def _socket(host: str, port: int, fd: int | None) -> socket.socket:
    if fd is not None:
        return socket.socket(fileno=fd)
    family: Any = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        raise click.ClickException(f"Port {port} on {host} cannot be used ({error.strerror}). Try --port.") from None
    return listening
