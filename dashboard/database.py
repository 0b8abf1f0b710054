"""How facts are stored and saved: column types, naming, and the one place that commits."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import BigInteger, Engine, Executable, Integer, MetaData, String, Table, event
from sqlalchemy.engine import Connection, CursorResult, Dialect, Result
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.pool import Pool
from sqlalchemy.types import TypeDecorator, TypeEngine

EPOCH_DAY = date(1970, 1, 1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

# How long a SQLite writer waits for another one. A full re-plan holds the writer for about a third of a
# second at a million lines, so that this is only reached when something is wrong.
SQLITE_BUSY_SECONDS = 30

# How often somebody who wants to write asks whether it is their turn. SQLite's own pauses grow to a tenth of a second,
# in which whoever writes one thing after the other is always the first.
TURN_SECONDS = 0.001

# What a SQLite connection keeps of the file in memory: much while it writes, which must not spill; little while it
# reads, because each of a process's threads has one, and what the machine itself keeps of files serves them as quickly.
WRITER_KIBIBYTES = 65_536
READER_KIBIBYTES = 1_024
HAS_ROOM = "has_room"

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def day_number(day: date) -> int:
    """Whole days since 1970-01-01: how a date is stored."""
    return day.toordinal() - EPOCH_DAY.toordinal()


def day_of(number: int) -> date:
    """The date that a stored day number means."""
    return date.fromordinal(number + EPOCH_DAY.toordinal())


def instant_number(instant: datetime) -> int:
    """Microseconds since the epoch: how an aware instant is stored, exactly."""
    if instant.tzinfo is None:
        raise ValueError("An instant needs a zone; a naive time is not stored.")
    return (instant - EPOCH) // MICROSECOND


def instant_of(number: int) -> datetime:
    """The aware UTC instant that a stored number means."""
    return EPOCH + number * MICROSECOND


class Day(TypeDecorator[date]):
    """A calendar date in the shop's zone, stored as whole days since 1970-01-01 (see docs/decisions/0003)."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> int | None:
        return None if value is None else day_number(value)

    def process_literal_param(self, value: date | None, dialect: Dialect) -> str:
        return "NULL" if value is None else str(day_number(value))

    def process_result_value(self, value: int | None, dialect: Dialect) -> date | None:
        return None if value is None else day_of(value)

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self if isinstance(value, date) else Integer()


class Instant(TypeDecorator[datetime]):
    """A moment, stored as microseconds since the epoch in UTC (see docs/decisions/0003)."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else instant_number(value)

    def process_literal_param(self, value: datetime | None, dialect: Dialect) -> str:
        return "NULL" if value is None else str(instant_number(value))

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else instant_of(value)

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self if isinstance(value, datetime) else BigInteger()


class Identifier(TypeDecorator[str]):
    """A merchant's own string, compared by code point on every database."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        collation = "C" if dialect.name == "postgresql" else None
        return dialect.type_descriptor(String(collation=collation))


class Key(TypeDecorator[int]):
    """A surrogate key: 64 bits on PostgreSQL, SQLite's own row id there."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())


@compiles(BigInteger, "sqlite")
def _sqlite_integers_have_one_name(element: BigInteger, compiler: Any, **kw: Any) -> str:
    return "INTEGER"


# Column kinds that many tables share.
PrimaryKey = Annotated[int, mapped_column(Key, primary_key=True)]
Quantity = Annotated[int, mapped_column(BigInteger)]
Micros = Annotated[int, mapped_column(BigInteger)]  # money in millionths of the currency's unit
DayColumn = Annotated[date, mapped_column(Day)]
InstantColumn = Annotated[datetime, mapped_column(Instant)]
Name = Annotated[str, mapped_column(Identifier)]
# The load that made a row; none where the desk did. Without a foreign key: each of a million rows would look it up.
LoadId = Annotated[int | None, mapped_column(BigInteger)]


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)

    if TYPE_CHECKING:
        __table__: ClassVar[Table]  # and not just anything that one can select from


class DeskSession(FlaskSession):
    """The session of an app context; inside `one_connection()` all its transactions run on one connection."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        kept: Connection | None = self.info.get("connection")
        return super().get_bind(*args, **kwargs) if kept is None else kept


db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"class_": DeskSession})


def rows_of(
    session: Session, statement: Executable, given: Mapping[str, Any] | None = None
) -> CursorResult[*tuple[Any, ...]]:
    """The rows of a statement that makes no objects, of the session's transaction: a session asks for them by three
    times the work. What it has not written yet is not seen.
    """
    return session.connection().execute(statement, given)


def rows_touched(result: Result) -> int:
    """How many rows an insert, an update or a delete touched."""
    assert isinstance(result, CursorResult)
    return result.rowcount


@contextmanager
def driver_of(connection: Connection) -> Iterator[Any]:
    """The driver's own connection, for what only it can do; what it refuses within the block is told as the database's
    refusals are told everywhere else.
    """
    dialect = connection.dialect
    refusal: type[Exception] = dialect.loaded_dbapi.Error
    try:
        yield connection.connection.driver_connection
    except refusal as refused:
        raise DBAPIError.instance(None, None, refused, refusal, dialect=dialect) from refused


def open_database(app: Any) -> None:
    """Bind the database to an app, with foreign keys on and SQLite in write-ahead mode."""
    db.init_app(app)


@event.listens_for(Engine, "connect")
def _prepare_connection(connection: Any, record: Any) -> None:
    """Give every SQLite connection its habits; the driver's own implicit transactions are switched off."""
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {SQLITE_BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # what was acknowledged survives a power cut
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA cache_size = -{READER_KIBIBYTES}")
    cursor.execute("PRAGMA temp_store = MEMORY")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """Begin on SQLite ourselves: a writer asks for the lock at once, a reader never does."""
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get("writes")
        if writes is not None:
            connection.exec_driver_sql(f"PRAGMA cache_size = -{WRITER_KIBIBYTES}")
            connection.info[HAS_ROOM] = True
        if not writes:
            connection.exec_driver_sql("BEGIN")
        elif not _has_taken_turn(connection.connection.driver_connection):
            connection.exec_driver_sql("BEGIN IMMEDIATE")


def _has_taken_turn(connection: Any) -> bool:
    """Whether SQLite's one writer could be had within the time that is given to it, and at all."""
    give_up = time.monotonic() + SQLITE_BUSY_SECONDS
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        while time.monotonic() < give_up:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    return False  # asked once more the usual way, it is told the usual way
                time.sleep(TURN_SECONDS)
            else:
                return True
        return False
    finally:
        connection.execute(f"PRAGMA busy_timeout = {SQLITE_BUSY_SECONDS * 1000}")


@event.listens_for(Pool, "checkin")
def _give_room_back(connection: Any, record: Any) -> None:
    """What a SQLite connection kept in memory in order to write is freed when it is given back."""
    if connection is not None and record.info.pop(HAS_ROOM, False):
        connection.execute(f"PRAGMA cache_size = -{READER_KIBIBYTES}")


class NotInTransaction(RuntimeError):
    """Something that must be saved together with a fact was called outside `transaction()`."""


def in_transaction() -> bool:
    """Whether a `transaction()` is open around the caller."""
    return bool(db.session.info.get("transaction_depth"))


def require_transaction() -> None:
    """Refuse to go on outside `transaction()`."""
    if not in_transaction():
        raise NotInTransaction("This writes; call it inside `with transaction():`.")


@contextmanager
def transaction(*, scratch: bool = False) -> Iterator[Session]:
    """Everything inside is saved together, or nothing is: the only commit of the product.

    Re-entrant: an inner one joins the outer one. The session's running read is ended first, because on SQLite a
    read that turns into a write fails at once when another writer came between, busy timeout or not.
    `scratch` is for what reads facts and writes temporary tables alone: it does not ask for SQLite's one writer.
    """
    session = db.session()
    if in_transaction():
        yield session
        return
    session.rollback()
    session.info["transaction_depth"] = 1
    try:
        session.connection(execution_options={"writes": not scratch})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("transaction_depth", None)


@contextmanager
def one_connection() -> Iterator[Connection]:
    """Every transaction inside runs on the same connection, so that temporary tables last from one to the next."""
    session = db.session()
    session.rollback()
    with db.engine.connect() as connection:
        session.info["connection"] = connection
        try:
            yield connection
        except BaseException:
            session.rollback()
            connection.invalidate()  # What it still keeps of temporary tables goes with it.
            raise
        finally:
            session.rollback()
            session.info.pop("connection", None)
