"""Behaviours 21 and 45: a supplier's punctuality is what it promised first, and is not told of too few deliveries."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from pathlib import Path

from flask import Flask

from dashboard import models
from dashboard.actions.purchase_order_dates.action import move_date
from dashboard.database import db
from tests.factories import World

SHOP = {
    "suppliers": "supplier_id,name\nACME,Acme\n",
    "skus": "sku,name\nCHAIR,Chair\n",
    "purchase_orders": "po_id,supplier_id,ordered_at\nP1,ACME,2026-01-01\nP2,ACME,2026-01-01\n",
    "purchase_order_lines": (
        "po_id,line_no,sku,qty,promised_date,expected_date\n"
        "P1,1,CHAIR,10,2026-02-01,2026-02-01\n"
        "P2,1,CHAIR,10,2026-02-10,2026-02-10\n"
    ),
    "receipts": "receipt_id,po_id,line_no,qty,received_at\nR1,P1,1,4,2026-02-01\nR2,P2,1,10,2026-02-20\n",
}
# Later the dates have been moved behind the receipts, and what never came is cut off.
FLATTERED = {
    "purchase_order_lines": (
        "po_id,line_no,sku,qty,promised_date,expected_date\n"
        "P1,1,CHAIR,4,2026-03-20,2026-03-20\n"
        "P2,1,CHAIR,10,2026-02-25,2026-02-25\n"
    ),
}


def load(app: Flask, folder: Path, files: dict[str, str]) -> None:
    for path in folder.glob("*.csv"):
        path.unlink()
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    result = app.test_cli_runner().invoke(args=["intake", "load", str(folder)])
    assert result.exit_code == 0, result.output


def rate(app: Flask) -> str:
    result = app.test_cli_runner().invoke(args=["report", "lead-times"])
    return next(csv.DictReader(io.StringIO(result.stdout_bytes.decode("utf-8-sig"), newline="")))["on_time_rate"]


def test_a_suppliers_on_time_rate_does_not_improve_when_somebody_moves_the_date_or_cuts_the_line(app, tmp_path):
    load(app, tmp_path, SHOP)
    assert rate(app) == "0.2000", "4 of 20: what is missing is late, and so is what came ten days after"
    load(app, tmp_path, FLATTERED)
    assert rate(app) == "0.2000"


def test_a_date_that_is_moved_at_the_desk_leaves_the_on_time_rate_alone(app, world: World, manager):
    world.purchase_order("PO", "CHAIR", 10, supplier="S", ordered="2026-01-01", promised="2026-03-01")
    world.plan()
    assert rate(app) == "0.0000"
    line = db.session.query(models.PurchaseOrderLine.id).scalar()
    move_date(line, to=date(2026, 4, 1), why="the supplier wrote", actor=manager.person.id)
    world.learn()
    assert rate(app) == "0.0000"
    (row,) = db.session.query(models.SupplierFigures).filter_by(sku_id=0)
    assert (row.open_units, row.overdue_units) == (10, 0), "but it is no longer overdue"


def test_a_supplier_with_fewer_than_five_deliveries_shows_too_little_data_not_100_percent(world: World, viewer):
    world.past_receipts("NEW", "CHAIR", [0, 0, 0, 0], before="2026-03-01")
    world.past_receipts("OLD", "LAMP", [0, 0, 0, 0, 0], before="2026-03-01")
    world.plan()
    rows = viewer.get("/lead-times?sort=supplier").text.split("<tr ")[1:]
    new, old = (row.partition("</tr>")[0] for row in rows)
    assert "too little data" in new
    assert "4 of 5 deliveries" in new
    assert "on time" not in new
    assert re.search(r"100<[^>]*>[^<]*% on time", old)
    assert "too little" not in old
