"""A load that tells of itself while it runs, so that whoever asks sees how far it is, and that it lives."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from dashboard.intake import loads

log = structlog.get_logger()

BEAT_SECONDS = 1.0


class Watch:
    """What a load says of itself while it runs: kept here, and written down once a second."""

    def __init__(self, load_id: int | None) -> None:
        self.load_id = load_id
        self._said: tuple[str, int, int | None] = ("", 0, None)
        self._written = time.monotonic()
        self._over = threading.Event()

    def say(self, doing: str, done: int, of: int | None) -> None:
        """What is being done, how many rows are done, of how many."""
        self._said = (doing, done, of)

    def beat(self) -> None:
        """Write down what was said last, and that there is somebody to say it; in a transaction that is open, or in one
        of its own.
        """
        if self.load_id is None:
            return
        self._written = time.monotonic()
        doing, done, of = self._said
        loads.beat(self.load_id, doing=doing, done=done, of=of)

    def go_on(self, app: Any) -> None:
        """Beat until it is over; in a thread, because one statement of a large load takes many seconds."""
        while not self._over.wait(BEAT_SECONDS):
            if time.monotonic() - self._written < BEAT_SECONDS:
                continue  # It told of itself in a transaction of its own work, which keeps nobody waiting.
            with app.app_context():
                try:
                    self.beat()
                except SQLAlchemyError as error:
                    # Mostly its own work kept it waiting; it tells of itself the next time.
                    log.warning("a load could not tell of itself", load=self.load_id, why=str(error).splitlines()[0])

    def end(self) -> None:
        self._over.set()


@contextmanager
def watched(load_id: int | None) -> Iterator[Watch]:
    """Whoever asks sees how far the load is; a look that is on no list tells nobody."""
    watch = Watch(load_id)
    if load_id is None:
        yield watch
        return
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    thread = threading.Thread(target=watch.go_on, args=(app,), name=f"load {load_id}", daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        watch.end()
        thread.join()
