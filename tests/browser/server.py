"""The desk behind a real address, for as long as a block lasts."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.serving import make_server

PATIENCE_SECONDS = 30


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address under which the app answers a browser of this machine; at the end of the block it answers nobody any
    more: what an open page asked for at the last moment must not be read from the database of the next test.
    """
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # the desk logs what it answers itself
    changed, under_way = threading.Condition(), 0

    def count(by: int) -> None:
        nonlocal under_way
        with changed:
            under_way += by
            changed.notify_all()

    def answer(environ: Any, start_response: Any) -> Any:
        # What is made is no longer waited for: a browser that is gone need not take all of it.
        count(+1)
        try:
            return app(environ, start_response)
        finally:
            count(-1)

    server = make_server("127.0.0.1", 0, answer, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        with changed:
            assert changed.wait_for(lambda: not under_way, PATIENCE_SECONDS), "It still answers somebody."
