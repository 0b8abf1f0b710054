"""A desk in a process of its own, as `flask serve` starts it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

from dashboard import config

STARTED_WITHIN = 60  # seconds; two, on a machine that has nothing else to do


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Served:
    """A desk in a process of its own."""

    def __init__(self, **environment: str) -> None:
        self.port = int(environment.get("PORT") or free_port())
        self.process = subprocess.Popen(
            [Path(sys.executable).with_name("flask"), "serve"],
            cwd=config.ROOT,
            env={
                **os.environ,
                "PORT": str(self.port),
                "SECRET_KEY": "sixteen characters or more",
                "PYTHONUNBUFFERED": "1",
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def wait_until_ready(self) -> None:
        until = time.monotonic() + STARTED_WITHIN
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise AssertionError(f"It ended: {self.process.stdout.read()}")
            try:
                self.get("/healthz")
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("It did not start.")

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def interrupt(self) -> float:
        """Ctrl-C, as a terminal sends it: to the whole group. Returns how long the end took."""
        began = time.monotonic()
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(timeout=30)
        return time.monotonic() - began

    def said(self) -> str:
        return self.process.stdout.read()
