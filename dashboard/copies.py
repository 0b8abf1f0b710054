"""Whole, consistent copies of the database, made while it is used, and put back while it is not."""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, NullPool, create_engine, inspect

from dashboard import config
from dashboard.models import Waiting
from dashboard.planning.written_aside import keep_in_place

COPIES_KEPT = 5
BUSY_SECONDS = 30
COPIES = "copies"  # in the folder of the instance
# What the desk's role made, of whatever version: a later one has tables that a dump does not know and that hang on its.
CLEAR_AWAY = """
SET client_min_messages = warning;
DO $$
DECLARE
    made record;
    desk oid := (SELECT oid FROM pg_roles WHERE rolname = current_user);
BEGIN
    FOR made IN SELECT oid::regclass AS name FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relowner = desk AND relkind IN ('r', 'p')
    LOOP
        EXECUTE 'DROP TABLE IF EXISTS ' || made.name || ' CASCADE';
    END LOOP;
    FOR made IN SELECT oid::regprocedure AS name FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND proowner = desk AND prokind = 'f'
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    LOOP
        EXECUTE 'DROP FUNCTION IF EXISTS ' || made.name || ' CASCADE';
    END LOOP;
END $$
"""
LATER_VERSION = "{copy} was made by a later version of the desk; restore it with that one."


class CopyRefused(RuntimeError):
    """A copy that cannot be made or put back; the message says why, in a sentence."""


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a SQLite database as of one moment, whoever writes it meanwhile; the target is replaced whole or not at all.

    All pages are copied in one step: done in several, every write of somebody else would begin the copy anew.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(target.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    with closing(_read_only(source)) as reading, closing(sqlite3.connect(unfinished)) as writing:
        reading.backup(writing)
    unfinished.replace(target)


def put_back_sqlite(copy: Path, database: Path) -> None:
    """Put a copy in the place of a SQLite database, in one transaction: a kill leaves the old one or the new one."""
    database.parent.mkdir(parents=True, exist_ok=True)
    with closing(_read_only(copy)) as reading, closing(sqlite3.connect(database, timeout=BUSY_SECONDS)) as writing:
        reading.backup(writing)


def refuse_sqlite_copy(copy: Path, *, known: Collection[str]) -> None:
    """Refuse a file that is no whole copy of a desk of this version or a former one; `known` are its migrations."""
    try:
        with closing(_read_only(copy)) as reading:
            whole = reading.execute("PRAGMA quick_check").fetchone()
            is_desk = reading.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
            made_at = reading.execute("SELECT version_num FROM alembic_version").fetchall() if is_desk else []
    except sqlite3.Error as fault:
        raise CopyRefused(f"{copy} is no copy of a desk: {fault}.") from None
    if whole != ("ok",) or not is_desk:
        raise CopyRefused(f"{copy} is no copy of a desk, or it is damaged.")
    if not {version for (version,) in made_at} <= set(known):
        raise CopyRefused(LATER_VERSION.format(copy=copy))


def refuse_postgresql_copy(copy: Path, url: URL, *, known: Collection[str]) -> None:
    """The same of a dump, whose migration stands alone in one of its tables."""
    said = _run("pg_restore", url, "--data-only", "--table=alembic_version", "--file=-", str(copy), connects=False)
    _, copied, rest = said.partition("COPY public.alembic_version")
    made_at = rest.splitlines()[1:2]
    if not copied or not made_at:
        raise CopyRefused(f"{copy} is no copy of a desk.")
    if not set(made_at) <= set(known):
        raise CopyRefused(LATER_VERSION.format(copy=copy))


def holds_a_desk(file: Path) -> bool:
    """Whether somebody made a database there; a command that only looked leaves an empty file, which is none."""
    if not file.is_file():
        return False
    try:
        with closing(_read_only(file)) as reading:
            return bool(reading.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone())
    except sqlite3.Error:
        return True  # It is something, if damaged: whoever serves it is told.


def _read_only(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)


def copy_before_change(database: Path, *, folder: Path, at: datetime) -> Path:
    """Keep a copy of a database that is about to be changed; the oldest beyond five go."""
    target = folder / f"{database.stem}-{at:%Y%m%d-%H%M%S}{database.suffix}"
    copy_sqlite(database, target)
    _drop_old(folder, f"{database.stem}-*{database.suffix}")
    return target


def _drop_old(folder: Path, pattern: str) -> None:
    for old in sorted(folder.glob(pattern))[:-COPIES_KEPT]:
        old.unlink()


def dump_postgresql(url: URL, target: Path) -> None:
    """Copy a PostgreSQL database as of one moment, by its own pg_dump; the target is replaced whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(target.name + ".unfinished")
    try:
        with _every_table_in_its_place(url):
            _run("pg_dump", url, "--format=custom", "--no-owner", f"--file={unfinished}")
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _every_table_in_its_place(url: URL) -> Iterator[None]:
    """Within the block no table that was written beside `waiting` takes its place: of one that came after the moment of
    a copy the copy has no row.
    """
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("SET idle_in_transaction_session_timeout = 0")  # however long the copy takes
        if inspect(connection).has_table(Waiting.__tablename__):  # of a database that is being made: no
            keep_in_place(connection, Waiting.__table__)
        yield


def dump_before_change(url: URL, *, folder: Path, at: datetime) -> Path:
    """Keep a dump of a database that is about to be changed; the oldest beyond five go."""
    target = folder / f"{url.database}-{at:%Y%m%d-%H%M%S}.dump"
    dump_postgresql(url, target)
    _drop_old(folder, f"{url.database}-*.dump")
    return target


def put_back_postgresql(copy: Path, url: URL) -> None:
    """Put a dump in the place of a PostgreSQL database, whatever stands there, in one transaction."""
    read = _command("pg_restore", "--no-owner", "--exit-on-error", "--file=-", str(copy))
    write = _command("psql", _address(url), "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
    with (
        tempfile.TemporaryFile("w+") as faults,
        subprocess.Popen(read, stdout=subprocess.PIPE, stderr=faults) as reading,
        subprocess.Popen(
            [*write, f"--command={CLEAR_AWAY}", "--file=-"],
            env=_with_password(url),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=faults,
        ) as writing,
    ):
        assert reading.stdout is not None
        assert writing.stdin is not None
        with suppress(BrokenPipeError):  # it gave up, and says why
            shutil.copyfileobj(reading.stdout, writing.stdin)
        reading.stdout.close()
        if reading.wait():
            writing.kill()  # before it commits: half a copy is none
        with suppress(BrokenPipeError):
            writing.stdin.close()
        if writing.wait():
            faults.seek(0)
            raise CopyRefused(f"The copy could not be put back: {_first_fault(faults.read())}")


def _run(program: str, url: URL, *words: str, connects: bool = True) -> str:
    """Run one of PostgreSQL's own programs; what it said."""
    command = _command(program, *([_address(url)] if connects else []), *words)
    done = subprocess.run(command, env=_with_password(url), capture_output=True, text=True, check=False)
    if done.returncode:
        raise CopyRefused(f"{program} failed: {_first_fault(done.stderr)}")
    return done.stdout


def _command(program: str, *words: str) -> list[str]:
    path = shutil.which(program)
    if path is None:
        raise CopyRefused(f"{program} is not installed here; it comes with PostgreSQL's client programs.")
    return [path, *words]


def _address(url: URL) -> str:
    address = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    return f"--dbname={address}"


def _with_password(url: URL) -> dict[str, str]:
    """The password goes where no list of processes shows it."""
    return config.environment_and(PGPASSWORD=url.password or "")


def _first_fault(said: str) -> str:
    return next(iter(said.strip().splitlines()), "it said nothing")


@contextmanager
def in_use(database: Path, *, alone: bool = False) -> Iterator[None]:
    """Say that a SQLite database is being served, by a lock that ends with the process however it ends.

    With `alone`, refused while anybody else says so.
    """
    marker = database.with_name(database.name + ".in-use")
    with marker.open("a") as file:
        try:
            fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CopyRefused(
                "The desk is running on this database; end it first."
                if alone
                else "This database is being restored; start the desk afterwards."
            ) from None
        yield
