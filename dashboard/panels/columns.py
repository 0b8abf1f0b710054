"""The columns of a question as arrays of numbers, for what databases are slow to count: how many differ.

What people typed stays a parameter of the statement (which `dashboard.bulk`, for the desk's own questions, writes out).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sqlalchemy import BigInteger, LargeBinary, Select, SQLColumnExpression, cast, func, literal_column, select
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

# A mark for each key that could be met takes a byte, and a tenth of the time of sorting those that were.
MARKS_AT_MOST = 50_000_000

EMPTY_BYTES: SQLColumnExpression[bytes] = literal_column("''::bytea")


def type_of(column: SQLColumnExpression[Any]) -> TypeEngine[Any]:
    """The type of what stands in a column, or comes of an expression."""
    typed: Any = column  # all that can be selected has one; the interface they share does not say so
    return typed.type


def columns_of(session: Session, query: Select) -> list[np.ndarray]:
    """Each column of the query, all of whole numbers and none of them empty, as one array."""
    asked = query.subquery()
    if session.get_bind().dialect.name == "postgresql":
        gathered = (
            func.string_agg(func.int8send(cast(column, BigInteger)), EMPTY_BYTES, type_=LargeBinary)
            for column in asked.c
        )
        return [
            np.frombuffer(value or b"", ">i8").astype(np.int64) for value in session.execute(select(*gathered)).one()
        ]
    gathered = (func.group_concat(column) for column in asked.c)
    return [np.fromstring(str(value or ""), np.int64, sep=",") for value in session.execute(select(*gathered)).one()]


def distinct_in(groups: np.ndarray, keys: np.ndarray, *, count: int) -> np.ndarray:
    """How many different keys, none of them negative, there are in each of so many groups."""
    places = int(keys.max(initial=0)) + 1
    if places * count > MARKS_AT_MOST:
        return np.bincount(np.unique(keys * count + groups) % count, minlength=count)
    met = np.zeros((count, places), bool)
    met[groups, keys] = True
    return np.count_nonzero(met, axis=1)


def sum_in(groups: np.ndarray, amounts: np.ndarray, *, count: int) -> np.ndarray:
    """The sum of amounts in each of so many groups, in whole numbers throughout."""
    sums = np.zeros(count, np.int64)
    np.add.at(sums, groups, amounts)
    return sums
