"""What was read, in temporary tables of one connection, so that the rest can be said in sets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    MetaData,
    Select,
    SmallInteger,
    SQLColumnExpression,
    Table,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    tuple_,
    type_coerce,
    union,
    union_all,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from dashboard import models
from dashboard.database import Identifier, Key, db, driver_of, one_connection, transaction
from dashboard.intake import cells
from dashboard.intake import kit as the_kit
from dashboard.intake.faults import Fault, Remark
from dashboard.intake.kit import KIT, KitFile
from dashboard.intake.rows import Chunk
from dashboard.intake.upserts import Tally

FETCHED_AT_ONCE = 5_000

# SQLite's own habits, and those of a load: 64 MB of temporary tables at hand (else 2 MB), 64 MB of its log written
# before they are moved into the database's file (else 4 MB).
CACHE_KILOBYTES, USUAL_CACHE_KILOBYTES = 65_536, -2_000
PAGES_AHEAD, USUAL_PAGES_AHEAD = 16_384, 1_000

# PostgreSQL's, likewise. What was staged a moment ago is in memory, and a statement of some milliseconds is not worth
# compiling. Nobody waits for the disk after each of many pieces: a power cut may take the last of them, whole, and
# the commit that says the load is done waits for them all.
POSTGRESQL = {"random_page_cost": "1.1", "jit": "off", "synchronous_commit": "off"}

_TEMPORARY = MetaData()
_WHOLE_NUMBERS = (
    *(cells.quantity, cells.units, cells.days, cells.line_number, cells.priority_class, cells.month, cells.year),
    *(cells.price, cells.amount, cells.day, cells.past_day, cells.moment, cells.past_moment),
)


def _type_of(column: the_kit.Column) -> Any:
    if column.kind is cells.boolean:
        return Boolean(create_constraint=False)
    return BigInteger() if column.kind in _WHOLE_NUMBERS else Identifier()


def _table(kit_file: KitFile) -> Table:
    columns = [Column("line", Key, primary_key=True, autoincrement=False)]
    for column in kit_file.columns:
        columns.append(Column(column.name, _type_of(column)))
        if column.day is not None:
            columns.append(Column(column.day, BigInteger()))
    # Whether the row has a fault that was found after it was read.
    columns.append(Column("bad", SmallInteger, nullable=False, server_default="0"))
    return Table(f"in_{kit_file.name}", _TEMPORARY, *columns, prefixes=["TEMPORARY"])


# One table a file, named after it.
STAGED: dict[str, Table] = {kit_file.name: _table(kit_file) for kit_file in KIT}

# Faults and remarks, so that they can be told in order however many they are.
FAULTS = Table(
    "in_faults",
    _TEMPORARY,
    Column("id", Key, primary_key=True),
    Column("file", Identifier, nullable=False),
    Column("line", BigInteger, nullable=False),
    Column("col", Identifier, nullable=False),
    Column("reason", Identifier, nullable=False),
    Column("kept", SmallInteger, nullable=False),  # 1: a remark, the row is loaded all the same
    Column("of_row", SmallInteger, nullable=False),  # 0: of a whole file
    prefixes=["TEMPORARY"],
)

# Keys of rows that could not be read or may not be loaded, as texts.
BAD_KEYS = Table(
    "in_bad_keys",
    _TEMPORARY,
    Column("id", Key, primary_key=True),
    Column("file", Identifier, nullable=False),
    Column("key", Identifier, nullable=False),
    Column("second", Identifier, nullable=False),
    Column("line", BigInteger, nullable=False),
    prefixes=["TEMPORARY"],
)

# Orders, and purchase orders, that some file says something of, numbered in the order of their numbers.
UNITS: dict[str, Table] = {
    column: Table(
        f"in_units_{column}",
        _TEMPORARY,
        Column("seq", Key, primary_key=True, autoincrement=False),
        Column("number", Identifier, nullable=False),
        Column("bad", SmallInteger, nullable=False),
        prefixes=["TEMPORARY"],
    )
    for column in ("order_id", "po_id")
}

# Order lines, and lines of purchase orders, as they will be: of the orders of the chunk that is being written.
LINES = Table(
    "in_lines",
    _TEMPORARY,
    Column("id", Key, primary_key=True),
    Column("state", SmallInteger, nullable=False),  # SAME, CHANGED or NEW
    Column("staged", BigInteger),  # the line of the file that states it, if one does
    Column("seq", BigInteger, nullable=False),
    Column("number", Identifier, nullable=False),
    Column("line_no", BigInteger, nullable=False),
    Column("line_id", BigInteger),
    Column("was_qty", BigInteger),
    Column("sku_id", BigInteger),
    Column("qty", BigInteger, nullable=False),
    Column("done", BigInteger, nullable=False),  # shipped, or received
    Column("cancelled", BigInteger, nullable=False),
    Column("open", BigInteger, nullable=False),
    Column("price", BigInteger),
    Column("promised", BigInteger),
    Column("expected", BigInteger),
    Column("first_promise", BigInteger),
    Column("current_promise", BigInteger),
    Column("qty_promised", BigInteger),
    Column("supplier_id", BigInteger),
    Column("tags", Identifier),
    Column("tax", BigInteger),
    Column("discount", BigInteger),
    Index("ix_in_lines_id", "line_id"),
    prefixes=["TEMPORARY"],
)

# The words of the tags of `LINES`.
TAGS = Table(
    "in_tags",
    _TEMPORARY,
    Column("id", Key, primary_key=True),
    Column("row", BigInteger, nullable=False),
    Column("tag", Identifier, nullable=False),
    prefixes=["TEMPORARY"],
)

SAME, CHANGED, NEW = 0, 1, 2
_ALL = (*STAGED.values(), FAULTS, BAD_KEYS, *UNITS.values(), LINES, TAGS)


@contextmanager
def staging() -> Iterator[None]:
    """Empty temporary tables on a connection that stays ours for as long; they are gone afterwards."""
    with one_connection() as connection:
        _keep_on_disk(connection, True)
        with transaction(scratch=True) as session:
            for table in _ALL:
                table.create(session.connection())
            _say_on_postgresql(session.connection(), *(f"SET {name} = {value}" for name, value in POSTGRESQL.items()))
        yield
        with transaction(scratch=True) as session:
            for table in _ALL:
                table.drop(session.connection())
            _say_on_postgresql(session.connection(), *(f"RESET {name}" for name in POSTGRESQL))
        _keep_on_disk(connection, False)


def fill(kit_file: KitFile, chunk: Chunk) -> None:
    """Put a chunk's rows, faults and bad keys where they can be compared; inside a transaction."""
    table = STAGED[kit_file.name]
    names = ["line", *chunk.columns]
    bulk_insert(db.session.connection(), table, names, zip(chunk.lines, *chunk.columns.values(), strict=True))
    note(chunk.faults, chunk.remarks)
    note_bad_keys((kit_file.name, key[0], (*key, "")[1] or "", line) for line, key in chunk.bad_keys if key[0])


def note(faults: Sequence[Fault] = (), remarks: Sequence[Remark] = (), *, of_row: bool = True) -> None:
    """Remember faults and remarks until they are told; inside a transaction."""
    told = chain(((fault, 0) for fault in faults), ((remark, 1) for remark in remarks))
    rows = [(said.file, said.line, said.column, said.reason, kept, int(of_row)) for said, kept in told]
    bulk_insert(db.session.connection(), FAULTS, ["file", "line", "col", "reason", "kept", "of_row"], rows)


def note_bad_keys(rows: Iterable[tuple[str, str, str, int]]) -> None:
    """Remember keys (file, first, second part, line) of which something is wrong; inside a transaction."""
    bulk_insert(db.session.connection(), BAD_KEYS, ["file", "key", "second", "line"], list(rows))


def told(*, remarks: bool) -> Iterator[Fault]:
    """Every fault, or every remark, by file, line and column; inside a transaction."""
    kind = Remark if remarks else Fault
    order = (FAULTS.c.file, FAULTS.c.line, FAULTS.c.col, FAULTS.c.reason)
    last: tuple[Any, ...] | None = None
    while True:
        page = select(*order).where(FAULTS.c.kept == int(remarks)).distinct().order_by(*order).limit(FETCHED_AT_ONCE)
        if last is not None:
            page = page.where(tuple_(*order) > last)
        rows = db.session.execute(page).all()
        for row in rows:
            yield kind(*row)
        if len(rows) < FETCHED_AT_ONCE:
            return
        last = tuple(rows[-1])


def count_faulty_rows() -> dict[str, int]:
    """By the name under which a file is shown: how many of its rows have a fault of their own."""
    rows = select(FAULTS.c.file, FAULTS.c.line).where(FAULTS.c.kept == 0, FAULTS.c.of_row == 1).distinct().subquery()
    return dict(db.session.execute(select(rows.c.file, func.count()).group_by(rows.c.file)).all())


def empty(table: Table) -> None:
    """Take all rows out of a temporary table. PostgreSQL would keep those that are deleted, and read them each time."""
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f'TRUNCATE "{table.name}"')
    else:
        connection.execute(delete(table))


@contextmanager
def looked_up() -> Iterator[None]:
    """Inside, PostgreSQL looks up what belongs to some thousand rows, instead of reading whole tables to join them:
    it knows neither how few rows are meant nor how large the tables have grown since it counted them.
    """
    connection = db.session.connection()
    ways = ("enable_hashjoin", "enable_mergejoin")
    _say_on_postgresql(connection, *(f"SET LOCAL {way} = off" for way in ways))
    yield
    _say_on_postgresql(connection, *(f"SET LOCAL {way} = on" for way in ways))


def index_staged(kit_file: KitFile) -> None:
    """Make the keys of a file quick to look up, and what loads together, and tell the planner of PostgreSQL what is
    there.
    """
    connection = db.session.connection()
    table = STAGED[kit_file.name]
    for columns in _indexes_of(kit_file):
        _index(connection, table, *columns)
    _analyze(connection, table)


def index_bad_keys() -> None:
    """The same for the keys of faulty rows."""
    connection = db.session.connection()
    _index(connection, BAD_KEYS, "file", "key", "second")
    _analyze(connection, BAD_KEYS)


def number_units(group: str) -> None:
    """Number the orders (or purchase orders) that any staged file names, and mark those with a fault in any row."""
    connection = db.session.connection()
    units = UNITS[group]
    head, *others = (kit_file for kit_file in KIT if kit_file.group == group)
    of_head = STAGED[head.name].c[group]
    # Nearly all stand in the head's own file; the rest is looked for there, not sorted with them.
    beside = (
        select(STAGED[f.name].c[group]).where(~exists().where(of_head == STAGED[f.name].c[group])).distinct()
        for f in others
    )
    unread = select(BAD_KEYS.c.key).where(BAD_KEYS.c.file.in_([f.name for f in (head, *others)]))
    named = union(select(of_head.label("number")), *beside, unread).subquery()
    seq = func.row_number().over(order_by=named.c.number)
    connection.execute(insert(units).from_select(["seq", "number", "bad"], select(seq, named.c.number, literal(0))))
    _index(connection, units, "number")
    _analyze(connection, units)
    faulty = (select(STAGED[f.name].c[group]).where(STAGED[f.name].c.bad == 1) for f in (head, *others))
    connection.execute(update(units).where(units.c.number.in_(union_all(*faulty, unread))).values(bad=1))


def _index(connection: Connection, table: Table, *columns: str) -> None:
    """Index a filled table: through a copy of its definition, since the definition outlives this load."""
    copy = table.to_metadata(MetaData())
    Index(f"ix_{table.name}_{columns[0]}", *(copy.c[name] for name in columns)).create(connection)


def set_aside(units: Table, numbers: Collection[str]) -> None:
    """Leave out these orders (or purchase orders), though their rows seemed good until now."""
    for place in range(0, len(numbers), FETCHED_AT_ONCE):
        some = sorted(numbers)[place : place + FETCHED_AT_ONCE]
        db.session.execute(update(units).where(units.c.number.in_(some)).values(bad=1))
        db.session.execute(delete(LINES).where(LINES.c.number.in_(some)))


def in_chunk(units: Table, low: int, high: int) -> ColumnElement[bool]:
    """The units that nothing is wrong with, from one sequence number up to, not including, another."""
    return and_(units.c.seq >= low, units.c.seq < high, units.c.bad == 0)


def none_is_known(units: Table, head: Table, low: int, high: int) -> bool:
    """Whether the desk has none of these orders (or purchase orders) yet, so that nothing need be compared."""
    of_chunk = and_(units.c.seq >= low, units.c.seq < high)
    return not db.session.scalar(
        select(exists().where(of_chunk, select(head.c.id).where(head.c.number == units.c.number).exists()))
    )


def count_as_new(staged: Table, units: Table, group: str, low: int, high: int) -> Tally:
    """The rows of a file that say something of these orders (or purchase orders), none of which is known."""
    rows = select(func.count()).select_from(staged.join(units, units.c.number == staged.c[group]))
    return Tally(new=db.session.scalar(rows.where(in_chunk(units, low, high))) or 0)


def count_states(*wanted: ColumnElement[bool]) -> Tally:
    """How many of the lines that were worked out are new, changed, the same."""
    states = select(LINES.c.state, func.count()).where(*wanted).group_by(LINES.c.state)
    counts: dict[int, int] = dict(db.session.execute(states).all())
    return Tally(counts.get(NEW, 0), counts.get(CHANGED, 0), counts.get(SAME, 0))


def keep_acts_away(head: Table, of_head: Any, of_sku: Any, known: Select[int]) -> None:
    """Lock known orders (or purchase orders) as an act does: first the SKUs of their lines, by id, then the heads, then
    the lines. SQLite has one writer anyway.
    """
    if db.session.connection().dialect.name != "postgresql":
        return
    lines, skus = of_head.table, models.Sku.__table__
    for locked in (
        select(skus.c.id).where(skus.c.id.in_(select(of_sku).where(of_head.in_(known)))).order_by(skus.c.id),
        select(head.c.id).where(head.c.id.in_(known)).order_by(head.c.id),
        select(lines.c.id).where(of_head.in_(known)).order_by(lines.c.id),
    ):
        db.session.execute(locked.with_for_update(key_share=True)).all()


def stored(column: SQLColumnExpression[Any]) -> ColumnElement[int]:
    """A day or an instant as the whole number that stands in the table."""
    return type_coerce(column, BigInteger)


def or_none_at_all(quantity: SQLColumnExpression[Any]) -> ColumnElement[int]:
    """A quantity of a line that may not be there yet."""
    return func.coalesce(quantity, 0)


def bulk_insert(connection: Connection, table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """The quickest way in that the driver has: COPY on PostgreSQL, one prepared statement on SQLite."""
    if connection.dialect.name == "postgresql":
        columns = ", ".join(f'"{name}"' for name in names)
        statement = f'COPY "{table.name}" ({columns}) FROM STDIN'
        with driver_of(connection) as driver, driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
        return
    rows = list(rows)
    if rows:
        marks = ", ".join("?" * len(names))
        columns = ", ".join(f'"{name}"' for name in names)
        connection.exec_driver_sql(f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})', rows)


def _keep_on_disk(connection: Connection, on_disk: bool) -> None:
    """Let SQLite keep temporary tables in a file while they may be large, with some of it at hand; elsewhere they stay
    in memory. What is written meanwhile goes into the database's file in fewer and larger pieces.
    """
    if connection.dialect.name == "sqlite":
        with driver_of(connection) as driver:
            driver.execute(f"PRAGMA temp_store = {'FILE' if on_disk else 'MEMORY'}")
            driver.execute(f"PRAGMA temp.cache_size = {-CACHE_KILOBYTES if on_disk else USUAL_CACHE_KILOBYTES}")
            driver.execute(f"PRAGMA wal_autocheckpoint = {PAGES_AHEAD if on_disk else USUAL_PAGES_AHEAD}")


def _say_on_postgresql(connection: Connection, *settings: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("; ".join(settings))


def _analyze(connection: Connection, table: Table) -> None:
    """PostgreSQL keeps no statistics of temporary tables by itself; without them it joins as if they were empty."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f'ANALYZE "{table.name}"')


def _indexes_of(kit_file: KitFile) -> list[tuple[str, ...]]:
    """The key, with what the rows load together by in front, since that is how they are looked up; by itself where it
    is no part of the key: without, every few thousand orders would be looked for in the whole file.
    """
    if kit_file.group is None:
        return [kit_file.key]
    if kit_file.group not in kit_file.key:
        return [kit_file.key, (kit_file.group,)]
    return [tuple(sorted(kit_file.key, key=[kit_file.group, "line_no", *kit_file.key].index))]
