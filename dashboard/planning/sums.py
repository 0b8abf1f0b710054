"""Sums of waiting rows by the values of each filter: grouped here, added to what the database keeps of them.

Each table of sums has the keys dimension ('' for all that waits), value of the filter and currency, and keys of its
own. Only differences are written; a row whose last line goes, goes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

import numpy as np
from sqlalchemy import (
    BigInteger,
    Column,
    MetaData,
    Table,
    and_,
    delete,
    literal,
    not_,
    select,
    tuple_,
    update,
)

from dashboard.bulk import TEMPORARY, handed, run, run_text, upsert_of
from dashboard.database import Identifier, day_number, day_of
from dashboard.domain.causes import CAUSES
from dashboard.domain.columns import known, sorting
from dashboard.models.plans import DAY_DIMENSIONS, SUM_DIMENSIONS
from dashboard.planning.counted import NO_KEY, Counted, Tags

ALL = ""  # the dimension of everything, and the value of all
SHARED_KEYS = ("dimension", "value_of", "currency")
YES_OR_NO = ("no", "yes")
MAY_BE_NOTHING = ("value", "value_at_risk")  # sums that are 0 though lines are counted

# Counts as the day where none is known: so near the others that the sums can be sorted by one number.
NO_DAY = day_number(date.min) - 1
# Days whose text is kept: to write one takes longer than to look it up, and there are as many as keys of sums.
DAYS_KEPT = 4_096

# So many rows are summed for all dimensions in one go; more of them one dimension at a time, as memory asks.
FEW_ROWS = 20_000


@dataclass(frozen=True)
class Sums:
    """One table of sums: its own keys, what it sums, and how that is found."""

    model: Any
    keys: tuple[str, ...]
    sums: tuple[str, ...]
    say: tuple[Callable[[int], Any] | None, ...]  # how each of its own keys is stored; None: as the number it is
    by_values: bool = True  # for everything, and for each value of a filter
    by_days: tuple[str, ...] = ()  # and for each day of these filters
    # Of additive sums: what each row adds, as its own keys and the amounts beside the count of rows.
    measure: Callable[[Any], tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]] | None = None
    # Of others: rows, the number of their dimension, its values, and the day to which ages are counted; tables.
    group: Callable[[Any, np.ndarray, np.ndarray, int], list[list[np.ndarray]]] | None = None

    @property
    def all_keys(self):
        return (*SHARED_KEYS, *self.keys)


class Spread:
    """Rows as often as they are counted: for everything, under the value of each dimension, and under each tag; and
    under each day of theirs.

    Few rows stand in one piece; many in a piece for each dimension, none of which copies a column.
    """

    def __init__(self, rows: Counted, tags: Tags) -> None:
        names = list(SUM_DIMENSIONS)
        own = [
            np.full(len(rows.units), NO_KEY, np.int8),
            *(getattr(rows, name) for name in names if SUM_DIMENSIONS[name]),
        ]
        of_tag, tag = tags.of(rows.line_id)
        places = [*range(len(own)), 1 + names.index("tag")]
        # Each piece: its rows, the number of their dimension (0 for everything) and its values.
        self.pieces: list[tuple[_Picked, np.ndarray, np.ndarray]]
        if len(rows.units) > FEW_ROWS:
            self.pieces = [
                (_Picked(rows, None), np.full(len(values), place, np.int8), values)
                for place, values in zip(places, own, strict=False)
            ]
            self.pieces.append((_Picked(rows, of_tag), np.full(len(tag), places[-1], np.int8), tag))
        else:
            each = np.concatenate((np.tile(np.arange(len(rows.units)), len(own)), of_tag))
            lengths = [*(len(values) for values in own), len(tag)]
            self.pieces = [(_Picked(rows, each), np.repeat(places, lengths), np.concatenate((*own, tag)))]
        whole = _Picked(rows, None)
        self.by_days = {
            name: (whole, np.full(len(rows.units), place, np.int8), _or_no_day(getattr(rows, column)))
            for place, (name, column) in enumerate(DAY_DIMENSIONS.items(), start=len(own) + 1)
        }

    def pieces_of(self, sums: Sums):
        """Those that a table sums."""
        return [*(self.pieces if sums.by_values else ()), *(self.by_days[name] for name in sums.by_days)]


class _Picked:
    """Columns of some rows, each picked when it is asked for."""

    def __init__(self, rows, places):
        self._rows, self._places = rows, places

    def __getattr__(self, name):
        return self.pick(getattr(self._rows, name))

    def pick(self, column):
        return column if self._places is None else column[self._places]


def sum_up(sums: Sums, spread: Spread, today: int, weights: np.ndarray | None = None):
    """The table of sums over these rows: the columns of its keys, then of its sums. Each row counts so many times as
    its weight says, where there are any: only for additive sums.
    """
    tables: list[Sequence[np.ndarray]] = []
    for rows, dimension, values in spread.pieces_of(sums):
        if sums.measure is None:
            assert sums.group is not None
            tables += sums.group(rows, dimension, values, today)
        else:
            keys, amounts = sums.measure(rows)
            weight = None if weights is None else rows.pick(weights)
            tables.append(added((dimension, values, rows.currency, *keys), amounts, weight))
    return [np.concatenate(column) for column in zip(*tables, strict=True)]


def added(keys, amounts, weight=None):
    """Sums by keys: the keys, how many rows, and the sum of each amount."""
    by = sorting(*keys)
    keys = [key[by] for key in keys]
    firsts = np.flatnonzero(_starts(keys))
    if not len(firsts):
        return [np.zeros(0, np.int64)] * (len(keys) + 1 + len(amounts))
    keys = [key[firsts] for key in keys]
    if weight is None:
        counts = np.diff(firsts, append=len(by))
        return [*keys, counts, *(np.add.reduceat(amount[by], firsts) for amount in amounts)]
    weight = weight[by]
    counts = np.add.reduceat(weight, firsts)
    return [*keys, counts, *(np.add.reduceat(amount[by] * weight, firsts) for amount in amounts)]


def distinct(keys, counted, amounts):
    """Sums by keys: the keys, how many rows, how many distinct values of a column, and the sum of each amount."""
    by = sorting(*keys, counted)
    keys = [key[by] for key in keys]
    new = _starts(keys)
    firsts = np.flatnonzero(new)
    if not len(firsts):
        return [np.zeros(0, np.int64)] * (len(keys) + 2 + len(amounts))
    counted = counted[by]
    new[1:] |= counted[1:] != counted[:-1]
    return [
        *(key[firsts] for key in keys),
        np.diff(firsts, append=len(by)),
        np.add.reduceat(new.astype(np.int64), firsts),
        *(np.add.reduceat(amount[by], firsts) for amount in amounts),
    ]


def changes_only(sums: Sums, table):
    """The rows of a table that change anything."""
    width = len(sums.all_keys)
    changed = np.any([amount != 0 for amount in table[width:]], axis=0)
    return [column[changed] for column in table]


def difference(sums: Sums, before, after):
    """Rows of `after` less those of `before` with the same keys; rows of nothing left out."""
    width = len(sums.all_keys)
    keys = [np.concatenate((after[column], before[column])) for column in range(width)]
    amounts = [np.concatenate((after[column], -before[column])) for column in range(width, len(before))]
    table = added(keys, amounts)
    return changes_only(sums, [*table[:width], *table[width + 1 :]])


def said(sums: Sums, table, words):
    """A table of sums as the database holds it: dimension, value and currency as text."""
    dimension, value, currency, *rest = (column.tolist() for column in table)
    names = [ALL, *SUM_DIMENSIONS, *DAY_DIMENSIONS]
    sayers = [_SAID.get(name) or _said_by(words if name in _WORDS else None) for name in names]
    own = [column if say is None else [say(one) for one in column] for say, column in zip(sums.say, rest, strict=False)]
    return [
        [names[place] for place in dimension],
        [sayers[place](one) for place, one in zip(dimension, value, strict=True)],
        [words.words[place] for place in currency],
        *own,
        *rest[len(own) :],
    ]


def add(connection, sums: Sums, cells, *, anew: bool, **constants):
    """Adds sums to the stored rows of their keys; rows of nothing go, new ones come. With `anew` all are new, and what
    was stored goes.
    """
    stored_row = sums.model.__table__
    if anew:
        connection.execute(delete(stored_row))
    if not cells[0]:
        return
    more, also = _more_of(sums), tuple(constants.items())
    with handed(connection, more, cells):
        if connection.dialect.name == "postgresql" and not anew:
            run_text(connection, _merge(stored_row, more, sums.all_keys, sums.sums, also))
            return
        if not _all_could_be_new(sums, cells):
            run(connection, _emptied(stored_row, more, sums.all_keys, sums.sums))
            run(connection, _increase(stored_row, more, sums.all_keys, sums.sums, also))
        run(connection, _insertion(connection.dialect.name, stored_row, more, sums.all_keys, sums.sums, also))


def _starts(keys):
    """Where the first row of each group stands among sorted keys."""
    new = np.zeros(len(keys[0]), bool)
    new[:1] = True
    for key in keys:
        new[1:] |= key[1:] != key[:-1]
    return new


def _or_no_day(days):
    return np.where(known(days), days, NO_DAY)


@lru_cache(maxsize=DAYS_KEPT)
def _day_as_text(number):
    return "" if number == NO_DAY else day_of(number).isoformat()


_SAID: dict[str, Callable[[int], str]] = {
    "cause": CAUSES.__getitem__,
    "planned": YES_OR_NO.__getitem__,
    "dated": YES_OR_NO.__getitem__,
    **dict.fromkeys(DAY_DIMENSIONS, _day_as_text),
}
_WORDS = ("channel", "tier", "tag")


def _said_by(words):
    return _key_as_text if words is None else words.words.__getitem__


def _key_as_text(key):
    return "" if key == NO_KEY else str(key)


@lru_cache
def _merge(stored_row, more, keys, sums, constants):
    """All three in one statement: a left join, for which PostgreSQL has to begin with the rows that come. In a DELETE
    or an UPDATE it may as well begin with all that is stored, and does so on some days.
    """
    said = {
        name: str(literal(value, stored_row.c[name].type).compile(compile_kwargs={"literal_binds": True}))
        for name, value in constants
    }
    grown = {name: f"kept.{name} + more.{name}" for name in sums} | said
    fresh = {name: f"more.{name}" for name in (*keys, *sums)} | said
    return (
        f"MERGE INTO {stored_row.name} AS kept USING {more.name} AS more"
        f" ON {' AND '.join(f'kept.{key} = more.{key}' for key in keys)}"
        f" WHEN MATCHED AND kept.{sums[0]} + more.{sums[0]} = 0 THEN DELETE"
        f" WHEN MATCHED THEN UPDATE SET {', '.join(f'{name} = {value}' for name, value in grown.items())}"
        f" WHEN NOT MATCHED THEN INSERT ({', '.join(fresh)}) VALUES ({', '.join(fresh.values())})"
    )


@lru_cache
def _emptied(stored_row, more, keys, sums):
    """Looked for from the few rows that come: the other way round, all that is stored would be read."""
    row = stored_row.alias()
    emptied = (
        select(*(more.c[key] for key in keys))
        .join(row, _same(row, more, keys))
        .where(row.c[sums[0]] + more.c[sums[0]] == 0)
    )
    return delete(stored_row).where(tuple_(*(stored_row.c[key] for key in keys)).in_(emptied))


@lru_cache
def _increase(stored_row, more, keys, sums, constants):
    """Of the rows that could not be new: the others are left to the insertion."""
    increased = {name: stored_row.c[name] + more.c[name] for name in sums} | dict(constants)
    return update(stored_row).where(_same(stored_row, more, keys), not_(_could_be_new(more, sums))).values(increased)


@lru_cache
def _insertion(dialect, stored_row, more, keys, sums, constants):
    """Of the rows that could be new, which are added to what is stored where they are not."""
    names = [*keys, *sums]
    fresh = select(
        *(more.c[name] for name in names),
        *(literal(value, stored_row.c[name].type) for name, value in constants),
    ).where(_could_be_new(more, sums))
    constant = [name for name, _ in constants]
    insertion = upsert_of(dialect, stored_row).from_select([*names, *constant], fresh)
    return insertion.on_conflict_do_update(
        index_elements=list(keys),
        set_={name: stored_row.c[name] + insertion.excluded[name] for name in sums}
        | {name: insertion.excluded[name] for name in constant},
    )


def _could_be_new(more, sums):
    """A row that was not there has nothing negative and no zero among its counts; any other that looks so is stored,
    and no constraint would let it be inserted.
    """
    return and_(*(more.c[name] >= 0 if name in MAY_BE_NOTHING else more.c[name] > 0 for name in sums))


def _all_could_be_new(sums, cells):
    """The same of all rows, so that what comes of nobody's leaving is written by one statement."""
    counts = cells[len(sums.all_keys) :]
    return all(
        min(column) >= (0 if name in MAY_BE_NOTHING else 1) for name, column in zip(sums.sums, counts, strict=True)
    )


def _same(stored_row, more, keys):
    return and_(*(stored_row.c[key] == more.c[key] for key in keys))


@cache
def _more_of(sums):
    """One table object for all its lives, so that statements with it are put into SQL once."""
    numbers = (*sums.sums, *(key for key, say in zip(sums.keys, sums.say, strict=True) if say is None))
    return Table(
        f"plan_{sums.model.__tablename__}",
        MetaData(),
        *(
            Column(name, BigInteger if name in numbers else Identifier, primary_key=name in sums.all_keys)
            for name in (*sums.all_keys, *sums.sums)
        ),
        **TEMPORARY,
    )
