"""The worker's process: threads that do jobs, threads that run loops, and a quick, clean end."""

from __future__ import annotations

import threading
import time

import structlog
from django.db import Error, close_old_connections, connections

from . import loops
from .worker import POLL_SECONDS, REAP_SECONDS, FencedWorker

log = structlog.get_logger()

STOP_SECONDS = 1.2  # for what is running to end by itself; then it is handed to the next worker
LEASE_SECONDS = 1.0  # how often the lease of the loops is looked at; written to about every eight seconds


class WorkerProcess:
    """`run()` until `stop()`. Survives a database that is away: everything here tries again."""

    def __init__(self, *, threads: int, lease: float | None = None) -> None:
        self._stop = threading.Event()
        self._threads = threads
        self._lease = lease
        if lease is not None:
            loops.leader.seconds = lease
        self._worker = self._new_worker()

    def stop(self) -> None:
        """From a signal handler or another thread."""
        self._worker.request_stop()
        self._stop.set()

    def run(self) -> None:
        jobs = threading.Thread(target=self._do_jobs, name="jobs", daemon=True)
        jobs.start()
        running = [jobs, *(loops.Runner(loop, self._stop).start() for loop in loops.all_loops())]
        log.info("worker started", threads=self._threads, loops=len(running) - 1, worker=self._worker.worker_id)
        while not self._stop.is_set():
            self._lead()
            self._stop.wait(min(LEASE_SECONDS, loops.leader.seconds / 4))
        self._end(running)

    def _do_jobs(self) -> None:
        """django-ox survives errors of the database itself; anything else costs a second, not the worker."""
        while not self._stop.is_set():
            try:
                self._worker.run()
            except Exception:
                log.exception("worker failed, starting again")
                close_old_connections()
                self._stop.wait(1.0)
                self._worker = self._new_worker()

    def _lead(self) -> None:
        try:
            loops.leader.take()
        except Error:
            log.warning("database is away", exc_info=True)
            close_old_connections()

    def _end(self, running: list[threading.Thread]) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        for thread in running:
            thread.join(max(0.0, deadline - time.monotonic()))
        try:
            returned = self._worker.hand_back()
            loops.leader.release()
        except Error:  # the leases run out by themselves
            log.warning("database is away", exc_info=True)
            returned = 0
        connections.close_all()
        log.info("worker stopped", handed_back=returned)

    def _new_worker(self) -> FencedWorker:
        return FencedWorker(
            concurrency=self._threads,
            poll_interval=POLL_SECONDS,
            reap_interval=min(REAP_SECONDS, self._lease or REAP_SECONDS),
            lock_timeout=self._lease,
        )
