"""Run the shell under uvicorn."""

from __future__ import annotations

import socket
import sys
from types import FrameType

import uvicorn

from firstline.config.server.connection import Connection, open_many_files
from firstline.config.server.shell import Shell

# Seconds a thread may compute while another waits for the interpreter; Python's own 5 ms are half a page. Whoever asks
# the database gives the interpreter away with each statement, and would wait so long for it every time.
TURN = 0.0005


class Server(uvicorn.Server):
    """uvicorn, which lets go of the live streams as soon as it is told to stop: they would never end by themselves."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        application: Shell = self.config.loaded_app
        application.live.close_all()
        super().handle_exit(sig, frame)


def serve(listening: socket.socket) -> None:
    """Serve on this socket until told to stop; open pages get three seconds to finish."""
    from firstline.config.asgi import application  # noqa: PLC0415 -- start-up time

    open_many_files()
    sys.setswitchinterval(TURN)
    listening.listen(2048)
    Server(configuration(application)).run(sockets=[listening])


def configuration(application: Shell) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        http=Connection,
        ws="none",
        lifespan="on",
        proxy_headers=False,  # server/proxies.py does it
        server_header=False,
        access_log=False,  # config/middleware.py does it
        log_config=None,
        backlog=2048,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=3,
    )
