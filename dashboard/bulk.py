"""Rows in and out of the database by the million, as numpy columns.

Row by row, a driver would cost more than all planning. So the database hands over each column as one value: PostgreSQL
as an array, whose binary form numpy reads without a loop; SQLite as a list of digits, which numpy reads at half of what
rows cost (docs/decisions/0009). The way back is a temporary table, from which one statement writes a table; few rows
travel to PostgreSQL with the statement itself.
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from functools import lru_cache
from struct import Struct
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from psycopg.adapt import Dumper, Loader
from psycopg.pq import Format
from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    case,
    cast,
    func,
    select,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateTable
from sqlalchemy.sql import functions, operators
from sqlalchemy.sql.elements import TypeCoerce
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType

from dashboard.database import driver_of
from dashboard.domain.columns import NONE

# Between texts that PostgreSQL sends as one.
SEPARATOR = "\x1f"

# PostgreSQL sends a table in so many parts, because its driver keeps room for the largest message it ever got.
BLOCKS = 16

# What stands for NONE among SQLite's digits, where it is read a million times: no day, no key, no amount is so small.
SHORT_NONE = -1_000_000

# PostgreSQL's binary array: dimensions, flags, element type, length, lower bound; then each value after its length.
ARRAY_START = Struct(">iii")  # dimensions, whether there is a NULL, type of the elements
ARRAY_LENGTH = Struct(">ii")  # of the one dimension: its length, and the number of its first
ARRAY_HEADER_BYTES = ARRAY_START.size + ARRAY_LENGTH.size
BIGINT, ARRAY_OF_BIGINT = 20, 1016  # the types' numbers in every PostgreSQL
ARRAY_VALUE = np.dtype([("length", ">i4"), ("value", ">i8")])

# The start and the end of PostgreSQL's binary COPY; between them, each row says how many values follow, each value
# how many bytes it has.
COPY_HEADER = b"PGCOPY\n\xff\r\n\x00" + b"\x00" * 8
COPY_TRAILER = b"\xff\xff"
COPY_BLOCK_ROWS = 50_000

# So many rows travel to PostgreSQL with each statement that reads them. To make, fill and empty a table for them would
# cost more than the statement, and the commit would wait until the disk knows of it.
FEW_ROWS = 1_000
HANDED = "rows that travel with statements"  # in what a connection knows of itself
REMEMBERED = "rows that were read"  # the same


def number(column, none=NONE):
    """A column as a 64-bit whole number, with a number that stands for "not known"."""
    plain = type_coerce(column, BigInteger)
    nullable = getattr(column, "nullable", True)
    return func.coalesce(plain, none) if nullable else plain


def flag(condition):
    """A condition as 1 or 0."""
    return case((condition, 1), else_=0)


def code(column, words, none=-1):
    """A column of few words as the place of its word in a list; anything else as `none`."""
    return case({word: place for place, word in enumerate(words)}, value=column, else_=none)


def text(column):
    """A column of text, empty where it is not known."""
    return func.coalesce(type_coerce(column, String), "")


_statements: WeakKeyDictionary[Any, dict[Any, Any]] = WeakKeyDictionary()  # what is kept, as SQL


class Among(FunctionElement[Any]):
    """Whether a column is one of the numbers that are handed to `columns` under a name."""

    # Called a truth value, it would be compared with 1 on SQLite, which then looks into no index.
    type = NullType()
    inherit_cache = False
    name = "among"

    def __init__(self, column, name):
        self.listed = name
        super().__init__(column)


@compiles(Among, "sqlite")
def _among_in_sqlite(element, compiler, **kw):
    return f"{compiler.process(element.clauses, **kw)} IN (SELECT value FROM json_each(:{element.listed}))"


@compiles(Among, "postgresql")
def _among_in_postgresql(element, compiler, **kw):
    return f"{compiler.process(element.clauses, **kw)} = ANY(%({element.listed})s::bigint[])"


def columns(connection, query, **listed):
    """The columns of a query, each as a 64-bit array where it holds whole numbers, as a list where it holds text.

    Nothing in it may be NULL: say what stands for "not known" by `number`, `code` or `text`. `listed` are the numbers
    that `Among` asks for, by name. A query that is kept (a constant, a cached function's) is put into SQL only once.
    """
    if REMEMBERED in connection.info and (place := _place_of_listed(query, listed)) is not None:
        return _remembered(connection, query, place, listed)
    return _read(connection, query, listed)


def _read(connection, query, listed):
    return (_from_postgresql if connection.dialect.name == "postgresql" else _from_sqlite)(connection, query, listed)


@contextmanager
def remembering(connection):
    """Within the block, what `columns` has read of a listed number is not read again: a longer list costs what is new
    in it. For rows that nobody changes meanwhile; whoever cannot be sure of that any longer clears what is given.
    """
    connection.info[REMEMBERED] = {}
    try:
        yield connection.info[REMEMBERED]
    finally:
        del connection.info[REMEMBERED]


def _remembered(connection, query, place, listed):
    ((name, wanted),) = listed.items()
    memory = connection.info[REMEMBERED]
    if query not in memory:
        memory[query] = np.unique(wanted), _kept(_read(connection, query, listed))
        return memory[query][1]
    known, cells = memory[query]
    wanted = np.unique(wanted)
    new = np.setdiff1d(wanted, known, assume_unique=True)
    if len(new):
        more = _read(connection, query, {name: new})
        cells = _kept([_joined_to(*both) for both in zip(cells, more, strict=True)])
        known = np.concatenate((known, new))
        memory[query] = known, cells
    if len(wanted) == len(known):
        return cells
    rows = np.flatnonzero(np.isin(cells[place], wanted))
    return [_taken_of(column, rows) for column in cells]


def _kept(cells):
    """Columns that nobody may change, for they are given out again."""
    for column in cells:
        if isinstance(column, np.ndarray):
            column.flags.writeable = False
    return cells


def _joined_to(column, more):
    return np.concatenate((column, more)) if isinstance(column, np.ndarray) else column + more


def _taken_of(column, rows):
    return column[rows] if isinstance(column, np.ndarray) else [column[row] for row in rows.tolist()]


def _place_of_listed(query, listed):
    """Which column of a query is the one that it must find in its only list; None where that cannot be said."""
    if len(listed) != 1:
        return None
    known = _statements.setdefault(query, {})
    if REMEMBERED not in known:
        asked = [_behind(*one.clauses) for one in _all_of(query.whereclause) if isinstance(one, Among)]
        selected = [_behind(column) for column in query.selected_columns]
        places = [place for place, column in enumerate(selected) if any(map(column.compare, asked))]
        known[REMEMBERED] = places[0] if places else None
    return known[REMEMBERED]


def _all_of(condition):
    """The conditions that must all hold."""
    return condition.get_children() if getattr(condition, "operator", None) is operators.and_ else [condition]


def _behind(column):
    """The column of a table whose number this is."""
    if isinstance(column, TypeCoerce):
        return _behind(column.clause)
    return _behind(next(iter(column.clauses))) if _may_be_none(column) else column


def compiled(connection, query):
    """A query as the SQL of its database, with all values in it."""
    return str(query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))


def run(connection, statement):
    """How many rows it touched: a statement that has all its values in it; a kept one is put into SQL only once."""
    made = _statements.setdefault(statement, {})
    kind = connection.dialect.name
    if kind not in made:
        made[kind] = compiled(connection, statement)
    return run_text(connection, made[kind])


def run_text(connection, statement):
    """The same of a statement in SQL, with percent signs doubled."""
    statement, asked = _with_handed(connection, statement)
    return connection.exec_driver_sql(statement, asked or None).rowcount


@contextmanager
def staged(connection, name, **cells):
    """Columns of numbers as a table of that name, which statements may read within the block."""
    table = _temporary(name, tuple((one, column.dtype.kind == "f") for one, column in cells.items()))
    with handed(connection, table, list(cells.values())):
        yield table


@lru_cache
def _temporary(name, kinds):
    """One table object for all its lives, so that statements with it are put into SQL once."""
    cells = (Column(one, Float if is_float else BigInteger) for one, is_float in kinds)
    return Table(name, MetaData(), *cells, **TEMPORARY)


# How a temporary table is declared. PostgreSQL empties it by itself when the transaction ends.
TEMPORARY = {"prefixes": ["TEMPORARY"], "postgresql_on_commit": "DELETE ROWS"}


@contextmanager
def handed(connection, table, cells):
    """Rows that statements within the block read under the table's name: a table of this connection alone, made at the
    first need and empty again after the block; or, where they are few and the database takes them so, no table at all.
    An error takes them back with everything else.
    """
    is_postgresql = connection.dialect.name == "postgresql"
    if is_postgresql and len(cells[0]) <= FEW_ROWS:
        if HANDED not in connection.info:
            connection.info[HANDED] = {}
            with driver_of(connection) as driver:
                driver.adapters.register_dumper(np.ndarray, _ArrayDumper)
        travelling = connection.info[HANDED]
        travelling[table.name] = _as_rows(table), dict(zip(_parameters(table), map(_sent, cells), strict=True))
        try:
            yield
        finally:
            del travelling[table.name]
        return
    run(connection, _creation(table))
    fill(connection, table, cells)
    yield
    connection.exec_driver_sql(f"{'TRUNCATE' if is_postgresql else 'DELETE FROM'} {table.name}")


def _with_handed(connection, statement):
    """A statement with the rows before it that it reads by name, and their columns as its parameters."""
    with_rows, asked = [], {}
    for name, (rows, columns_of_rows) in connection.info.get(HANDED, {}).items():
        if re.search(rf"\b{name}\b", statement):
            with_rows.append(rows)
            asked |= columns_of_rows
    return (f"WITH {', '.join(with_rows)} {statement}" if with_rows else statement), asked


@lru_cache
def _as_rows(table):
    names = ", ".join(column.name for column in table.columns)
    arrays = ", ".join(
        f"%({name})s::{_array_type(column)}" for name, column in zip(_parameters(table), table.columns, strict=True)
    )
    return f"{table.name} ({names}) AS (SELECT * FROM unnest({arrays}))"


def _sent(column):
    """A column as the driver knows how to send it."""
    return column.tolist() if isinstance(column, np.ndarray) and column.dtype.kind == "f" else column


def _parameters(table):
    return [f"{table.name}_{column.name}" for column in table.columns]


def _array_type(column):
    if isinstance(column.type, Float):
        return "float8[]"
    return "bigint[]" if isinstance(column.type, Integer) else "text[]"


@lru_cache
def _creation(table):
    return CreateTable(table, if_not_exists=True)


def fill(connection, table, cells):
    """Bulk-loads columns into a table that has just these: arrays of numbers, or lists if any of them is text."""
    if not len(cells[0]):
        return
    are_numbers = all(isinstance(column, np.ndarray) for column in cells)
    with driver_of(connection) as driver:
        if connection.dialect.name == "postgresql":
            (_copy_numbers if are_numbers else _copy_rows)(driver, table, cells)
            return
        places = ", ".join("?" * len(cells))
        statement = f"INSERT INTO {table.name} VALUES ({places})"
        for start in range(0, len(cells[0]), COPY_BLOCK_ROWS):
            block = (column[start : start + COPY_BLOCK_ROWS] for column in cells)
            driver.executemany(statement, zip(*(map(_listed, block) if are_numbers else block), strict=True))


def _listed(column):
    return column.tolist()


def upsert(connection, table):
    """An INSERT that can say what happens to a row that is there already."""
    return upsert_of(connection.dialect.name, table)


def upsert_of(dialect, table):
    """The same, for a database by its name."""
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


class Words:
    """Numbers for words, in the order in which they are met."""

    def __init__(self):
        self.words = []
        self._numbers = _Numbering(self.words)

    def numbers(self, column):
        return np.fromiter(map(self._numbers.__getitem__, column), np.int64, len(column))


class _Numbering(dict):
    def __init__(self, words):
        super().__init__()
        self.words = words

    def __missing__(self, word):
        self.words.append(word)
        self[word] = len(self.words) - 1
        return self[word]


# A table of row numbers by key is quicker than a search as long as it has not this many times more places than keys.
SPARSE = 16


class Rows:
    """Finds the row of a surrogate key in a table that was read: keys in, row numbers out, −1 where there is none."""

    def __init__(self, ids):
        self.count = len(ids)
        last = int(ids.max(initial=0))
        self._is_sparse = last > SPARSE * self.count
        if self._is_sparse:
            self._by_key = np.argsort(ids, kind="stable")
            self._keys = ids[self._by_key]
        else:
            self._row_of = np.full(last + 2, -1, np.int32)
            self._row_of[ids] = np.arange(len(ids), dtype=np.int32)

    def of(self, ids):
        if not self._is_sparse:
            last = len(self._row_of) - 1
            return self._row_of[np.where((ids >= 0) & (ids < last), ids, last)].astype(np.int64)
        at = np.minimum(np.searchsorted(self._keys, ids), self.count - 1)
        return np.where(self._keys[at] == ids, self._by_key[at], -1)


def gather(column, rows, nothing):
    """The column's values at rows, and a value for nothing where there is no row (-1)."""
    return np.append(column, nothing)[rows]


def code_points(words):
    """Text as bytes, whose order is that of code points."""
    return np.array([word.encode() for word in words], bytes)


def by_text(words):
    """The permutation that sorts text by code point."""
    return np.argsort(code_points(words), kind="stable")


def text_ranks(words):
    """The place of each word in the order of code points."""
    ranks = np.empty(len(words), np.int64)
    ranks[by_text(words)] = np.arange(len(words))
    return ranks


def _are_texts(query):
    return [isinstance(column.type, String) for column in query.selected_columns]


def _statement(connection, query, make):
    """A query as SQL, and which of its columns are text; made once for each query object and way of gathering."""
    made = _statements.setdefault(query, {})
    kind = make, connection.dialect.name
    if kind not in made:
        kinds = _are_texts(query)
        made[kind] = compiled(connection, make(query, kinds)), kinds
    return made[kind]


def _as_lists(query, kinds):
    source = query.with_only_columns(*map(_shortened, query.selected_columns), maintain_column_froms=True).subquery()
    return select(
        *(
            func.group_concat(func.replace(column, SEPARATOR, ""), SEPARATOR) if is_text else func.group_concat(column)
            for column, is_text in zip(source.c, kinds, strict=True)
        )
    )


def _shortened(column):
    return func.coalesce(next(iter(column.clauses)), SHORT_NONE) if _may_be_none(column) else column


def _may_be_none(column):
    """Whether `number` made it of a column that may be empty."""
    return isinstance(column, functions.coalesce) and getattr(list(column.clauses)[-1], "value", None) == NONE


def _as_arrays(query, kinds):
    source = query.subquery()
    return select(
        *(
            func.string_agg(func.replace(column, SEPARATOR, ""), SEPARATOR)
            if is_text
            else func.array_agg(cast(column, BigInteger))
            for column, is_text in zip(source.c, kinds, strict=True)
        )
    )


def _as_arrays_in_blocks(query, kinds):
    gathered = _as_arrays(query, kinds)
    (source,) = gathered.get_final_froms()
    first = next(column for column, is_text in zip(source.c, kinds, strict=True) if not is_text)
    return gathered.group_by(cast(first, BigInteger) % BLOCKS)


def _from_sqlite(connection, query, listed):
    statement, kinds = _statement(connection, query, _as_lists)
    asked = {name: json.dumps(numbers.tolist()) for name, numbers in listed.items()}
    with driver_of(connection) as driver:
        values = driver.execute(statement, asked).fetchone()
    return [
        _split(value) if is_text else _parsed(value or "", may_be_none=may_be_none)
        for value, is_text, may_be_none in zip(values, kinds, map(_may_be_none, query.selected_columns), strict=True)
    ]


def _parsed(digits, *, may_be_none):
    numbers = np.fromstring(digits, np.int64, sep=",")
    if may_be_none:
        numbers[numbers == SHORT_NONE] = NONE
    return numbers


def _from_postgresql(connection, query, listed):
    statement, kinds = _statement(connection, query, _as_arrays if listed else _as_arrays_in_blocks)
    with driver_of(connection) as driver, driver.cursor(binary=True) as cursor:
        cursor.adapters.register_loader(ARRAY_OF_BIGINT, _ArrayLoader)
        cursor.adapters.register_dumper(np.ndarray, _ArrayDumper)
        statement, rows = _with_handed(connection, statement)
        asked = listed | rows
        if listed:
            # Percent signs are doubled by the compiler and halved by the driver, which looks for parameters.
            found = [[block] for block in cursor.execute(statement, asked).fetchone() if block is not None]
            found = found or [[] for _ in kinds]
        else:
            found = _in_blocks(cursor, statement, asked, len(kinds))
    return [
        _split(SEPARATOR.join(blocks) if blocks else None) if is_text else _joined(blocks)
        for blocks, is_text in zip(found, kinds, strict=True)
    ]


def _in_blocks(cursor, statement, asked, width):
    found = [[] for _ in range(width)]
    # It cannot know that there are few parts, and would sort a million rows on disk rather than gather them.
    cursor.execute("SET LOCAL enable_sort = off")
    for row in cursor.stream(statement, asked):
        for column, block in zip(found, row, strict=True):
            column.append(block)
    cursor.execute("SET LOCAL enable_sort = on")
    return found


class _ArrayDumper(Dumper):
    """The other way round: numpy's numbers as PostgreSQL's binary array."""

    format = Format.BINARY
    oid = ARRAY_OF_BIGINT

    def dump(self, column):
        if not len(column):
            return ARRAY_START.pack(0, 0, BIGINT)
        values = np.empty(len(column), ARRAY_VALUE)
        values["length"] = ARRAY_VALUE["value"].itemsize
        values["value"] = column
        return ARRAY_START.pack(1, 0, BIGINT) + ARRAY_LENGTH.pack(len(column), 1) + values.tobytes()


class _ArrayLoader(Loader):
    """PostgreSQL's binary array of 64-bit numbers, none of them NULL, as numpy's."""

    format = Format.BINARY

    def load(self, data):
        return np.frombuffer(data, ARRAY_VALUE, offset=ARRAY_HEADER_BYTES)["value"].astype(np.int64)


def _joined(blocks):
    return np.concatenate(blocks) if blocks else np.zeros(0, np.int64)


def _split(joined):
    return [] if joined is None else joined.split(SEPARATOR)


def _copy_rows(driver, table, cells):
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} FROM STDIN") as copy:
        for row in zip(*cells, strict=True):
            copy.write_row(row)


def _copy_numbers(driver, table, cells):
    parts = [("count", ">i2")]
    for place, column in enumerate(cells):
        parts += [(f"bytes{place}", ">i4"), (f"value{place}", ">f8" if column.dtype.kind == "f" else ">i8")]
    record = np.dtype(parts)
    statement = f"COPY {table.name} FROM STDIN (FORMAT BINARY)"
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(COPY_HEADER)
        for start in range(0, len(cells[0]), COPY_BLOCK_ROWS):
            block = np.empty(min(COPY_BLOCK_ROWS, len(cells[0]) - start), record)
            block["count"] = len(cells)
            for place, column in enumerate(cells):
                block[f"bytes{place}"] = 8
                block[f"value{place}"] = column[start : start + COPY_BLOCK_ROWS]
            copy.write(block.tobytes())
        copy.write(COPY_TRAILER)
