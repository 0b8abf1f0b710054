"""The background jobs, in a process of their own."""

from __future__ import annotations

import signal
import threading

import click
from flask import current_app
from flask.cli import with_appcontext

from dashboard.cli.faults import refuse
from dashboard.jobs.queue import start_worker
from dashboard.serving import CannotServe, refuse_another_migration, said_to_be_in_use


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Do the background jobs until interrupted; run as many of these as you like."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        refuse_another_migration()
        with said_to_be_in_use(current_app.config["DATABASE_URL"]):
            running = start_worker(current_app._get_current_object())  # type: ignore[attr-defined]
            click.echo("Doing the background jobs. Ctrl-C ends it.")
            stop.wait()
            running.stop(graceful=True)
    except CannotServe as reason:
        refuse(str(reason))
