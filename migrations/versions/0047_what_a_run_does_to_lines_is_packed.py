"""What a run does to lines is packed, page by page"""

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NONE = -(2**62)  # what stood for "not known" in columns of numbers when this was written
PAGE_ROWS = 1_000

RUNS = sa.table("deal_runs", sa.column("id"))
STRATEGIES = ("win", "gain", "redistribute", "fill", "lose", "none")
EXCEPTIONS = ("", "short", "late")
CELLS = (
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
FLAGS = ("misses_promise", "misses_law", "misses_card")
DAYS = ("eta_before", "eta_after")
RESULTS = sa.table(
    "deal_results",
    *(sa.column(name, sa.Boolean() if name in FLAGS else None) for name in ("run_id", "place", *CELLS)),
)
PAGES = sa.table("deal_result_pages", *(sa.column(name) for name in ("run_id", "page", "last_line", "cells")))
LINES = sa.table("order_lines", sa.column("id"))


def upgrade() -> None:
    op.create_table(
        "deal_result_pages",
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("last_line", KEY, nullable=False),
        sa.Column("cells", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["deal_runs.id"], name=op.f("fk_deal_result_pages_run_id")),
        sa.PrimaryKeyConstraint("run_id", "page", name=op.f("pk_deal_result_pages")),
    )
    connection = op.get_bind()
    cell = RESULTS.c
    for run_id in connection.scalars(sa.select(RUNS.c.id).order_by(RUNS.c.id)).all():
        last = connection.scalar(sa.select(sa.func.max(cell.place)).where(cell.run_id == run_id)) or 0
        for first in range(1, last + 1, PAGE_ROWS):
            of_page = cell.place.between(first, first + PAGE_ROWS - 1)
            query = sa.select(cell.place, *(cell[name] for name in CELLS)).where(cell.run_id == run_id, of_page)
            rows = connection.execute(query).all()
            if rows:
                op.execute(sa.insert(PAGES).values(run_id=run_id, page=(first - 1) // PAGE_ROWS, **_packed(first, rows)))
    op.drop_table("deal_results")


def downgrade() -> None:
    op.create_table(
        "deal_results",
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("place", KEY, nullable=False),
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("segment", sa.SmallInteger(), nullable=False),
        sa.Column("strategy", sa.String(length=12), nullable=False),
        sa.Column("qty_open", sa.BigInteger(), nullable=False),
        sa.Column("reserved_before", sa.BigInteger(), nullable=False),
        sa.Column("reserved_after", sa.BigInteger(), nullable=False),
        sa.Column("eta_before", sa.Integer(), nullable=True),
        sa.Column("eta_after", sa.Integer(), nullable=True),
        sa.Column("misses_promise", sa.Boolean(), nullable=False),
        sa.Column("misses_law", sa.Boolean(), nullable=False),
        sa.Column("misses_card", sa.Boolean(), nullable=False),
        sa.Column("exception", sa.String(length=8), nullable=False),
        sa.CheckConstraint("exception IN ('', 'short', 'late')", name=op.f("ck_deal_results_exception")),
        sa.ForeignKeyConstraint(["run_id"], ["deal_runs.id"], name=op.f("fk_deal_results_run_id")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["order_lines.id"], name=op.f("fk_deal_results_line_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "place", name=op.f("pk_deal_results")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_deal_results_line_id"), "deal_results", ["line_id"])
    connection = op.get_bind()
    pages = sa.select(PAGES.c.run_id, PAGES.c.page).order_by(PAGES.c.run_id, PAGES.c.page)
    for run_id, page in connection.execute(pages).all():
        packed = connection.scalar(sa.select(PAGES.c.cells).where(PAGES.c.run_id == run_id, PAGES.c.page == page))
        rows = [{"run_id": run_id, **row} for row in _unpacked(1 + page * PAGE_ROWS, packed)]
        mine = [row["line_id"] for row in rows]
        there = set(connection.scalars(sa.select(LINES.c.id).where(LINES.c.id.in_(mine))))
        if there:
            connection.execute(sa.insert(RESULTS), [row for row in rows if row["line_id"] in there])
    op.drop_table("deal_result_pages")


def _packed(first: int, rows: Sequence[sa.Row[Any]]) -> dict[str, Any]:
    """Rows at their places in a page; whose line went leaves its place empty."""
    cells = np.full((len(CELLS), max(row.place for row in rows) - first + 1), NONE, "<i8")
    for row in rows:
        cells[:, row.place - first] = [_number(name, getattr(row, name)) for name in CELLS]
    return {"last_line": int(cells[0].max()), "cells": zlib.compress(cells.tobytes(), 1)}


def _number(name: str, value: Any) -> int:
    if name == "strategy":
        return STRATEGIES.index(value)
    if name == "exception":
        return EXCEPTIONS.index(value)
    return NONE if value is None else int(value)


def _unpacked(first: int, packed: bytes) -> list[dict[str, Any]]:
    cells = np.frombuffer(zlib.decompress(packed), "<i8").reshape(len(CELLS), -1)
    rows = []
    for place, row in enumerate(cells.T.tolist(), start=first):
        one: dict[str, Any] = {"place": place, **dict(zip(CELLS, row, strict=True))}
        if one["line_id"] == NONE:
            continue
        one |= {name: one[name] == 1 for name in FLAGS}
        one |= {name: None if one[name] == NONE else one[name] for name in DAYS}
        one |= {"strategy": STRATEGIES[one["strategy"]], "exception": EXCEPTIONS[one["exception"]]}
        rows.append(one)
    return rows
