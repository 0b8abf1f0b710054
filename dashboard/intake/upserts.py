"""Staged rows become facts: what is new is inserted, what differs is changed, what is the same is left alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    BigInteger,
    FromClause,
    Select,
    SQLColumnExpression,
    Table,
    Text,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import ColumnElement

from dashboard import models
from dashboard.database import db


@dataclass(frozen=True)
class Tally:
    """How many rows of a file are new, differ from what the desk knows, or say the same."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.new + other.new, self.changed + other.changed, self.unchanged + other.unchanged)

    @property
    def rows(self) -> int:
        return self.new + self.changed + self.unchanged

    @property
    def writes(self) -> bool:
        return bool(self.new or self.changed)


@dataclass(frozen=True)
class Upsert:
    """What staged rows say of one table, in the table's own columns.

    `source` joins the staged rows to whatever they refer to (outer joins: a dry run meets ids that are not there yet);
    `rows` picks the good ones, `order` is theirs, so that both databases number them alike. `key` finds the row,
    `first` is said once and never changed, `values` is kept up to date, `unresolved` is true where an id will only
    exist once other rows are loaded.
    """

    table: Table
    source: FromClause
    rows: ColumnElement[bool]
    order: SQLColumnExpression[Any]
    key: Mapping[str, SQLColumnExpression[Any]]
    values: Mapping[str, SQLColumnExpression[Any]]
    first: Mapping[str, SQLColumnExpression[Any]] = field(default_factory=dict)
    unresolved: ColumnElement[bool] = field(default_factory=false)

    def tally(self, *picked: ColumnElement[bool]) -> Tally:
        """Compare with what the desk knows; nothing is written."""
        known = self.source.outerjoin(
            self.table, and_(*(self.table.c[name] == part for name, part in self.key.items()))
        )
        there = self.table.c[next(iter(self.key))].is_not(None)
        changed = and_(there, or_(self.unresolved, *self._differences(self.values)))
        counted = select(
            func.count(),
            func.coalesce(func.sum(case((there, 0), else_=1)), 0),
            func.coalesce(func.sum(case((changed, 1), else_=0)), 0),
        )
        total, new, differ = db.session.execute(counted.select_from(known).where(self.rows, *picked)).one()
        return Tally(int(new), int(differ), int(total) - int(new) - int(differ))

    def save(self, tally: Tally, *picked: ColumnElement[bool], load_id: int | None = None) -> None:
        """Write what the tally found to be new or changed, and keep how the changed rows stood."""
        if tally.changed and load_id is not None:
            self.keep_before(load_id, *picked)
        if tally.writes:
            self.write(*picked, load_id=load_id)

    def stored(self, *picked: ColumnElement[bool]) -> Select[int]:
        """Ids of the rows of the table that staged rows speak of."""
        known = self.source.join(self.table, and_(*(self.table.c[name] == part for name, part in self.key.items())))
        return select(self.table.c.id).select_from(known).where(self.rows, *picked)

    def write(self, *picked: ColumnElement[bool], load_id: int | None = None) -> None:
        """Insert what is new and change what differs, as that load's doing: its rows are known as its own."""
        stated = {**self.key, **self.first, "load_id": literal(load_id, BigInteger), **self.values}
        rows: Select = select(*(part.label(name) for name, part in stated.items()))
        kind = postgresql if db.session.connection().dialect.name == "postgresql" else sqlite
        statement = kind.insert(self.table).from_select(
            list(stated), rows.select_from(self.source).where(self.rows, *picked).order_by(self.order)
        )
        if not self.values:
            db.session.execute(statement.on_conflict_do_nothing(index_elements=list(self.key)))
            return
        changes: dict[str, Any] = {name: statement.excluded[name] for name in self.values}
        differs = or_(*self._differences(changes))
        if "version" in self.table.c:  # A form that somebody has open must see that the row moved.
            changes["version"] = self.table.c.version + 1
        db.session.execute(statement.on_conflict_do_update(index_elements=list(self.key), set_=changes, where=differs))

    def keep_before(self, load_id: int, *picked: ColumnElement[bool]) -> None:
        """Remember of each row that will change how it stands, and how it will: for whoever undoes the load."""
        changes = models.IntakeChange.__table__
        after: dict[str, Any] = dict(self.values)
        if "version" in self.table.c:
            after["version"] = self.table.c.version + 1
        has_id = "id" in self.table.c
        rows = select(
            literal(load_id),
            literal(self.table.name),
            self.table.c["id" if has_id else "sku_id"],
            null() if has_id else self.table.c.day,
            as_json({name: self.table.c[name] for name in after}),
            as_json(after),
        )
        there = and_(*(self.table.c[name] == part for name, part in self.key.items()))
        changed = rows.select_from(self.source.join(self.table, there)).where(
            self.rows, *picked, or_(*self._differences(self.values))
        )
        names = ["load_id", "table_name", "row_id", "day", "before", "after"]
        db.session.execute(changes.insert().from_select(names, changed.order_by(self.order)))

    def _differences(self, values: Mapping[str, SQLColumnExpression[Any]]) -> list[ColumnElement[bool]]:
        return [self.table.c[name].is_distinct_from(value) for name, value in values.items()]


def write_numbers(
    table: Table, staged: Any, units: Table, *picked: ColumnElement[bool], load_id: int | None = None
) -> None:
    """Shipments, or receipts, that are not known yet: one number may cover lines of several orders."""
    of_unit = staged.table.c[units.name.removeprefix("in_units_")] == units.c.number
    unknown = (
        select(staged, literal(load_id, BigInteger))
        .select_from(staged.table.join(units, of_unit))
        .where(*picked, ~exists().where(table.c.number == staged))
        .distinct()
    )
    db.session.execute(table.insert().from_select(["number", "load_id"], unknown))


def as_json(columns: Mapping[str, SQLColumnExpression[Any]]) -> ColumnElement[str]:
    """Columns as one JSON text of what is stored, alike before and after: whole numbers, texts, truth values."""
    named = [part for name, column in columns.items() for part in (literal_column(f"'{name}'"), column)]
    if db.session.connection().dialect.name == "postgresql":
        return cast(func.jsonb_build_object(*named), Text)
    return type_coerce(func.json_object(*named), Text)
