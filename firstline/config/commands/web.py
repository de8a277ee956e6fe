"""`firstline web`: serve the pages."""

from __future__ import annotations

import socket
from typing import Any

import click

from firstline.config.commands import set_up


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to answer at.")
@click.option("--port", default=8000, show_default=True, help="The port to answer at; 0 takes a free one.")
@click.option("--fd", type=int, default=None, hidden=True, help="A listening socket inherited from the supervisor.")
def command(host: str, port: int, fd: int | None) -> None:
    """Serve the pages, the API and the live streams.

    In production put a proxy with HTTPS in front and set FIRSTLINE_BASE_URL and FIRSTLINE_TRUSTED_PROXIES.
    Run `firstline worker` beside it: it does what must not happen inside a request.
    """
    set_up()
    from firstline.config.server.serve import serve  # noqa: PLC0415 -- start-up time

    serve(_socket(host, port, fd))


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
