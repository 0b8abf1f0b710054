"""The queue that wakes jobs, and the worker that does them: in the web process, or in one of its own."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import structlog
from flask import Flask
from huey import Huey, PostgresHuey, SqliteHuey, crontab
from huey.consumer import Consumer
from sqlalchemy import make_url

from dashboard import clock
from dashboard.jobs.runs import run
from dashboard.jobs.table import JOBS, claim

log = structlog.get_logger()
QUEUE_NAME = "desk"

# One that may be loading a million rows, and one that sees to the mail and to a new day meanwhile.
WORKER_THREADS = 2

# What many ask for at the same moment is woken once in so long by each process; the sweep comes as often.
ASKED_AGAIN_SECONDS = 60


class Queue:
    """One app's queue: a file of its own beside a SQLite database, tables of its own in a PostgreSQL one."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._opened: Huey | None = None
        self._opening = threading.Lock()
        self._perform: Any = None
        self._asked: dict[str, float] = {}
        self._asking = threading.Lock()

    def ask_for(self, job: str) -> bool:
        """Wake a job that many ask for at once; whether this was the first to ask in a while, and was heard."""
        now = time.monotonic()
        with self._asking:
            if now - self._asked.get(job, -ASKED_AGAIN_SECONDS) < ASKED_AGAIN_SECONDS:
                return False
            self._asked[job] = now
        self.wake(job)
        return True

    def wake(self, job: str) -> None:
        """Have a job done soon, after the commit that gave it work; if that fails, the next sweep does it."""
        try:
            self.open()
            self._perform(job)
        except Exception:
            log.warning("a job could not be woken; the next sweep does it", job=job, exc_info=True)

    def open(self) -> Huey:
        """The queue, opened at the first need: it connects when it is made."""
        with self._opening:
            if self._opened is None:
                self._opened = _opened(self._app.config["DATABASE_URL"])
                self._perform = self._opened.task(name="perform")(self.perform)
                self._opened.periodic_task(crontab(), name="sweep")(self.sweep)
        return self._opened

    def perform(self, job: str) -> None:
        """Do a job now, in a context of its own; a failure is logged and noted, and the next sweep tries again."""
        with self._app.app_context():
            run(job, JOBS[job].do)

    def length(self) -> int | None:
        """How many jobs were asked for and not begun; None where the queue does not answer."""
        try:
            return int(self.open().pending_count())
        except Exception:
            log.warning("the queue does not answer", exc_info=True)
            return None

    def sweep(self) -> None:
        """Do every job that no other worker took this minute."""
        minute = int(clock.real_now().timestamp()) // 60
        for job in JOBS:
            with self._app.app_context():
                taken = claim(job, minute)
            if taken:
                self.perform(job)


def _opened(database_url: str) -> Huey:
    url = make_url(database_url)
    if url.get_backend_name() == "postgresql":
        dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        return PostgresHuey(QUEUE_NAME, dsn=dsn, table_prefix="desk_jobs", results=False)
    # A file of its own: whoever enqueues while the desk's file is being written must not wait for itself.
    beside = Path(url.database or "desk.sqlite3").with_suffix(".jobs.sqlite3")
    return SqliteHuey(QUEUE_NAME, filename=str(beside), results=False)


class Worker(Consumer):
    """Does the jobs on threads beside whatever else the process does; signals stay with that."""

    def _set_signal_handlers(self) -> None:
        """Leave the signals alone: the web server, or the command, handles them."""


def start_worker(app: Flask) -> Worker:
    """Begin to do jobs on threads of this process, first of all what was missed meanwhile; `stop()` ends it."""
    queue = app.extensions["queue"]
    worker = Worker(queue.open(), workers=WORKER_THREADS, check_worker_health=False)
    worker.start()
    queue.ask_for("catch_up")
    return worker
