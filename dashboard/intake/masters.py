"""Rows that stand for themselves: customers and their means of payment, suppliers, SKUs, terms, stock, events."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import BigInteger, Select, and_, case, exists, func, literal, select, type_coerce, union
from sqlalchemy.sql.elements import ColumnElement

from dashboard import clock, models
from dashboard.database import db, instant_number, rows_touched
from dashboard.intake.staging import STAGED
from dashboard.intake.upserts import Upsert

CUSTOMERS = models.Customer.__table__
PAYMENT_METHODS = models.PaymentMethod.__table__
SUPPLIERS = models.Supplier.__table__
SKUS = models.Sku.__table__
SUPPLIER_SKUS = models.SupplierSku.__table__
LOCATIONS = models.Location.__table__
STOCK = models.Stock.__table__
STOCK_DAYS = models.StockDay.__table__
EVENTS = models.DemandEvent.__table__
ORDER_LINES = models.OrderLine.__table__
SHIPMENT_LINES = models.ShipmentLine.__table__
RECEIPT_LINES = models.ReceiptLine.__table__
PURCHASE_ORDER_LINES = models.PurchaseOrderLine.__table__

# A column of the desk's for a column of the kit's that is called otherwise.
_RENAMED = {"class": "sku_class"}


def upsert_of(file: str, present: Collection[str]) -> Upsert:
    """What the staged rows of a master file say, as far as the file has the columns: others keep what is known."""
    return _UPSERTS[file](present)


def write_locations(*files: str, load_id: int | None = None) -> bool:
    """Make every location known that a good row of stock or of an order names; whether there was a new one."""
    named = union(
        *(
            select(STAGED[file].c.location).where(STAGED[file].c.location.is_not(None), STAGED[file].c.bad == 0)
            for file in files
        )
    ).subquery()
    unknown = select(named.c.location, literal(load_id, BigInteger)).where(
        ~exists().where(LOCATIONS.c.code == named.c.location)
    )
    making = LOCATIONS.insert().from_select(["code", "load_id"], unknown.order_by(named.c.location))
    made = db.session.execute(making, execution_options={"preserve_rowcount": True})
    return rows_touched(made) > 0


def _plain(file: str, table: Any, **defaults: Any) -> Callable[[Collection[str]], Upsert]:
    """A file whose key is one column, `code` of the table, and whose other columns are the table's."""

    def make(present: Collection[str]) -> Upsert:
        staged = STAGED[file]
        key, *others = (column.name for column in staged.c if column.name not in ("line", "bad"))
        values = {
            _RENAMED.get(name, name): (
                func.coalesce(staged.c[name], defaults[name]) if name in defaults else staged.c[name]
            )
            for name in others
            if name in present
        }
        return Upsert(table, staged, staged.c.bad == 0, staged.c.line, {"code": staged.c[key]}, values)

    return make


def _payment_methods(present: Collection[str]) -> Upsert:
    staged = STAGED["payment_methods"]
    names = ("kind", "brand", "last4", "exp_month", "exp_year", "is_default")
    return Upsert(
        PAYMENT_METHODS,
        staged.outerjoin(CUSTOMERS, CUSTOMERS.c.code == staged.c.customer_id),
        staged.c.bad == 0,
        staged.c.line,
        {"code": staged.c.payment_method_id},
        {"customer_id": CUSTOMERS.c.id, **{name: staged.c[name] for name in names if name in present}},
    )


def _supplier_skus(present: Collection[str]) -> Upsert:
    staged = STAGED["supplier_skus"]
    names = ("unit_cost", "lead_time_days", "min_order_qty", "pack_size", "preferred")
    source = staged.outerjoin(SUPPLIERS, SUPPLIERS.c.code == staged.c.supplier_id)
    return Upsert(
        SUPPLIER_SKUS,
        source.outerjoin(SKUS, SKUS.c.code == staged.c.sku),
        staged.c.bad == 0,
        staged.c.line,
        {"supplier_id": SUPPLIERS.c.id, "sku_id": SKUS.c.id},
        {name: staged.c[name] for name in names if name in present},
    )


def _stock(present: Collection[str]) -> Upsert:
    """A count stands until the next one; what the desk posted after it is applied on top.

    A row that says what stands there anyway, without saying when that was counted, tells nothing new.
    """
    staged, before = STAGED["stock"], STOCK.alias("before")
    now = literal(instant_number(clock.now()), BigInteger)
    nothing_new = and_(
        staged.c.counted_at.is_(None),
        before.c.counted == staged.c.on_hand,
        before.c.on_hand == staged.c.on_hand,
    )
    known_at = type_coerce(before.c.counted_at, BigInteger)
    counted_at = case((nothing_new, known_at), else_=func.coalesce(staged.c.counted_at, now))
    on_hand = staged.c.on_hand + (_posted_since(counted_at) if _desk_posts() else 0)
    source = staged.outerjoin(SKUS, SKUS.c.code == staged.c.sku).outerjoin(
        LOCATIONS, LOCATIONS.c.code == staged.c.location
    )
    return Upsert(
        STOCK,
        source.outerjoin(before, and_(before.c.sku_id == SKUS.c.id, before.c.location_id == LOCATIONS.c.id)),
        staged.c.bad == 0,
        staged.c.line,
        {"sku_id": SKUS.c.id, "location_id": LOCATIONS.c.id},
        {
            "counted": staged.c.on_hand,
            "counted_at": counted_at,
            # More may have left than was counted; then nothing is there, and the next count will tell.
            "on_hand": case((on_hand > 0, on_hand), else_=0),
        },
    )


def _desk_posts() -> bool:
    """Whether the desk itself ever received or shipped: only then is there anything to apply on top of a count."""
    posted = (column.table for column in (RECEIPT_LINES.c.location_id, SHIPMENT_LINES.c.location_id))
    return any(db.session.scalar(select(exists().where(table.c.location_id.is_not(None)))) for table in posted)


def _posted_since(counted_at: ColumnElement[int]) -> ColumnElement[int]:
    """Units that the desk itself received at a place, less those that it shipped from there, after a moment."""
    received = (
        select(func.sum(RECEIPT_LINES.c.qty))
        .join(PURCHASE_ORDER_LINES, PURCHASE_ORDER_LINES.c.id == RECEIPT_LINES.c.purchase_order_line_id)
        .where(
            RECEIPT_LINES.c.location_id == LOCATIONS.c.id,
            PURCHASE_ORDER_LINES.c.sku_id == SKUS.c.id,
            RECEIPT_LINES.c.reversed_at.is_(None),
            type_coerce(RECEIPT_LINES.c.received_at, BigInteger) > counted_at,
        )
        .correlate_except(RECEIPT_LINES, PURCHASE_ORDER_LINES)
    )
    shipped = (
        select(func.sum(SHIPMENT_LINES.c.qty))
        .join(ORDER_LINES, ORDER_LINES.c.id == SHIPMENT_LINES.c.line_id)
        .where(
            SHIPMENT_LINES.c.location_id == LOCATIONS.c.id,
            ORDER_LINES.c.sku_id == SKUS.c.id,
            type_coerce(SHIPMENT_LINES.c.shipped_at, BigInteger) > counted_at,
        )
        .correlate_except(SHIPMENT_LINES, ORDER_LINES)
    )
    return func.coalesce(received.scalar_subquery(), 0) - func.coalesce(shipped.scalar_subquery(), 0)


def _stock_history(present: Collection[str]) -> Upsert:
    staged = STAGED["stock_history"]
    return Upsert(
        STOCK_DAYS,
        staged.outerjoin(SKUS, SKUS.c.code == staged.c.sku),
        staged.c.bad == 0,
        staged.c.line,
        {"sku_id": SKUS.c.id, "day": staged.c.date},
        {"on_hand": staged.c.on_hand},
    )


def _events(present: Collection[str]) -> Upsert:
    staged = STAGED["events"]
    return Upsert(
        EVENTS,
        staged.outerjoin(SKUS, SKUS.c.code == staged.c.sku),
        staged.c.bad == 0,
        staged.c.line,
        {"sku_id": SKUS.c.id, "starts_on": staged.c.starts_on, "name": func.coalesce(staged.c.name, "")},
        {"ends_on": staged.c.ends_on, "extra_units": staged.c.extra_units},
    )


_UPSERTS: dict[str, Callable[[Collection[str]], Upsert]] = {
    "customers": _plain("customers", CUSTOMERS),
    "payment_methods": _payment_methods,
    "suppliers": _plain("suppliers", SUPPLIERS),
    "skus": _plain("skus", SKUS, backorder_policy="allow"),
    "supplier_skus": _supplier_skus,
    "stock": _stock,
    "stock_history": _stock_history,
    "events": _events,
}


def counted_skus(count: Upsert, *picked: ColumnElement[bool]) -> Select[int]:
    """Ids of the SKUs that are counted: nobody else's act may deal them out meanwhile."""
    return select(count.key["sku_id"]).select_from(count.source).where(count.rows, *picked).distinct()


def places_that_fall_short(count: Upsert, *picked: ColumnElement[bool]) -> Select[int]:
    """Ids of `stock` where less will be than is reserved there."""
    there = and_(*(STOCK.c[name] == part for name, part in count.key.items()))
    return (
        select(STOCK.c.id)
        .select_from(count.source.join(STOCK, there))
        .where(count.rows, *picked, STOCK.c.reserved > count.values["on_hand"])
    )
