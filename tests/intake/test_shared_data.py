"""Real data that nobody here wrote, loaded as it is; every figure is from the README beside it.

The folder is named by DESK_SHARED_DATA, else it is `shared/data` beside the checkout; without it these are skipped.
"""

from __future__ import annotations

import csv
import io
import os
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import BigInteger, case, distinct, func, select, type_coerce

from dashboard import config, models, planning
from dashboard.database import day_number, db
from dashboard.intake.load import LoadResult, load
from dashboard.panels.filters import Selection
from dashboard.panels.reports import report_named
from dashboard.web.csv_response import csv_bytes

# Read when this module is imported, before anything clears the environment for tests.
SHARED_DATA = Path(os.environ.get("DESK_SHARED_DATA") or config.ROOT.parent / "shared" / "data")

pytestmark = pytest.mark.skipif(
    not (SHARED_DATA / "northwind").is_dir(),
    reason="the shared data sets are not here; name their folder in DESK_SHARED_DATA",
)

MakeApp = Callable[..., Flask]

Line, Sku, Stock = models.OrderLine, models.Sku, models.Stock
Head, PurchaseLine, Receipt = models.PurchaseOrder, models.PurchaseOrderLine, models.ReceiptLine
Waiting = models.Waiting


def _loaded(name: str) -> LoadResult:
    """The result of a first load, after a second one that found nothing to do."""
    result = load(SHARED_DATA / name)
    assert [str(fault) for fault in result.faults] == []
    assert all(file.new == file.rows for file in result.files)
    assert not load(SHARED_DATA / name).changed_something
    planning.plan()
    db.session.rollback()
    assert list(planning.check()) == []
    db.session.rollback()
    return result


def _count(*what: Any, where: Any = None) -> Any:
    """One figure, or several."""
    row = db.session.execute(select(*what).where(sa.true() if where is None else where)).one()
    return tuple(map(_plain, row)) if len(row) > 1 else _plain(row[0])


def _by(column: Any) -> dict[str, int]:
    """How many rows have each value of a column."""
    return dict(db.session.execute(select(column, func.count()).group_by(column)).all())


def _plain(value: Any) -> Any:
    return int(value) if value is not None and not isinstance(value, str) else value


def _report(name: str, today: date) -> list[dict[str, str]]:
    """A report as somebody reads it who takes only the CSV."""
    report = report_named(name)
    data = b"".join(csv_bytes(report.columns, report.read(Selection.read((), allowed=report.filters), today)))
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_northwind_is_as_its_readme_says(database_url: str, make_app: MakeApp) -> None:
    today = date(1998, 5, 7)
    with make_app(database_url, BUSINESS_DATE=today).app_context():
        assert _loaded("northwind").remark_count == 0
        order = models.Order
        open_lines = (
            select(Line.order_id, Line.id, Line.qty_open, (Line.qty_open * Line.unit_price).label("value"))
            .where(Line.qty_open > 0)
            .subquery()
        )
        shipped_on = type_coerce(models.ShipmentLine.shipped_at, BigInteger)
        promise_ends = (type_coerce(order.promised_date, BigInteger) + 1) * 86_400_000_000
        late = (
            select(func.count(distinct(order.id)))
            .join(Line, Line.order_id == order.id)
            .join(models.ShipmentLine, models.ShipmentLine.line_id == Line.id)
            .where(shipped_on >= promise_ends)
        )
        figures = {
            "customers": _count(func.count(models.Customer.id)),
            "suppliers": _count(func.count(models.Supplier.id)),
            "SKUs": _count(func.count(Sku.id)),
            "SKUs with nothing on hand": _count(func.count(), where=Stock.on_hand == 0),
            "orders": _count(func.count(order.id)),
            "lines, units ordered, units shipped": _count(
                func.count(Line.id), func.sum(Line.qty), func.sum(Line.qty_shipped)
            ),
            "open orders, lines, units": _count(
                func.count(distinct(open_lines.c.order_id)), func.count(), func.sum(open_lines.c.qty_open)
            ),
            "open value, in hundredths": round(_count(func.sum(open_lines.c.value)) / 10_000),
            "on hand, reserved": _count(func.sum(Stock.on_hand), func.sum(Stock.reserved)),
            "lines wholly reserved": _count(
                func.count(), where=models.LinePlan.qty_reserved == models.LinePlan.qty_open
            ),
            "orders shipped after their promise": db.session.scalar(late),
            "real zeros among reorder points": _count(func.count(Sku.id), where=Sku.reorder_point == 0),
            "discontinued": _count(func.count(Sku.id), where=sa.and_(Sku.backorder_policy == "deny", ~Sku.active)),
        }
        assert figures == {
            "customers": 91,
            "suppliers": 29,
            "SKUs": 77,
            "SKUs with nothing on hand": 5,
            "orders": 830,
            "lines, units ordered, units shipped": (2_155, 51_317, 50_119),
            "open orders, lines, units": (21, 73, 1_198),
            "open value, in hundredths": 2_593_743,
            "on hand, reserved": (3_119, 727),
            "lines wholly reserved": 42,
            "orders shipped after their promise": 37,
            "real zeros among reorder points": 24,
            "discontinued": 8,
        }
        _northwind_backorders(today)
        _northwind_demand()


def _northwind_backorders(today: date) -> None:
    backorders = _report("backorders", today)
    assert len({row["order_id"] for row in backorders}) == 16
    assert len(backorders) == 31
    assert len({row["customer_id"] for row in backorders}) == 14
    assert len({row["sku"] for row in backorders}) == 17
    assert sum(int(row["qty_backordered"]) for row in backorders) == 471
    assert round(_count(func.sum(Waiting.value)) / 10_000) == 1_307_621
    assert {row["eta"] for row in backorders} == {""}, "there is no supply: no line has a date"
    queue = select(Waiting.order_number, Waiting.line_no, Waiting.sku, Waiting.qty_open, Waiting.qty_reserved)
    queue = queue.order_by(Waiting.priority_class, Waiting.placed_at, Waiting.order_number, Waiting.line_no)
    rows = [tuple(row) for row in db.session.execute(queue)]
    assert rows[0] == ("11008", 1, "28", 70, 26)
    assert ("11039", 1, "28", 20, 0) in rows
    aging = {row["bucket"]: row for row in _report("aging", today) if row["currency"] == "USD"}
    columns = ("lines", "orders", "customers", "units", "value", "oldest_days")
    assert {bucket: tuple(row[name] for name in columns) for bucket, row in aging.items()} == {
        "0-7": ("20", "10", "10", "272", "6972.13", "7"),
        "8-14": ("6", "3", "3", "62", "2004.00", "14"),
        "15-30": ("5", "3", "3", "137", "4100.08", "29"),
        "31-60": ("0", "0", "0", "0", "0.00", ""),
        "61+": ("0", "0", "0", "0", "0.00", ""),
    }


def _northwind_demand() -> None:
    demand = models.DemandEstimate
    for sku, units, per_day, sd in (("13", 568, 6.3111, 17.3203), ("24", 500, 5.5556, 16.7688)):
        found = db.session.scalars(select(demand).join(Sku, Sku.id == demand.sku_id).where(Sku.code == sku)).one()
        assert (found.units, found.selling_days) == (units, 90)
        assert (round(found.demand_per_day, 4), round(found.demand_sd, 4)) == (per_day, sd)


@pytest.mark.parametrize("database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.deep)], indirect=True)
def test_adventureworks_is_as_its_readme_says(database_url: str, make_app: MakeApp) -> None:
    today = date(2025, 10, 31)
    with make_app(database_url, BUSINESS_DATE=today).app_context():
        result = _loaded("adventureworks")
        assert [remark.column for remark in result.remarks] == ["promised_date"] * 7, (
            "promised before they were ordered"
        )
        card = models.PaymentMethod
        month = card.exp_year * 12 + card.exp_month
        suppliers_of = (
            select(models.SupplierSku.sku_id, func.count().label("suppliers")).group_by(models.SupplierSku.sku_id)
        ).subquery()
        on_shelf = select(Stock.sku_id, func.sum(Stock.on_hand).label("on_hand")).group_by(Stock.sku_id).subquery()
        stocked = select(on_shelf.c.on_hand, Sku.reorder_point, Sku.safety_stock).join(
            Sku, Sku.id == on_shelf.c.sku_id
        ).subquery()  # fmt: skip
        figures = {
            "customers": _count(func.count(models.Customer.id)),
            "payment methods": _count(func.count(card.id)),
            "by brand": _by(card.brand),
            "dead on 2006-06-30": _count(func.count(), where=month < 2006 * 12 + 6),
            "dead on 2007-01-01": _count(func.count(), where=month < 2007 * 12 + 1),
            "suppliers": _count(func.count(models.Supplier.id)),
            "active suppliers": _count(func.count(models.Supplier.id), where=models.Supplier.active),
            "SKUs": _count(func.count(Sku.id)),
            "active SKUs": _count(func.count(Sku.id), where=Sku.active),
            "supplier-SKU rows": _count(func.count(models.SupplierSku.id)),
            "SKUs with a supplier, with 2 or more, with 3": _count(
                func.count(),
                func.sum(case((suppliers_of.c.suppliers >= 2, 1), else_=0)),
                func.sum(case((suppliers_of.c.suppliers == 3, 1), else_=0)),
            ),
            "on hand": _count(func.sum(Stock.on_hand)),
            "stocked SKUs": _count(func.count(on_shelf.c.sku_id)),
            "at or below reorder point": _count(func.count(), where=stocked.c.on_hand <= stocked.c.reorder_point),
            "below safety stock": _count(func.count(), where=stocked.c.on_hand < stocked.c.safety_stock),
            "purchase orders by status": _by(Head.status),
            "lines, units ordered": _count(func.count(PurchaseLine.id), func.sum(PurchaseLine.qty)),
            "receipts, units received": _count(func.count(Receipt.id), func.sum(Receipt.qty)),
            "open units, lines": _count(func.sum(PurchaseLine.qty_open), func.count(), where=PurchaseLine.qty_open > 0),
            "overdue units, lines": _count(
                func.sum(PurchaseLine.qty_open),
                func.count(),
                where=sa.and_(PurchaseLine.qty_open > 0, PurchaseLine.expected_date < today),
            ),
        }
        assert figures == {
            "customers": 19_820,
            "payment methods": 19_118,
            "by brand": {"SuperiorCard": 4_839, "Distinguish": 4_832, "ColonialVoice": 4_782, "Vista": 4_665},
            "dead on 2006-06-30": 6_682,
            "dead on 2007-01-01": 9_550,
            "suppliers": 104,
            "active suppliers": 100,
            "SKUs": 504,
            "active SKUs": 406,
            "supplier-SKU rows": 460,
            "SKUs with a supplier, with 2 or more, with 3": (265, 152, 43),
            "on hand": 335_974,
            "stocked SKUs": 432,
            "at or below reorder point": 8,
            "below safety stock": 69,
            "purchase orders by status": {"closed": 3_689, "sent": 225, "confirmed": 12, "cancelled": 86},
            "lines, units ordered": (8_845, 2_348_637),
            "receipts, units received": (8_704, 2_254_599),
            "open units, lines": (3_064, 46),
            "overdue units, lines": (3_064, 46),
        }
        _adventureworks_history(today)


def _adventureworks_history(today: date) -> None:
    yesterday = day_number(today) - 1
    received_on = type_coerce(Receipt.received_on, BigInteger)
    observed = sa.and_(Receipt.observed, received_on.between(yesterday - 729, yesterday))
    of_supplier = (
        select(Head.supplier_id, func.count().label("receipts"))
        .join(PurchaseLine, PurchaseLine.purchase_order_id == Head.id)
        .join(Receipt, Receipt.purchase_order_line_id == PurchaseLine.id)
        .where(observed)
        .group_by(Head.supplier_id)
        .subquery()
    )
    receipts = of_supplier.c.receipts
    assert _count(func.sum(receipts), func.count(), func.sum(case((receipts < 5, 1), else_=0))) == (8_103, 86, 2)
    first_promise = type_coerce(PurchaseLine.first_promise, BigInteger)
    due = (
        select(PurchaseLine.id, PurchaseLine.qty_promised, first_promise.label("promise"))
        .join(Head, Head.id == PurchaseLine.purchase_order_id)
        .where(Head.status.not_in(["draft", "cancelled"]), first_promise.between(yesterday - 364, yesterday))
        .subquery()
    )
    on_time = select(func.sum(Receipt.qty)).join(due, due.c.id == Receipt.purchase_order_line_id)
    assert _plain(db.session.scalar(on_time.where(received_on <= due.c.promise))) == 1_701_867
    assert _count(func.sum(due.c.qty_promised)) == 1_738_403


@pytest.mark.deep
def test_the_hotel_is_as_its_readme_says(database_url: str, make_app: MakeApp) -> None:
    with make_app(database_url, BUSINESS_DATE=date(2017, 9, 1)).app_context():
        _loaded("hotel-resort.zip")
        assert _by(models.Cancellation.reason) == {"customer": 10_831, "no-show": 291}
        assert _count(func.count(Line.id), func.sum(Line.qty_shipped)) == (40_060, 28_938)
        assert _count(func.sum(Line.qty * Line.unit_price)) == 17_444_091_370_000


@pytest.mark.deep
def test_the_hotel_on_an_earlier_day_is_as_its_readme_says(
    database_url: str, make_app: MakeApp, tmp_path: Path
) -> None:
    today = date(2016, 10, 1)
    with make_app(database_url, BUSINESS_DATE=today).app_context():
        result = load(_cut(SHARED_DATA / "hotel-resort.zip", tmp_path, today.isoformat()))
        assert result.fault_count == 0
        planning.plan()
        assert _count(func.count(Line.id), func.sum(Line.qty_shipped)) == (26_360, 16_284)
        assert _count(func.sum(Line.qty_cancelled), func.sum(Line.qty_open)) == (6_865, 3_211)
        assert _count(func.sum(Line.qty_open * Line.unit_price)) == 1_302_786_960_000
        aging = _report("aging", today)
        assert [int(row["lines"]) for row in aging] == [320, 387, 430, 655, 1_419]
        assert max(int(row["oldest_days"] or 0) for row in aging) == 378


def _cut(archive: Path, folder: Path, day: str) -> Path:
    """The files as they stood on an earlier day: the desk must not know the future."""
    dated = {"orders.csv": "placed_at", "shipments.csv": "shipped_at", "cancellations.csv": "cancelled_at"}
    known: set[str] = set()
    with zipfile.ZipFile(archive) as packed:
        for name in (
            "customers.csv",
            "skus.csv",
            "orders.csv",
            "order_lines.csv",
            "shipments.csv",
            "cancellations.csv",
        ):
            with packed.open(name) as stream, (folder / name).open("w", encoding="utf-8", newline="") as cut:
                rows = csv.DictReader(io.TextIOWrapper(stream, "utf-8-sig", newline=""))
                writer = csv.DictWriter(cut, rows.fieldnames or ())
                writer.writeheader()
                for row in rows:
                    if name in dated and row[dated[name]] >= day:
                        continue
                    if name == "orders.csv":
                        known.add(row["order_id"])
                    if name in ("customers.csv", "skus.csv") or row["order_id"] in known:
                        writer.writerow(row)
    return folder
