"""What a plan changes for the lines: reservations, dates and deadlines, from what to what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import overload

import numpy as np
from sqlalchemy import select

from dashboard import models
from dashboard.bulk import Among, columns, number
from dashboard.database import day_of
from dashboard.domain.columns import NONE


@dataclass(frozen=True, slots=True)
class Standing:
    """How a part of a line stands: units, and the days that follow; no deadline where nothing of it waits."""

    reserved: int
    backordered: int
    eta: date | None
    deadline: date | None


@dataclass(frozen=True, slots=True)
class Move:
    """A part of a line whose reservation, date or deadline moved, from what to what."""

    line_id: int
    part: int
    before: Standing
    after: Standing


class Moves(Sequence[Move]):
    """The moves of one change, by line and part; each is made when it is asked for, for there may be thousands."""

    def __init__(self, parts: np.ndarray, before: np.ndarray, after: np.ndarray) -> None:
        """Line id and part; then units reserved, units backordered, ETA and deadline, as they were and as they are."""
        self._parts, self._before, self._after = parts, before, after

    def __len__(self) -> int:
        return len(self._parts)

    @property
    def columns(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What they were made of: parts, how these stood, and how they stand."""
        return self._parts, self._before, self._after

    @overload
    def __getitem__(self, place: int) -> Move: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Move]: ...
    def __getitem__(self, place):
        if isinstance(place, slice):
            return Moves(self._parts[place], self._before[place], self._after[place])
        line_id, part = self._parts[place].tolist()
        return Move(line_id, part, _standing(self._before[place]), _standing(self._after[place]))

    def __iter__(self) -> Iterator[Move]:
        return (self[place] for place in range(len(self)))


NO_MOVES = Moves(*(np.zeros((0, width), np.int64) for width in (2, 4, 4)))


@dataclass(frozen=True, slots=True)
class Standings:
    """Parts of lines, one row each: line id and part; units reserved and backordered, ETA and deadline."""

    parts: np.ndarray
    cells: np.ndarray

    @classmethod
    def of(cls, *columns_of) -> Standings:
        table = np.stack([np.asarray(column, np.int64) for column in columns_of], axis=1)
        return cls(table[:, :2], table[:, 2:])

    def look_up(self, parts, found):
        """Puts what is known of each part into its row of `found`, and leaves other rows as they are."""
        if not len(self.parts):
            return
        span = 1 + max(int(parts[:, 1].max()), int(self.parts[:, 1].max()))
        keys = self.parts[:, 0] * span + self.parts[:, 1]
        by = np.argsort(keys)
        wanted = parts[:, 0] * span + parts[:, 1]
        at = by[np.minimum(np.searchsorted(keys, wanted, sorter=by), len(keys) - 1)]
        there = keys[at] == wanted
        found[there] = self.cells[at[there]]


def stored_standings(connection, lines) -> tuple[Standings, Standings]:
    """How lines (ids) stand by the stored plan: reserved, then waiting, which also says what is reserved."""
    reserved = columns(connection, _reserved_query(), lines=lines)
    return _reserved_alone(*reserved), Standings.of(*columns(connection, _waiting_query(), lines=lines))


def all_standings(connection) -> tuple[Standings, Standings]:
    """How all lines stand by the stored plan."""
    reserved = columns(connection, _reserved_query(listed=False))
    return _reserved_alone(*reserved), Standings.of(*columns(connection, _waiting_query(listed=False)))


def moves_since(connection, before: tuple[Standings, ...], parts) -> Moves:
    """What moved of these parts (line id and part) between those standings and the stored plan of now."""
    if not len(parts):
        return NO_MOVES
    was = _looked_up(parts, before)
    now = _looked_up(parts, stored_standings(connection, np.unique(parts[:, 0])))
    moved = (was != now).any(axis=1)
    return Moves(parts[moved], was[moved], now[moved])


def find_moves(connection, plan, difference, before: list[Standings]) -> Moves:
    """What the difference moves, asked before it is written; `before` is how lines stood whose stored plan the act has
    touched already.
    """
    changed = difference.changed_parts(plan)
    if before:
        changed = np.unique(np.concatenate((changed, *(standings.parts for standings in before))), axis=0)
    if not len(changed):
        return NO_MOVES
    waiting, reserved = plan.waiting, plan.reserved
    derived = (
        _reserved_alone(reserved.line_id, reserved.part, reserved.qty_reserved),
        Standings.of(
            waiting.line_id,
            waiting.part,
            waiting.qty_reserved,
            waiting.qty_open - waiting.qty_reserved,
            waiting.eta,
            waiting.deadline,
        ),
    )
    was = _looked_up(changed, (*stored_standings(connection, np.unique(changed[:, 0])), *before))
    now = _looked_up(changed, derived)
    moved = (was != now).any(axis=1)
    return Moves(changed[moved], was[moved], now[moved])


@cache
def _waiting_query(*, listed=True):
    row = models.Waiting
    query = select(
        number(row.line_id),
        number(row.part),
        number(row.qty_reserved),
        number(row.qty_backordered),
        number(row.eta),
        number(row.deadline),
    )
    return query.where(Among(row.line_id, "lines")) if listed else query


@cache
def _reserved_query(*, listed=True):
    row = models.LinePlan
    query = select(number(row.line_id), number(row.part), number(row.qty_reserved))
    return query.where(Among(row.line_id, "lines")) if listed else query


def _reserved_alone(line_id, part, qty_reserved):
    """Parts as they stand where nothing of them waits."""
    undated = np.full(len(line_id), NONE)
    return Standings.of(line_id, part, qty_reserved, np.zeros(len(line_id), np.int64), undated, undated)


def _looked_up(parts, tables):
    """The standing of each part by the last of the tables that knows it; nothing at all where none does."""
    found = np.tile(np.array([0, 0, NONE, NONE]), (len(parts), 1))
    for table in tables:
        table.look_up(parts, found)
    return found


def _standing(cells):
    reserved, backordered, eta, deadline = cells.tolist()
    return Standing(
        reserved,
        backordered,
        None if eta == NONE else day_of(eta),
        None if deadline == NONE else day_of(deadline),
    )
