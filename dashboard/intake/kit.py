"""The intake kit: every file, its key and its columns, as one table that the reader, the loader and the docs follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dashboard.intake import cells
from dashboard.intake.cells import Reading
from dashboard.models.customers import PAYMENT_KINDS
from dashboard.models.orders import ORDER_STATUSES
from dashboard.models.purchase_orders import PURCHASE_ORDER_STATUSES
from dashboard.models.skus import BACKORDER_POLICIES

# Receipts, shipments and acts that are posted at the desk carry numbers that begin so; nothing that comes in should.
DESK_PREFIX = "DESK-"


@dataclass(frozen=True)
class Column:
    """One column of a kit file: how its cells are read, and to which file's key they point."""

    name: str
    kind: Callable[[Reading], Callable[[str], Any]]
    required: bool = False
    day: str | None = None  # name of the staged copy that holds the shop's date of a moment
    refers_to: str | None = None  # the file whose one-column key it names

    @property
    def is_text(self) -> bool:
        """Whether its cells are taken as they stand, and so can carry what a spreadsheet would run."""
        return self.kind in (cells.identifier, cells.label, cells.text, cells.tags)

    @property
    def is_moment(self) -> bool:
        """Whether its cells are read as a moment with its shop date."""
        return self.kind in (cells.moment, cells.past_moment)

    @property
    def is_identifier(self) -> bool:
        """Whether a long number in it is rather an id than a card."""
        return self.kind is cells.identifier


@dataclass(frozen=True)
class KitFile:
    """One file of the kit."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    group: str | None = None  # the column whose rows, over all files of the group, load together or not at all
    by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})

    @property
    def file_name(self) -> str:
        return f"{self.name}.csv"

    @property
    def known_by(self) -> tuple[str, ...]:
        """The one or two columns by which others name a row, though it be faulty: its unit's first."""
        if self.group is None:
            return self.key[:2]
        return (self.group, "line_no") if "line_no" in self.by_name else (self.group,)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)


def _file(name: str, key: str, *columns: Column, group: str | None = None) -> KitFile:
    return KitFile(name, tuple(key.split()), columns, group)


def _id(name: str, *, required: bool = True, refers_to: str | None = None) -> Column:
    return Column(name, cells.identifier, required=required, refers_to=refers_to)


def _text(name: str, *, required: bool = False) -> Column:
    return Column(name, cells.text, required=required)


def _label(name: str, *, required: bool = False) -> Column:
    return Column(name, cells.label, required=required)


def _money(name: str) -> Column:
    return Column(name, cells.price)


def _count(name: str, *, required: bool = False) -> Column:
    return Column(name, cells.quantity, required=required)


def _days(name: str) -> Column:
    return Column(name, cells.days)


def _flag(name: str) -> Column:
    return Column(name, cells.boolean)


def _date(name: str) -> Column:
    return Column(name, cells.day)


def _choice(name: str, *choices: str) -> Column:
    return Column(name, cells.choice(*choices))


_QTY = Column("qty", cells.units, required=True)
_LINE_NO = Column("line_no", cells.line_number, required=True)


def _happened(name: str, *, day: str | None = None, required: bool = True) -> Column:
    return Column(name, cells.past_moment, required=required, day=day)


# In an order in which no file refers to a later one, except within a group.
KIT: tuple[KitFile, ...] = (
    _file(
        "customers",
        "customer_id",
        _id("customer_id"),
        _text("name", required=True),
        _text("email"),
        _text("phone"),
        _label("tier"),
        _text("country"),
        _flag("marketing_consent"),
        _text("language"),
    ),
    _file(
        "payment_methods",
        "payment_method_id",
        _id("payment_method_id"),
        _id("customer_id", refers_to="customers"),
        _choice("kind", *PAYMENT_KINDS),
        _text("brand"),
        Column("last4", cells.last_four),
        Column("exp_month", cells.month),
        Column("exp_year", cells.year),
        _flag("is_default"),
    ),
    _file(
        "suppliers",
        "supplier_id",
        _id("supplier_id"),
        _text("name", required=True),
        _text("email"),
        _text("country"),
        _days("lead_time_days"),
        _flag("dropship"),
        _flag("active"),
    ),
    _file(
        "skus",
        "sku",
        _id("sku"),
        _text("name", required=True),
        _money("price"),
        _money("cost"),
        Column("currency", cells.currency),
        _choice("backorder_policy", *BACKORDER_POLICIES),
        _count("safety_stock"),
        _count("reorder_point"),
        _flag("active"),
        _label("class"),
    ),
    _file(
        "supplier_skus",
        "supplier_id sku",
        _id("supplier_id", refers_to="suppliers"),
        _id("sku", refers_to="skus"),
        _money("unit_cost"),
        _days("lead_time_days"),
        _count("min_order_qty"),
        _count("pack_size"),
        _flag("preferred"),
    ),
    _file(
        "stock",
        "sku location",
        _id("sku", refers_to="skus"),
        _label("location", required=True),
        _count("on_hand", required=True),
        _happened("counted_at", required=False),
    ),
    _file(
        "orders",
        "order_id",
        _id("order_id"),
        _id("customer_id", refers_to="customers"),
        _happened("placed_at", day="placed_on"),
        Column("currency", cells.currency),
        _label("channel"),
        _id("payment_method_id", required=False, refers_to="payment_methods"),
        Column("priority", cells.priority_class),
        _flag("ship_complete"),
        _date("promised_date"),
        _date("last_date"),
        _date("not_before"),
        _choice("status", *ORDER_STATUSES),
        _label("location"),
        _flag("may_split"),
        _flag("credit_applied"),
        _money("shipping_amount"),
        group="order_id",
    ),
    _file(
        "order_lines",
        "order_id line_no",
        _id("order_id"),
        _LINE_NO,
        _id("sku", refers_to="skus"),
        _QTY,
        _money("unit_price"),
        _date("promised_date"),
        _id("supplier_id", required=False, refers_to="suppliers"),
        Column("tags", cells.tags),
        Column("tax_amount", cells.amount),
        Column("discount_amount", cells.amount),
        group="order_id",
    ),
    _file(
        "shipments",
        "shipment_id order_id line_no",
        _id("shipment_id"),
        _id("order_id"),
        _LINE_NO,
        _QTY,
        _happened("shipped_at"),
        _label("carrier"),
        _id("tracking", required=False),
        group="order_id",
    ),
    _file(
        "cancellations",
        "order_id line_no cancelled_at",
        _id("order_id"),
        _LINE_NO,
        _QTY,
        _happened("cancelled_at"),
        _label("reason"),
        group="order_id",
    ),
    _file(
        "authorizations",
        "authorization_id",
        _id("authorization_id"),
        _id("order_id"),
        Column("amount", cells.price, required=True),
        _happened("authorized_at"),
        Column("expires_at", cells.moment, day="expires_on"),
        _flag("multi_capture"),
        _money("captured_amount"),
        _text("state"),
        group="order_id",
    ),
    _file(
        "purchase_orders",
        "po_id",
        _id("po_id"),
        _id("supplier_id", refers_to="suppliers"),
        _happened("ordered_at", day="ordered_on"),
        _date("promised_date"),
        _date("expected_date"),
        _choice("status", *PURCHASE_ORDER_STATUSES),
        group="po_id",
    ),
    _file(
        "purchase_order_lines",
        "po_id line_no",
        _id("po_id"),
        _LINE_NO,
        _id("sku", refers_to="skus"),
        _QTY,
        _money("unit_cost"),
        _date("promised_date"),
        _date("expected_date"),
        group="po_id",
    ),
    _file(
        "receipts",
        "receipt_id po_id line_no",
        _id("receipt_id"),
        _id("po_id"),
        _LINE_NO,
        _QTY,
        _happened("received_at", day="received_on"),
        group="po_id",
    ),
    _file(
        "stock_history",
        "sku date",
        _id("sku", refers_to="skus"),
        Column("date", cells.past_day, required=True),
        _count("on_hand", required=True),
    ),
    _file(
        "events",
        "sku starts_on name",
        _id("sku", refers_to="skus"),
        Column("starts_on", cells.day, required=True),
        Column("ends_on", cells.day, required=True),
        _count("extra_units", required=True),
        _label("name"),
    ),
)

KIT_FILES: dict[str, KitFile] = {file.name: file for file in KIT}
FILE_NAMES: dict[str, KitFile] = {file.file_name: file for file in KIT}
