"""Fifty rows at a time: sorted by any column, continued after or before a row, never by counting rows off."""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from sqlalchemy import BigInteger, ColumnElement, Select, SQLColumnExpression, String, literal, tuple_, type_coerce
from sqlalchemy.orm import Session

from dashboard.database import Identifier
from dashboard.panels.columns import type_of
from dashboard.panels.filters import LEADING, LINE_FILTERS, Selection, away_from_index

PAGE_ROWS = 50
# So many times more rows a walk is reckoned to look at, because those of a filter seldom lie evenly in an order.
UNEVENNESS = 4
# Where fewer rows than this match, SQLite had better find and sort them than walk a whole index to meet them.
FEW_ROWS = 2_000
# The same of rows that an index leads to, where those that match lie together somewhere in the order of the walk.
FEW_ROWS_LED_TO = 25_000
# The same where that index says all that is asked of them: then so many are sorted in the time that a walk may take.
FEW_ROWS_TOLD = 250_000

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Sort:
    """A column that a table can be sorted by: columns that are never empty and that end in a key, so no two rows tie.

    `falls` says that the shown figure falls while the columns rise: an age falls while the day of the order rises.
    """

    columns: tuple[SQLColumnExpression[Any], ...]
    falls: bool = False
    largest_first: bool = False  # what a first click asks for
    # The first column in words of those that an index of other rows says: SQLite reads no generated column there.
    told_by: SQLColumnExpression[Any] | None = None


@dataclass(frozen=True, slots=True)
class View:
    """What the address of a table says: which rows, in which order, from where on, and by which measure."""

    selection: Selection
    sort: str
    descending: bool
    default_sort: str
    by: str = ""
    after: str = ""
    before: str = ""
    columns: tuple[str, ...] = ()  # those that are shown, in the order of the table; none named: all

    @classmethod
    def read(
        cls,
        given: Any,
        *,
        sorts: Mapping[str, Sort],
        default_sort: str,
        measures: Sequence[str] = (),
        filters: Sequence[str] = LINE_FILTERS,
        columns: Sequence[str] = (),
    ) -> View:
        """From the query of a request. Foreign parameters are ignored; a wrong filter raises `FilterRefused`."""
        pairs = [(key, value) for key in filters for value in given.getlist(key)]
        sort = given.get("sort") or default_sort
        if sort.removeprefix("-") not in sorts:
            sort = default_sort
        by = given.get("by", "")
        return cls(
            Selection.read(pairs, allowed=filters),
            sort.removeprefix("-"),
            sort.startswith("-"),
            default_sort,
            by if by in measures else "",
            given.get("after", ""),
            given.get("before", ""),
            _chosen_columns(given.getlist("columns"), columns),
        )

    def parameters(self, **more: Any) -> dict[str, Any]:
        """As keyword arguments of an address; what is as usual is left out."""
        sort = ("-" if self.descending else "") + self.sort
        chosen = {
            "sort": "" if sort == self.default_sort else sort,
            "by": self.by,
            "columns": ",".join(self.columns),
            "after": self.after,
            "before": self.before,
            **more,
        }
        return self.selection.parameters() | {key: value for key, value in chosen.items() if value}

    def filtered(self, selection: Selection) -> View:
        """Other rows, from the first on."""
        return replace(self, selection=selection, after="", before="")

    def sorted_by(self, key: str, sorts: Mapping[str, Sort]) -> View:
        """Another order, or the same turned round, from the first row on."""
        descending = not self.descending if key == self.sort else sorts[key].largest_first
        return replace(self, sort=key, descending=descending, after="", before="")

    def measured(self, by: str) -> View:
        return replace(self, by=by)

    def shows(self, column: str) -> bool:
        return not self.columns or column in self.columns

    def turned(self, column: str, every: Sequence[str]) -> View:
        """With one column more, or less, of all that there are."""
        shown = [key for key in every if self.shows(key) != (key == column)]
        return replace(self, columns=tuple(shown) if len(shown) < len(every) else ())

    def with_every_column(self) -> View:
        return replace(self, columns=())

    def from_start(self) -> View:
        return replace(self, after="", before="")

    def following(self, after: str) -> View:
        return replace(self, after=after, before="")

    def preceding(self, before: str) -> View:
        return replace(self, after="", before=before)


def _chosen_columns(given: Sequence[str], every: Sequence[str]) -> tuple[str, ...]:
    """The columns that an address names, its first one always among them; none where it names none, or all."""
    named = {key for value in given for key in value.split(",")} & {*every}
    shown = tuple(key for key in every if key in named or key == every[0])
    return shown if named and len(shown) < len(every) else ()


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a table and where it goes on; an empty address is an end."""

    rows: tuple[Row, ...]
    newer: str  # continue before this
    older: str  # continue after this


def is_walked(selection: Selection, *, matching: int, of: int, evenly: bool = True, told: bool = False) -> bool:
    """Whether a page is found sooner by walking the index of its order than by finding and sorting all that match.

    Were `matching` rows spread evenly among `of` rows, the walk would look at PAGE_ROWS × of ÷ matching of them. Where
    they are not, because the order hangs on what is filtered by, it may have to pass nearly all the others first.
    `told`: the index that leads to them says all that is asked of them.
    """
    if selection.only(LEADING):
        if not evenly and matching <= (FEW_ROWS_TOLD if told else FEW_ROWS_LED_TO):
            return False
        return matching * matching > UNEVENNESS * PAGE_ROWS * of
    return matching >= FEW_ROWS


def read_page(
    session: Session,
    narrow: Select,
    sort: Sort,
    view: View,
    *,
    widen: Callable[[Select], Select],
    make: Callable[[Any], Row],
    walked: bool = True,
) -> Page[Row]:
    """One page. `narrow` selects keys and filters; `widen` joins what is shown to the few rows that were found.

    `walked`: the index of the order is walked until there are enough rows, see `is_walked`.
    """
    backwards = bool(view.before)
    rises = view.descending == sort.falls
    place = _decoded(view.before or view.after, sort)
    if place is None and (view.before or view.after):
        return read_page(session, narrow, sort, view.from_start(), widen=widen, make=make, walked=walked)

    columns = sort.columns if walked else _away_from_index(session, sort)
    ascending = rises != backwards
    found = narrow.add_columns(*(column.label(f"place_{n}") for n, column in enumerate(columns)))
    if place is not None:
        here = tuple_(*columns)
        there = tuple_(*(literal(value, type_of(column)) for value, column in zip(place, sort.columns, strict=True)))
        found = found.where(here > there if ascending else here < there)
    found = found.order_by(*(column.asc() if ascending else column.desc() for column in columns))
    rows = list(session.execute(widen(found.limit(PAGE_ROWS + 1))))
    names = [f"place_{n}" for n in range(len(sort.columns))]

    def place_of(row: Any) -> tuple[Any, ...]:
        return tuple(getattr(row, name) for name in names)

    rows.sort(key=place_of, reverse=not ascending)

    more = len(rows) > PAGE_ROWS
    rows = rows[:PAGE_ROWS]
    if backwards:
        rows.reverse()
    if not rows and place is not None:  # what stood there is gone
        return read_page(session, narrow, sort, view.from_start(), widen=widen, make=make, walked=walked)
    has_newer, has_older = (more, True) if backwards else (place is not None, more)
    return Page(
        tuple(make(row) for row in rows),
        _encoded(place_of(rows[0])) if has_newer else "",
        _encoded(place_of(rows[-1])) if has_older else "",
    )


def _away_from_index(session: Session, sort: Sort) -> tuple[SQLColumnExpression[Any], ...]:
    """The same order, in an expression that SQLite does not find in an index; PostgreSQL knows better by itself."""
    first, *rest = sort.columns
    if sort.told_by is not None:
        return (sort.told_by, *rest)
    return sort.columns if session.get_bind().dialect.name != "sqlite" else (away_from_index(first), *rest)


def _is_text(column: SQLColumnExpression[Any]) -> bool:
    return isinstance(type_of(column), (String, Identifier))


def _encoded(place: Sequence[Any]) -> str:
    return urlsafe_b64encode(json.dumps(place, separators=(",", ":")).encode()).decode().rstrip("=")


def _decoded(token: str, sort: Sort) -> list[Any] | None:
    """The place that an address names; None where it names none, or one of another order."""
    if not token:
        return None
    try:
        place = json.loads(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (ValueError, binascii.Error):
        return None
    kinds = [str if _is_text(column) else int for column in sort.columns]
    if not isinstance(place, list) or [type(value) for value in place] != kinds:
        return None
    return place


def number(column: Any) -> ColumnElement[int]:
    """A day, an instant or a flag as the whole number that is stored, so that a place in a list is plain text."""
    return type_coerce(column, BigInteger)
