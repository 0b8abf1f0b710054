"""Rows in and out of the database by the million, as numpy columns.

Row by row, a driver would cost more than all planning. So the database hands over each column as one value: PostgreSQL
as an array, whose binary form numpy reads without a loop; SQLite as a list of digits, which numpy reads at half of what
rows cost (docs/decisions/0009). The way back is a temporary table of numbers, from which one statement
writes a table.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from psycopg.adapt import Loader
from psycopg.pq import Format
from sqlalchemy import (
    BigInteger,
    Column,
    Float,
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
from sqlalchemy.sql import functions
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType

from dashboard.domain.columns import NONE

# Between texts that PostgreSQL sends as one.
SEPARATOR = "\x1f"

# PostgreSQL sends a table in so many parts, because its driver keeps room for the largest message it ever got.
BLOCKS = 16

# What stands for NONE among SQLite's digits, where it is read a million times: no day, no key, no amount is so small.
SHORT_NONE = -1_000_000

# PostgreSQL's binary array: dimensions, flags, element type, length, lower bound; then each value after its length.
ARRAY_HEADER_BYTES = 20
ARRAY_OF_BIGINT = 1016  # the type's number in every PostgreSQL
ARRAY_VALUE = np.dtype([("length", ">i4"), ("value", ">i8")])

# The start and the end of PostgreSQL's binary COPY; between them, each row says how many values follow, each value
# how many bytes it has.
COPY_HEADER = b"PGCOPY\n\xff\r\n\x00" + b"\x00" * 8
COPY_TRAILER = b"\xff\xff"
COPY_BLOCK_ROWS = 50_000

FEW_ROWS = 1_000  # that many PostgreSQL deletes sooner than it makes an empty table


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
    return (_from_postgresql if connection.dialect.name == "postgresql" else _from_sqlite)(connection, query, listed)


def compiled(connection, query):
    """A query as the SQL of its database, with all values in it."""
    return str(query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))


def run(connection, statement):
    """Does a statement that has all its values in it. One that is kept is put into SQL only once."""
    made = _statements.setdefault(statement, {})
    kind = connection.dialect.name
    if kind not in made:
        made[kind] = compiled(connection, statement)
    connection.exec_driver_sql(made[kind])


@contextmanager
def staged(connection, name, **cells):
    """A temporary table of numbers, filled from columns, that is empty again after the block."""
    table = _temporary(name, tuple((one, column.dtype.kind == "f") for one, column in cells.items()))
    with temporary(connection, table, len(next(iter(cells.values())))):
        fill(connection, table, list(cells.values()))
        yield table


@lru_cache
def _temporary(name, kinds):
    """One table object for all its lives, so that statements with it are put into SQL once."""
    cells = (Column(one, Float if is_float else BigInteger) for one, is_float in kinds)
    return Table(name, MetaData(), *cells, **TEMPORARY)


# How a temporary table is declared. PostgreSQL empties it by itself when the transaction ends.
TEMPORARY = {"prefixes": ["TEMPORARY"], "postgresql_on_commit": "DELETE ROWS"}


@contextmanager
def temporary(connection, table, rows):
    """A table of this connection alone, made at the first need and empty again after the block, which puts so many
    rows into it. An error takes them back with everything else.
    """
    run(connection, _creation(table))
    if connection.dialect.name != "postgresql":
        yield
        connection.exec_driver_sql(f"DELETE FROM {table.name}")
    elif rows > FEW_ROWS:
        yield
        connection.exec_driver_sql(f"TRUNCATE {table.name}")
    else:
        # It cannot know that there are few rows, and would rather read the whole other table than look them up.
        driver = connection.connection.driver_connection
        driver.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
        yield
        driver.execute(f"DELETE FROM {table.name}; SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on")


@lru_cache
def _creation(table):
    return CreateTable(table, if_not_exists=True)


def fill(connection, table, cells):
    """Bulk-loads columns of numbers into a table that has just these columns."""
    if not len(cells[0]):
        return
    if connection.dialect.name == "postgresql":
        _copy(connection, table, cells)
        return
    places = ", ".join("?" * len(cells))
    statement = f"INSERT INTO {table.name} VALUES ({places})"
    cursor = connection.connection.driver_connection.cursor()
    for start in range(0, len(cells[0]), COPY_BLOCK_ROWS):
        block = (column[start : start + COPY_BLOCK_ROWS].tolist() for column in cells)
        cursor.executemany(statement, zip(*block, strict=True))


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
    values = connection.connection.driver_connection.execute(statement, asked).fetchone()
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
    asked = {name: numbers.tolist() for name, numbers in listed.items()}
    with connection.connection.driver_connection.cursor(binary=True) as cursor:
        cursor.adapters.register_loader(ARRAY_OF_BIGINT, _ArrayLoader)
        if listed:
            # Percent signs are doubled by the compiler and halved by the driver, which looks for parameters.
            found = [[block] for block in cursor.execute(statement, asked).fetchone() if block is not None]
            found = found or [[] for _ in kinds]
        else:
            found = _in_blocks(cursor, statement, len(kinds))
    return [
        _split(SEPARATOR.join(blocks) if blocks else None) if is_text else _joined(blocks)
        for blocks, is_text in zip(found, kinds, strict=True)
    ]


def _in_blocks(cursor, statement, width):
    found = [[] for _ in range(width)]
    # It cannot know that there are few parts, and would sort a million rows on disk rather than gather them.
    cursor.execute("SET LOCAL enable_sort = off")
    for row in cursor.stream(statement, {}):
        for column, block in zip(found, row, strict=True):
            column.append(block)
    cursor.execute("SET LOCAL enable_sort = on")
    return found


class _ArrayLoader(Loader):
    """PostgreSQL's binary array of 64-bit numbers, none of them NULL, as numpy's."""

    format = Format.BINARY

    def load(self, data):
        return np.frombuffer(data, ARRAY_VALUE, offset=ARRAY_HEADER_BYTES)["value"].astype(np.int64)


def _joined(blocks):
    return np.concatenate(blocks) if blocks else np.zeros(0, np.int64)


def _split(joined):
    return [] if joined is None else joined.split(SEPARATOR)


def _copy(connection, table, cells):
    parts = [("count", ">i2")]
    for place, column in enumerate(cells):
        parts += [(f"bytes{place}", ">i4"), (f"value{place}", ">f8" if column.dtype.kind == "f" else ">i8")]
    record = np.dtype(parts)
    statement = f"COPY {table.name} FROM STDIN (FORMAT BINARY)"
    with connection.connection.driver_connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(COPY_HEADER)
        for start in range(0, len(cells[0]), COPY_BLOCK_ROWS):
            block = np.empty(min(COPY_BLOCK_ROWS, len(cells[0]) - start), record)
            block["count"] = len(cells)
            for place, column in enumerate(cells):
                block[f"bytes{place}"] = 8
                block[f"value{place}"] = column[start : start + COPY_BLOCK_ROWS]
            copy.write(block.tobytes())
        copy.write(COPY_TRAILER)
