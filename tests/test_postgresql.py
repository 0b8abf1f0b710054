"""The PostgreSQL of the tests leaves nothing behind, however the tests end."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from sqlalchemy import make_url

from dashboard.config import ROOT

ENDED_WITHIN = 60  # seconds, on a busy machine; about one on a quiet one
A_USER = "from tests.postgresql import running\nwith running() as url:\n    print(url, flush=True)\n    input()"


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGTERM])
def test_the_server_ends_and_its_folder_goes_when_its_user_is_killed(blow: signal.Signals) -> None:
    user = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", A_USER],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert user.stdout is not None
    folder = Path(str(make_url(user.stdout.readline().strip()).query["host"]))
    server = psutil.Process(int((folder / "postmaster.pid").read_text().splitlines()[0]))
    assert runs(server)

    user.send_signal(blow)
    user.communicate()

    until = time.monotonic() + ENDED_WITHIN
    while (runs(server) or folder.exists()) and time.monotonic() < until:
        time.sleep(0.1)
    assert not runs(server)
    assert not folder.exists()


def runs(process: psutil.Process) -> bool:
    """Whether it does anything still: where nobody reaps orphans, a dead one keeps its number."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
