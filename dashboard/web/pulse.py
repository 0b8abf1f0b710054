"""The pulse: the question by which pages ask whether anything changed, answered before anything else is troubled."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, NamedTuple

from flask import Flask
from prometheus_client import Counter
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from dashboard.database import db
from dashboard.web import marks

# How often a page that somebody sees asks whether anything changed, in seconds. With what a process may answer from
# memory and the time that a panel takes to come, a change is on every screen within two.
PULSE_EVERY = 1.0
# How old a process's own knowledge of that may be: many pages ask, the database is asked this often.
READ_EVERY = 0.2

PULSE_PATH = "/pulse"
PULSE_HEADERS = (
    ("Cache-Control", "no-store, private"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'"),
)
NO_NEWS = "204 NO CONTENT"
NEWS = "200 OK"


class Present(NamedTuple):
    """What a page is told that shows another mark."""

    mark: str
    word: str
    calls: int  # the version of whom staff call back: who hears another one asks what of it is due


class Pulse:
    """Answers pages that ask whether anything changed, before anything else of the desk is troubled.

    A page shows the mark that it was given: 204 while that is the present one, else the present one. Whoever shows
    none that the desk has signed learns nothing. Neither session nor, mostly, database is asked, which costs a tenth of
    what any other answer costs: hundreds of pages may ask every second.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._answer_all_else = app.wsgi_app
        self._reading = threading.Lock()
        self._read_at = float("-inf")
        self._present: Present | None = None  # None where it could not be read
        self._is_asked = threading.Event()
        self._asked = Counter(
            "desk_pulses", "Pages that asked whether anything changed.", registry=app.extensions["measurements"]
        )

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != PULSE_PATH:
            return self._answer_all_else(environ, start_response)
        self._asked.inc()
        try:
            status, body = self._answer(environ.get("QUERY_STRING", ""), self._now())
        except SQLAlchemyError:
            status, body = "503 SERVICE UNAVAILABLE", b""
        start_response(status, headers(status, body))
        return [body] if body else []

    def at_once(self, shown: str) -> tuple[str, bytes] | None:
        """Status and body for a page that shows this mark, from what the process knows; None where it must look first.

        For a server that may not wait; `keep_looking()` sees to it that the process knows.
        """
        self._is_asked.set()
        present = self._present
        if present is None or time.monotonic() - self._read_at >= 2 * READ_EVERY:
            return None
        self._asked.inc()
        return self._answer(shown, present)

    def keep_looking(self) -> None:
        """Look at the database beside all else, while pages ask, so that none of them waits for it."""
        threading.Thread(target=self._look_while_asked, name="pulse", daemon=True).start()

    def _look_while_asked(self) -> None:
        while self._is_asked.wait():
            self._is_asked.clear()
            with suppress(SQLAlchemyError):  # whoever asks then looks for himself, and is told
                self._now()
            time.sleep(READ_EVERY)

    def _answer(self, shown: str, present: Present) -> tuple[str, bytes]:
        if shown == present.mark:
            return NO_NEWS, b""
        known = marks.has_signed(self._app, shown)
        return NEWS, json.dumps(present._asdict() if known else {}).encode()

    def _now(self) -> Present:
        """The present mark, read from the database by one of those who ask; the others take what was read last."""
        if self._is_old() and self._reading.acquire(blocking=self._present is None):
            try:
                if self._is_old():
                    self._present = self._read()
            except SQLAlchemyError:
                self._present = None
                raise
            finally:
                self._read_at = time.monotonic()
                self._reading.release()
        present = self._present
        if present is None:
            raise SQLAlchemyError("The database did not answer a moment ago.")
        return present

    def _is_old(self) -> bool:
        return time.monotonic() - self._read_at >= READ_EVERY

    def _read(self) -> Present:
        with self._app.app_context(), Session(db.engine) as session:
            state = self._app.extensions["live_state"](session)
            return Present(state.mark, state.word, state.calls)


def headers(status: str, body: bytes) -> list[tuple[str, str]]:
    """What an answer to a pulse says of itself."""
    if status == NO_NEWS:
        return [*PULSE_HEADERS]
    return [*PULSE_HEADERS, ("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
