"""The shop as files of the kit: loaded into an empty desk, they make the same shop again.

What only a desk knows is not in them, because the kit has no word for it: holds, parts of lines, what was promised
before the present promise, and who did what.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Select, case, func, null, select, type_coerce

from dashboard import clock, models
from dashboard.database import Day, Instant, day_of, db, instant_of, transaction
from dashboard.intake import cells
from dashboard.intake.cells import GUARDED_STARTS, MICROS
from dashboard.intake.kit import KIT, Column, KitFile

ROWS_AT_ONCE = 5_000
DECIMALS = 6

# What a spreadsheet would run gets an apostrophe, which intake takes off again.
_RUN_BY_SPREADSHEETS = tuple(start[1:] for start in GUARDED_STARTS)
_MONEY = (cells.price, cells.amount)
_DAYS = (cells.day, cells.past_day)


def write_kit(folder: Path, *, progress: Callable[[str, int], None] | None = None) -> dict[str, int]:
    """Write every file of the kit into a folder, as of one moment; how many rows each has. The same shop gives the same
    bytes on every database.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    with transaction(scratch=True) as session:
        if session.connection().dialect.name == "postgresql":
            session.connection().exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for kit_file in KIT:
            written[kit_file.name] = 0
            with (folder / kit_file.file_name).open("w", encoding="utf-8", newline="") as stream:
                writer = csv.writer(stream)
                writer.writerow(column.name for column in kit_file.columns)
                for rows in _rows_of(kit_file):
                    writer.writerows(rows)
                    written[kit_file.name] += len(rows)
                    if progress is not None:
                        progress(f"writing {kit_file.file_name}", written[kit_file.name])
    return written


def _rows_of(kit_file: KitFile) -> Iterator[list[list[str]]]:
    stated = _STATED[kit_file.name]()
    writers = [_writer(column) for column in kit_file.columns]
    names = [column.name for column in kit_file.columns]
    query = stated.with_only_columns(*(stated.selected_columns[name] for name in names), maintain_column_froms=True)
    found = db.session.execute(query, execution_options={"yield_per": ROWS_AT_ONCE})
    for page in found.partitions():
        yield [[write(value) for write, value in zip(writers, row, strict=True)] for row in page]


def _writer(column: Column) -> Callable[[Any], str]:
    write: Callable[[Any], str] = str
    if column.is_text:
        write = _text
    elif column.is_moment:
        write = _moment
    elif column.kind in _DAYS:
        write = _day
    elif column.kind in _MONEY:
        write = _money
    elif column.kind is cells.boolean:
        write = _truth
    return lambda value: "" if value is None else write(value)


def _text(value: str) -> str:
    return f"'{value}" if value.startswith(_RUN_BY_SPREADSHEETS) else value


def _moment(value: int) -> str:
    at: datetime = instant_of(value).astimezone(clock.shop_zone())
    return at.isoformat()


def _day(value: int) -> str:
    return day_of(value).isoformat()


def _money(value: int) -> str:
    units, rest = divmod(abs(value), MICROS)
    decimals = f".{rest:0{DECIMALS}d}".rstrip("0") if rest else ""
    return f"{'-' if value < 0 else ''}{units}{decimals}"


def _truth(value: Any) -> str:
    return "true" if value else "false"


# What each file states. Days and instants as the numbers that are stored.

_CUSTOMER, _METHOD, _SUPPLIER = (model.__table__ for model in (models.Customer, models.PaymentMethod, models.Supplier))
_SKU, _TERMS, _LOCATION, _STOCK = (
    model.__table__ for model in (models.Sku, models.SupplierSku, models.Location, models.Stock)
)
_ORDER, _LINE = (model.__table__ for model in (models.Order, models.OrderLine))
_SHIPMENT, _SHIPPED, _CANCEL = (
    model.__table__ for model in (models.Shipment, models.ShipmentLine, models.Cancellation)
)
_PURCHASE, _PURCHASED = (model.__table__ for model in (models.PurchaseOrder, models.PurchaseOrderLine))
_RECEIPT, _RECEIVED = (model.__table__ for model in (models.Receipt, models.ReceiptLine))
_AUTHORIZATION, _STOCK_DAY, _EVENT = (
    model.__table__ for model in (models.Authorization, models.StockDay, models.DemandEvent)
)


def _number(column: Any) -> Any:
    return type_coerce(column, BigInteger)


def _plain(table: Any, *order: Any, **named: Any) -> Callable[[], Select]:
    """A table whose columns are called as the kit's, but for those that are `named`; in the order of the file's key. A
    named reference to another table stands for the merchant's own name of that row.
    """

    def make() -> Select:
        joined, stated = table, {column.name: _stored(column) for column in table.c}
        for name, column in named.items():
            stated[name] = column
            for key in column.foreign_keys:
                other = key.column.table
                joined = joined.join(other, key.column == column, isouter=column.nullable)
                stated[name] = other.c.code if "code" in other.c else other.c.number
        return _select(stated).select_from(joined).order_by(*order)

    return make


def _stored(column: Any) -> Any:
    return _number(column) if isinstance(column.type, (Day, Instant)) else column


def _select(stated: Mapping[str, Any]) -> Select:
    return select(*(column.label(name) for name, column in stated.items()))


def _of_order(table: Any, line: Any) -> Any:
    return table.join(_LINE, _LINE.c.id == line).join(_ORDER, _ORDER.c.id == _LINE.c.order_id)


def _shipments() -> Select:
    key = (_SHIPMENT.c.number, _ORDER.c.number, _LINE.c.line_no)
    return (
        select(
            key[0].label("shipment_id"),
            key[1].label("order_id"),
            key[2],
            func.sum(_SHIPPED.c.qty).label("qty"),  # of all parts of the line
            func.min(_number(_SHIPPED.c.shipped_at)).label("shipped_at"),
            func.max(_SHIPPED.c.carrier).label("carrier"),
            func.max(_SHIPPED.c.tracking).label("tracking"),
        )
        .select_from(_of_order(_SHIPPED, _SHIPPED.c.line_id).join(_SHIPMENT, _SHIPMENT.c.id == _SHIPPED.c.shipment_id))
        .group_by(*key)
        .order_by(*key)
    )


def _cancellations() -> Select:
    key = (_ORDER.c.number, _LINE.c.line_no, _number(_CANCEL.c.cancelled_at))
    return (
        select(
            key[0].label("order_id"),
            key[1],
            key[2].label("cancelled_at"),
            func.sum(_CANCEL.c.qty).label("qty"),
            func.max(_CANCEL.c.reason).label("reason"),
        )
        .select_from(_of_order(_CANCEL, _CANCEL.c.line_id))
        .group_by(*key)
        .order_by(*key)
    )


def _receipts() -> Select:
    joined = (
        _RECEIVED.join(_RECEIPT, _RECEIPT.c.id == _RECEIVED.c.receipt_id)
        .join(_PURCHASED, _PURCHASED.c.id == _RECEIVED.c.purchase_order_line_id)
        .join(_PURCHASE, _PURCHASE.c.id == _PURCHASED.c.purchase_order_id)
    )
    stated = {
        "receipt_id": _RECEIPT.c.number,
        "po_id": _PURCHASE.c.number,
        "line_no": _PURCHASED.c.line_no,
        "qty": _RECEIVED.c.qty,
        "received_at": _number(_RECEIVED.c.received_at),
    }
    came = _RECEIVED.c.reversed_at.is_(None) & (_RECEIVED.c.qty > 0)
    return _select(stated).select_from(joined).where(came).order_by(*list(stated.values())[:3])


def _stock() -> Select:
    joined = _STOCK.join(_SKU, _SKU.c.id == _STOCK.c.sku_id).join(_LOCATION, _LOCATION.c.id == _STOCK.c.location_id)
    stated = {
        "sku": _SKU.c.code,
        "location": _LOCATION.c.code,
        "on_hand": _STOCK.c.on_hand,
        # Where the desk posted on top of the count, what stands there now is a count of now.
        "counted_at": case((_STOCK.c.on_hand == _STOCK.c.counted, _number(_STOCK.c.counted_at)), else_=null()),
    }
    return _select(stated).select_from(joined).order_by(_SKU.c.code, _LOCATION.c.code)


def _purchase_order_lines() -> Select:
    # One that was reduced to nothing is none that a file could state.
    return _all_purchase_order_lines().where(_PURCHASED.c.qty > 0)


_all_purchase_order_lines = _plain(
    _PURCHASED,
    _PURCHASE.c.number,
    _PURCHASED.c.line_no,
    po_id=_PURCHASED.c.purchase_order_id,
    sku=_PURCHASED.c.sku_id,
)

_STATED: dict[str, Callable[[], Select]] = {
    "customers": _plain(_CUSTOMER, _CUSTOMER.c.code, customer_id=_CUSTOMER.c.code),
    "payment_methods": _plain(
        _METHOD, _METHOD.c.code, payment_method_id=_METHOD.c.code, customer_id=_METHOD.c.customer_id
    ),
    "suppliers": _plain(_SUPPLIER, _SUPPLIER.c.code, supplier_id=_SUPPLIER.c.code),
    "skus": _plain(_SKU, _SKU.c.code, sku=_SKU.c.code, **{"class": _SKU.c.sku_class}),
    "supplier_skus": _plain(
        _TERMS, _SUPPLIER.c.code, _SKU.c.code, supplier_id=_TERMS.c.supplier_id, sku=_TERMS.c.sku_id
    ),
    "stock": _stock,
    "orders": _plain(
        _ORDER,
        _ORDER.c.number,
        order_id=_ORDER.c.number,
        customer_id=_ORDER.c.customer_id,
        payment_method_id=_ORDER.c.payment_method_id,
        location=_ORDER.c.location_id,
    ),
    "order_lines": _plain(
        _LINE,
        _ORDER.c.number,
        _LINE.c.line_no,
        order_id=_LINE.c.order_id,
        sku=_LINE.c.sku_id,
        supplier_id=_LINE.c.supplier_id,
    ),
    "shipments": _shipments,
    "cancellations": _cancellations,
    "authorizations": _plain(
        _AUTHORIZATION,
        _AUTHORIZATION.c.number,
        authorization_id=_AUTHORIZATION.c.number,
        order_id=_AUTHORIZATION.c.order_id,
    ),
    "purchase_orders": _plain(
        _PURCHASE, _PURCHASE.c.number, po_id=_PURCHASE.c.number, supplier_id=_PURCHASE.c.supplier_id
    ),
    "purchase_order_lines": _purchase_order_lines,
    "receipts": _receipts,
    "stock_history": _plain(
        _STOCK_DAY, _SKU.c.code, _STOCK_DAY.c.day, sku=_STOCK_DAY.c.sku_id, date=_number(_STOCK_DAY.c.day)
    ),
    "events": _plain(_EVENT, _SKU.c.code, _EVENT.c.starts_on, _EVENT.c.name, sku=_EVENT.c.sku_id),
}
