"""What a report is: columns and rows that a command and a button write as the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from dashboard.database import db
from dashboard.panels.choices import LINES, Counting
from dashboard.panels.filters import LINE_FILTERS, Selection
from dashboard.permissions import Permission
from dashboard.web.csv_response import Column

# Rows are fetched from the database in pieces of this size, so that a million of them need no memory.
ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Report:
    """One CSV of the contract."""

    name: str  # as in the contract, and in its address and file name
    title: str
    one_row_per: str
    columns: tuple[Column, ...]
    rows: Callable[[Session, Selection, date], Iterable[Any]]
    filters: tuple[str, ...] = LINE_FILTERS
    about: str = ""  # what it is good for, in a sentence or two
    counting: Counting = LINES  # what the menus of its filters count
    # How many rows a selection has, where that costs little; None: that is not known before they are read.
    count: Callable[[Session, Selection, date], int] | None = None
    permission: Permission = Permission.EXPORT_ROWS  # what somebody needs to take it

    def read(self, selection: Selection, today: date) -> Iterator[Any]:
        """The rows, read as they are used, in a session of their own: a download outlives the request that began it."""
        with Session(db.engine) as session:
            yield from self.rows(session, selection, today)

    def file_name(self, today: date) -> str:
        return f"{self.name}-{today.isoformat()}.csv"
