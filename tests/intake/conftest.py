"""Kits for tests: a folder of files, written as a test says them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from dashboard.database import db
from dashboard.intake.load import LoadResult, check, load
from dashboard.panels.reports import REPORTS

# A small shop, good in every row; a test replaces the file that it is about.
CUSTOMERS = "customer_id,name\nC1,Ada\nC2,Grace\n"
SUPPLIERS = "supplier_id,name\nS1,Acme\n"
SKUS = "sku,name,price,currency\nCHAIR,Chair,10.00,EUR\nLAMP,Lamp,5.50,EUR\n"
ORDERS = "order_id,customer_id,placed_at,currency\nA,C1,2026-03-01,EUR\nB,C2,2026-03-02,EUR\n"
ORDER_LINES = "order_id,line_no,sku,qty,unit_price\nA,1,CHAIR,6,10.00\nA,2,LAMP,1,5.50\nB,1,CHAIR,4,10.00\n"
PURCHASE_ORDERS = "po_id,supplier_id,ordered_at\nP1,S1,2026-02-01\nP2,S1,2026-02-02\n"
PURCHASE_ORDER_LINES = (
    "po_id,line_no,sku,qty,promised_date\nP1,1,CHAIR,10,2026-02-20\nP1,2,LAMP,5,\nP2,1,CHAIR,3,2026-03-20\n"
)

SHOP = {
    "customers": CUSTOMERS,
    "suppliers": SUPPLIERS,
    "skus": SKUS,
    "orders": ORDERS,
    "order_lines": ORDER_LINES,
    "purchase_orders": PURCHASE_ORDERS,
    "purchase_order_lines": PURCHASE_ORDER_LINES,
}


SCORED_AT = b",scored_at"


class Kit:
    """A folder of kit files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, **files: str | bytes) -> Kit:
        """Write files, by the name of the kit's file."""
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            (self.folder / f"{name}.csv").write_bytes(data)
        return self

    def remove(self, *names: str) -> Kit:
        for name in names:
            (self.folder / f"{name}.csv").unlink()
        return self

    def check(self) -> LoadResult:
        return check(self.folder)

    def load(self, **files: str | bytes) -> LoadResult:
        """Write these files over what is there, and load the folder."""
        self.write(**files)
        return load(self.folder)

    def faults(self, **files: str | bytes) -> list[str]:
        """What is said of these files, as the command prints it."""
        return [str(fault) for fault in self.load(**files).faults]

    def remarks(self, **files: str | bytes) -> list[str]:
        return [str(remark) for remark in self.load(**files).remarks]


@pytest.fixture
def kit(app: Flask, tmp_path: Path) -> Kit:
    """The small shop as files, and a desk of each kind of database to load it into."""
    return shop_in(tmp_path)


@pytest.fixture
def sqlite_kit(sqlite_app: Flask, tmp_path: Path) -> Kit:
    """The same on SQLite alone, for what is decided before a database has a part in it."""
    return shop_in(tmp_path)


def shop_in(tmp_path: Path) -> Kit:
    folder = tmp_path / "kit"
    folder.mkdir()
    return Kit(folder).write(**SHOP)


@pytest.fixture
def column() -> Callable[..., list[Any]]:
    """The values of a model's column, in the order of another or its own."""

    def column(attribute: Any, by: Any = None) -> list[Any]:
        db.session.rollback()
        order = attribute if by is None else by
        return list(db.session.scalars(sa.select(attribute).order_by(order)))

    return column


def counts(result: LoadResult) -> dict[str, tuple[int, int, int, int, int, int]]:
    """By file: rows, new, changed, unchanged, faulty, left out."""
    return {
        f.file.removesuffix(".csv"): (f.rows, f.new, f.changed, f.unchanged, f.faulty, f.left_out) for f in result.files
    }


def everything(without: tuple[str, ...] = ()) -> dict[str, list[Any]]:
    """All facts and all that follows from them, by table, without what only says that somebody loaded."""
    db.session.rollback()
    of_loads = ("acts", "intake_loads", "intake_files", "intake_faults", "intake_changes")
    others = (*of_loads, "users", "roles", "webauthn")
    rows = {
        table.name: sorted(map(repr, db.session.execute(sa.select(*(c for c in table.c if c.name not in without)))))
        for table in db.metadata.sorted_tables
        if table.name not in others
    }
    db.session.rollback()
    return rows


def reports(app: Flask) -> dict[str, bytes]:
    """What every report of the shop says by command, but for when lines were scored: that is when they were planned
    last. What was done to it is in no shop's files.
    """
    db.session.rollback()
    names = REPORTS.keys() - {"history"}
    told = {name: app.test_cli_runner().invoke(args=["report", name]).stdout_bytes for name in sorted(names)}
    return {name: _unscored(report) if SCORED_AT in report else report for name, report in told.items()}


def _unscored(report: bytes) -> bytes:
    header, *rows = report.splitlines()
    assert header.endswith(SCORED_AT)
    return b"\n".join(row.rpartition(b",")[0] for row in (header, *rows))
