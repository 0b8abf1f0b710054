"""The desk as a service on one machine: which database, brought to the newest migration, on which address."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from gunicorn.app.base import BaseApplication
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from dashboard import clock, config, upkeep
from dashboard.copies import COPIES, CopyRefused, copy_before_change, dump_before_change, in_use
from dashboard.database import db, driver_of
from dashboard.jobs.queue import start_worker
from dashboard.pulse_worker import PulseWorker

# Long enough for an answer under way; an open stream may not keep Ctrl-C waiting.
GRACEFUL_SECONDS = 2
# glibc gives each thread a heap of its own and keeps what was freed there for that thread: sixteen threads that write a
# panel in turn would keep its room sixteen times. Python lets one of them work at a time anyway.
HEAPS = 2
_M_ARENA_MAX = -8  # in malloc.h


class CannotServe(RuntimeError):
    """The desk cannot be served; the message says why, in a sentence."""


def take_address(host: str, port: int) -> socket.socket:
    """The listening address, held from now on, so that nobody waits for a demo that could not be served."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
    except OSError as fault:
        taken.close()
        raise CannotServe(
            f"Port {port} of {host} cannot be used ({fault.strerror or fault}); set PORT to another one."
        ) from None
    taken.set_inheritable(True)
    return taken


def bring_up_to_date(app: Flask, *, say: Callable[[str], None]) -> None:
    """Run the migrations that are missing, after a copy of a database that holds something."""
    with app.app_context(), _database_faults_in_words():
        current = upkeep.migrations_of(db.session())
        _refuse_later_version(current)
        if current == upkeep.newest_migrations():
            return
        db.session.remove()
        if current:
            _keep_a_copy(say)
        upgrade()


def refuse_another_migration() -> None:
    """Refuse to work on a database that this version did not make: a worker brings none up to date."""
    with _database_faults_in_words():
        current = upkeep.migrations_of(db.session())
        _refuse_later_version(current)
        if current != upkeep.newest_migrations():
            raise CannotServe(
                "The database of DATABASE_URL is not at the newest migration; run flask db upgrade first."
            )


def _refuse_later_version(current: set[str]) -> None:
    if not current <= upkeep.known_migrations():
        raise CannotServe("The database of DATABASE_URL belongs to a later version of the desk; use that one.")


@contextmanager
def _database_faults_in_words() -> Iterator[None]:
    """Whoever starts something is told in a sentence; no connection stays open for those that it forks."""
    try:
        yield
    except SQLAlchemyError as fault:
        reason = str(getattr(fault, "orig", fault)).strip().splitlines()[0]
        raise CannotServe(f"The database of DATABASE_URL cannot be used: {reason}") from None
    finally:
        db.session.remove()
        db.engine.dispose()


def close_file() -> None:
    """Fold what SQLite keeps beside its file into the file, and let go of it."""
    db.session.remove()
    with db.engine.connect() as connection, driver_of(connection) as driver:
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.engine.dispose()


def _keep_a_copy(say: Callable[[str], None]) -> None:
    url, folder, at = make_url(db.engine.url), config.INSTANCE / COPIES, clock.real_now()
    try:
        if url.get_backend_name() == "sqlite":
            copy = copy_before_change(Path(url.database or ""), folder=folder, at=at)
        else:
            copy = dump_before_change(url, folder=folder, at=at)
    except CopyRefused as reason:
        say(f"There are new migrations, and no copy of the database as it was: {reason}")
    else:
        say(f"There are new migrations; the database as it was is kept in {config.shown_path(copy)}.")


class Server(BaseApplication):
    """gunicorn with threads; the background jobs run in the web process unless told otherwise."""

    def __init__(
        self,
        make: Callable[[], Flask],
        *,
        listening: socket.socket,
        settings: Mapping[str, Any],
        when_ready: Callable[[], None],
    ) -> None:
        self._make = make
        self._listening = listening
        self._settings = settings
        self._when_ready = when_ready
        super().__init__()

    def load_config(self) -> None:
        """What gunicorn must know; nothing is read from its own files or variables."""
        for name, value in {
            "bind": f"fd://{self._listening.fileno()}",
            "worker_class": PulseWorker,
            "workers": self._processes(),
            "threads": self._settings["WEB_THREADS"],
            "graceful_timeout": GRACEFUL_SECONDS,
            "control_socket_disable": True,
            "loglevel": "warning",
            "proc_name": "backorder-desk",
            "when_ready": lambda server: self._when_ready(),
            "post_worker_init": self._begin_jobs,
            "worker_exit": self._end_worker,
            "on_exit": lambda server: _end_now(),
        }.items():
            self.cfg.set(name, value)

    def _processes(self) -> int:
        few = 1 if self._settings["DATABASE_URL"].startswith("sqlite") else 2
        return self._settings["WEB_PROCESSES"] or few

    def load(self) -> Flask:
        """The app, made in each web process."""
        _share_heaps()
        return self._make()

    def _begin_jobs(self, worker: Any) -> None:
        worker.jobs = start_worker(worker.wsgi) if self._settings["EMBEDDED_WORKER"] else None

    def _end_worker(self, server: Any, worker: Any) -> None:
        jobs = getattr(worker, "jobs", None)
        if jobs is not None:
            jobs.stop(graceful=False)
        _end_now()


def _share_heaps() -> None:
    """Threads that begin from now on take their memory from a few heaps; where the C library has no such word, as it
    likes.
    """
    say = getattr(ctypes.CDLL(None), "mallopt", None)
    if say is not None:
        say(_M_ARENA_MAX, HEAPS)


def _end_now() -> None:
    """End this process without taking Python apart first, which on a busy machine takes longer than Ctrl-C may.

    Nothing waits in memory to be saved: what was said to be saved is in the database.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def serve(server: Server, *, database_url: str) -> None:
    """Run until interrupted."""
    sys.argv[1:] = []  # gunicorn would read the command's own words
    with said_to_be_in_use(database_url):
        server.run()


@contextmanager
def said_to_be_in_use(database_url: str) -> Iterator[None]:
    """Keep `flask restore` away while this process works on a SQLite database; PostgreSQL counts its connections."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        yield
        return
    try:
        with in_use(Path(url.database or "")):
            yield
    except CopyRefused as reason:
        raise CannotServe(str(reason)) from None
