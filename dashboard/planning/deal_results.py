"""What a run does to each line, page by page: a page of one run is all that anybody reads of it at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import numpy as np
from sqlalchemy import Connection, insert, select, update

from dashboard.bulk import Among, columns, number
from dashboard.domain.columns import NONE
from dashboard.models import DealResultPage, OrderLine
from dashboard.planning.packed import pack, unpack

# A page is opened whole: the panel shows fifty lines of it in some milliseconds.
PAGE_ROWS = 1_000
COLUMNS = (
    "line_id",
    "part",
    "segment",
    "strategy",
    "qty_open",
    "reserved_before",
    "reserved_after",
    "eta_before",
    "eta_after",
    "misses_promise",
    "misses_law",
    "misses_card",
    "exception",
)
_STILL_THERE = select(number(OrderLine.id)).where(Among(OrderLine.id, "lines"))


def keep_results(connection: Connection, run_id: int, results: Mapping[str, np.ndarray]) -> None:
    """Writes what a run does to lines, in the order in which it is read; in a transaction. Lines that were taken back
    while it was found are not among them.
    """
    (there,) = columns(connection, _STILL_THERE, lines=np.unique(results["line_id"]))
    kept = np.isin(results["line_id"], there)
    results = {name: results[name][kept] for name in COLUMNS}
    pages = [
        {
            "run_id": run_id,
            "page": page,
            "last_line": int(results["line_id"][start : start + PAGE_ROWS].max()),
            "cells": pack({name: results[name][start : start + PAGE_ROWS] for name in COLUMNS}, COLUMNS),
        }
        for page, start in enumerate(range(0, len(results["line_id"]), PAGE_ROWS))
    ]
    if pages:
        connection.execute(insert(DealResultPage.__table__), pages)


def read_results(connection: Connection, run_id: int, *, after: int = 0) -> Iterator[dict[str, np.ndarray]]:
    """What a run does to the lines after that place, page by page, with their places from 1."""
    row, first = DealResultPage, after // PAGE_ROWS
    numbers = connection.scalars(select(row.page).where(row.run_id == run_id, row.page >= first).order_by(row.page))
    for page in numbers.all():
        cells = _cells(connection, run_id, page)
        cells["place"] = page * PAGE_ROWS + np.arange(1, 1 + len(cells["line_id"]))
        wanted = (cells["place"] > after) & (cells["line_id"] != NONE)
        yield {name: column[wanted] for name, column in cells.items()}


def forget_lines(connection: Connection, lines: Collection[int]) -> None:
    """Takes lines out of what runs found, before their numbers may become those of others; in a transaction."""
    if not lines:
        return
    row, gone = DealResultPage, np.array(sorted(lines), np.int64)
    found = select(row.run_id, row.page).where(row.last_line >= int(gone[0]))
    for run_id, page in connection.execute(found).all():  # a page at a time: all runs together would fill the memory
        cells = _cells(connection, run_id, page)
        mine = np.isin(cells["line_id"], gone)
        if mine.any():
            cells["line_id"][mine] = NONE
            values = {"last_line": int(cells["line_id"].max()), "cells": pack(cells, COLUMNS)}
            connection.execute(update(row).where(row.run_id == run_id, row.page == page).values(values))


def _cells(connection: Connection, run_id: int, page: int) -> dict[str, np.ndarray]:
    row = DealResultPage
    return unpack(
        connection.execute(select(row.cells).where(row.run_id == run_id, row.page == page)).scalar_one(), COLUMNS
    )
