"""gunicorn's worker with threads, which answers pulses itself."""

from __future__ import annotations

import socket
from typing import Any

from gunicorn.util import http_date
from gunicorn.workers.gthread import ThreadWorker

from dashboard.web import pulse

PULSE_BEGINS = f"GET {pulse.PULSE_PATH}?".encode()
REQUEST_ENDS = b"\r\n\r\n"
# A browser's headers with its cookies; what is longer takes the usual way.
LONGEST_REQUEST = 8192
# What would need more of HTTP than is spoken here: another connection's end, or something behind the headers.
BEYOND = (b"\r\nconnection: close", b"\r\ncontent-length:", b"\r\ntransfer-encoding:", b"\r\nexpect:", b"\r\nupgrade:")


class PulseWorker(ThreadWorker):
    """Answers a pulse on a connection that stands open in the loop that sees it come: all else goes to a thread.

    To read a request by Python, hand it to a thread and be told of its end costs twenty times what a pulse costs, and
    two hundred pages ask two hundred times a second. It also keeps them from waiting behind those who work.
    """

    def init_process(self) -> None:
        self._pulse: pulse.Pulse | None = None
        super().init_process()

    def load_wsgi(self) -> None:
        """The app, and its pulse, which looks at the database by itself from now on."""
        super().load_wsgi()
        self._pulse = getattr(self.wsgi, "extensions", {}).get("pulse")
        if self._pulse is not None:
            self._pulse.keep_looking()

    def on_client_socket_readable(self, conn: Any, client: Any) -> None:
        """A connection that was kept open asks something."""
        if not self._answers_pulse(conn):
            super().on_client_socket_readable(conn, client)

    def _answers_pulse(self, conn: Any) -> bool:
        """Whether it was a whole pulse and nothing else, and is answered; else nothing of it was taken."""
        if self._pulse is None or not self.alive or self.cfg.is_ssl:
            return False
        try:
            asked = conn.sock.recv(LONGEST_REQUEST, socket.MSG_PEEK)
        except OSError:  # the usual way finds the same, and closes the connection
            return False
        shown = _mark_asked_by(asked)
        answer = None if shown is None else self._pulse.at_once(shown)
        if answer is None:
            return False
        # They stand in the order in which they are closed if nobody asks again.
        self.keepalived_conns.remove(conn)
        try:
            conn.sock.recv(len(asked))
            conn.sock.sendall(_written(*answer))  # some hundred bytes, to somebody who waits for them
        except OSError:
            conn.timeout = 0
            self.keepalived_conns.appendleft(conn)
        else:
            conn.set_timeout()
            self.keepalived_conns.append(conn)
        return True


def _mark_asked_by(asked: bytes) -> str | None:
    """The mark in a pulse; None where it is no whole pulse, or more than that."""
    if not asked.startswith(PULSE_BEGINS) or asked.find(REQUEST_ENDS) != len(asked) - len(REQUEST_ENDS):
        return None
    line, _, headers = asked.partition(b"\r\n")
    target, _, version = line.removeprefix(PULSE_BEGINS).partition(b" ")
    headers = b"\r\n" + headers.lower()
    if version != b"HTTP/1.1" or any(word in headers for word in BEYOND):
        return None
    return target.decode("latin-1")


def _written(status: str, body: bytes) -> bytes:
    headers = [("Date", http_date()), ("Connection", "keep-alive"), *pulse.headers(status, body)]
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join(lines).encode("latin-1") + REQUEST_ENDS + body
