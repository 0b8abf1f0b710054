"""Behaviour 51, and 9 as a file shows it: what comes in wrong is said by line, and is never half applied."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from dashboard import models, planning
from dashboard.database import db
from dashboard.intake.load import load

FILES = {
    "customers": "customer_id,name\nC,Ada\n",
    "skus": "sku,name\nCHAIR,Chair\n",
    "stock": "sku,location,on_hand,counted_at\nCHAIR,MAIN,10,2026-03-10\n",
    "orders": "order_id,customer_id,placed_at\n1,C,2026-03-01\n2,C,2026-03-02\n3,C,2026-03-03\n4,C,2026-03-04\n",
    "order_lines": "order_id,line_no,sku,qty\n1,1,CHAIR,6\n2,1,CHAIR,6\n3,1,CHAIR,3\n4,1,CHAIR,1\n",
}


def test_unknown_sku_duplicate_order_and_bad_date_are_refused_by_line_and_nothing_is_half_applied(
    app: Any, tmp_path: Path
) -> None:
    faulty = {
        **FILES,
        "orders": FILES["orders"] + "2,C,2026-03-05\n",
        "order_lines": FILES["order_lines"] + "1,2,SOFA,1\n",
        "shipments": "shipment_id,order_id,line_no,qty,shipped_at\nS,3,1,1,2026-02-31\nS,4,1,1,2026-03-05\n",
    }
    assert _faults_of(faulty, tmp_path) == [
        "order_lines.csv:6: sku: SKU 'SOFA' is nowhere",
        "orders.csv:6: order_id: order_id '2' stands in line 3 already",
        "shipments.csv:2: shipped_at: '2026-02-31' is no date of the calendar or no time of the day",
    ]
    lines = sa.select(models.Order.number, models.OrderLine.qty, models.OrderLine.qty_shipped).join(models.Order.lines)
    assert [tuple(row) for row in db.session.execute(lines)] == [("4", 1, 1)]
    assert _faults_of(FILES, tmp_path / "mended") == []
    numbers = sa.select(models.Order.number).order_by(models.Order.number)
    assert list(db.session.scalars(numbers)) == ["1", "2", "3", "4"]


def test_a_line_cut_below_its_reservation_gives_back_and_below_what_shipped_is_refused(
    world: Any, tmp_path: Path
) -> None:
    assert _faults_of(FILES, tmp_path / "first") == []
    planning.plan()
    assert world.reserved() == {"1": 6, "2": 4, "3": 0, "4": 0}
    cut = {"order_lines": "order_id,line_no,sku,qty\n1,1,CHAIR,2\n"}
    assert _faults_of(cut, tmp_path / "cut") == []
    planning.plan()
    assert world.reserved() == {"1": 2, "2": 6, "3": 2, "4": 0}
    shipped = {"shipments": "shipment_id,order_id,line_no,qty,shipped_at\nS,1,1,2,2026-03-11\n"}
    assert _faults_of(shipped, tmp_path / "shipped") == []
    below = {"order_lines": "order_id,line_no,sku,qty\n1,1,CHAIR,1\n"}
    assert _faults_of(below, tmp_path / "below") == [
        "order_lines.csv:2: qty: cannot be cut to 1: 2 shipped and 0 cancelled"
    ]
    assert world.line("1").qty == 2


def _faults_of(files: dict[str, str], folder: Path) -> list[str]:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    result = load(folder)
    db.session.rollback()
    return [str(fault) for fault in result.faults]
