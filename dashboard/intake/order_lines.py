"""Lines of orders as files and the desk's own posts will leave them, worked out before anything is written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    SQLColumnExpression,
    Table,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    null,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.sql.elements import ColumnElement

from dashboard import models
from dashboard.database import db
from dashboard.intake.faults import Fault
from dashboard.intake.masters import SKUS, SUPPLIERS
from dashboard.intake.staging import (
    LINES,
    STAGED,
    UNITS,
    empty,
    in_chunk,
    note,
    or_none_at_all,
    set_aside,
    stored,
)
from dashboard.intake.worked_out import keep_lines, work_out

ORDERS: Table = models.Order.__table__
ORDER_LINES: Table = models.OrderLine.__table__
SHIPMENTS: Table = models.Shipment.__table__
SHIPMENT_LINES: Table = models.ShipmentLine.__table__
CANCELLATIONS: Table = models.Cancellation.__table__

UNIT = UNITS["order_id"]
WHOLE_LINE = 1  # the part that an undivided line is

_ORDERS, _LINES = STAGED["orders"], STAGED["order_lines"]
_SHIPMENTS, _CANCELLATIONS = STAGED["shipments"], STAGED["cancellations"]


class OrderLines:
    """The lines of orders that some file says something of; `present` has the columns of each file that is loaded."""

    def __init__(self, present: Mapping[str, Collection[str]], shown_as: Mapping[str, str], *, all_new: bool) -> None:
        self._present = present
        self._shown_as = shown_as
        self._all_new = all_new  # the desk has none of these orders yet

    def work_out(self, low: int, high: int) -> None:
        """Of these orders, into `LINES`; orders whose quantities cannot be are set aside."""
        empty(LINES)
        self._stated_lines(low, high)
        if not self._all_new:
            self._other_lines(low, high)
        self._refuse_impossible_quantities()

    def _stated_lines(self, low: int, high: int) -> None:
        """The lines that a file states."""
        source = (
            _LINES.join(UNIT, UNIT.c.number == _LINES.c.order_id)
            .outerjoin(_ORDERS, _ORDERS.c.order_id == UNIT.c.number)
            .outerjoin(ORDERS, ORDERS.c.number == UNIT.c.number)
            .outerjoin(
                ORDER_LINES, and_(ORDER_LINES.c.order_id == ORDERS.c.id, ORDER_LINES.c.line_no == _LINES.c.line_no)
            )
            .outerjoin(SKUS, SKUS.c.code == _LINES.c.sku)
            .outerjoin(SUPPLIERS, SUPPLIERS.c.code == _LINES.c.supplier_id)
        )
        if "order_lines" not in self._present:
            return

        def stated(name: str, kept: SQLColumnExpression[Any]) -> SQLColumnExpression[Any]:
            """What the file says, where it has the column; else what is known."""
            return _LINES.c[name] if name in self._present["order_lines"] else kept

        self._add_lines(
            source,
            and_(_LINES.c.bad == 0, in_chunk(UNIT, low, high)),
            staged=_LINES.c.line,
            line_no=_LINES.c.line_no,
            sku_id=SKUS.c.id,
            qty=_LINES.c.qty,
            price=stated("unit_price", ORDER_LINES.c.unit_price),
            promised=stated("promised_date", stored(ORDER_LINES.c.promised_date)),
            supplier_id=(
                SUPPLIERS.c.id if "supplier_id" in self._present["order_lines"] else ORDER_LINES.c.supplier_id
            ),
            tags=stated("tags", ORDER_LINES.c.tags),
            tax=stated("tax_amount", ORDER_LINES.c.tax_amount),
            discount=stated("discount_amount", ORDER_LINES.c.discount_amount),
            unresolved=and_(_LINES.c.supplier_id.is_not(None), SUPPLIERS.c.id.is_(None)),
        )

    def _other_lines(self, low: int, high: int) -> None:
        """The lines that the desk knows of these orders and no file states again."""
        source = (
            UNIT.join(ORDERS, ORDERS.c.number == UNIT.c.number)
            .join(ORDER_LINES, ORDER_LINES.c.order_id == ORDERS.c.id)
            .outerjoin(_ORDERS, _ORDERS.c.order_id == UNIT.c.number)
        )
        stated_again = exists().where(LINES.c.line_id == ORDER_LINES.c.id)
        self._add_lines(
            source,
            and_(in_chunk(UNIT, low, high), ~stated_again),
            staged=cast(null(), BigInteger),
            line_no=ORDER_LINES.c.line_no,
            sku_id=ORDER_LINES.c.sku_id,
            qty=ORDER_LINES.c.qty,
            price=ORDER_LINES.c.unit_price,
            promised=stored(ORDER_LINES.c.promised_date),
            supplier_id=ORDER_LINES.c.supplier_id,
            tags=ORDER_LINES.c.tags,
            tax=ORDER_LINES.c.tax_amount,
            discount=ORDER_LINES.c.discount_amount,
            unresolved=false(),
        )

    def _add_lines(
        self,
        source: Any,
        rows: ColumnElement[bool],
        *,
        line_no: ColumnElement[int],
        qty: ColumnElement[int],
        promised: SQLColumnExpression[Any],
        unresolved: ColumnElement[bool],
        **stated: SQLColumnExpression[Any],
    ) -> None:
        shipped = self._shipped(line_no) if "shipments" in self._present else or_none_at_all(ORDER_LINES.c.qty_shipped)
        cancelled = (
            self._cancelled(line_no)
            if "cancellations" in self._present
            else or_none_at_all(ORDER_LINES.c.qty_cancelled)
        )
        worked_out = work_out(
            select(
                UNIT.c.seq,
                UNIT.c.number,
                ORDER_LINES.c.id.label("line_id"),
                ORDER_LINES.c.qty.label("was_qty"),
                line_no.label("line_no"),
                qty.label("qty"),
                shipped.label("done"),
                cancelled.label("cancelled"),
                self._has_ended().label("ended"),
                promised.label("promised"),
                self._promise_before().label("promise_before"),
                func.coalesce(promised, self._order_promise()).label("promise"),
                *(part.label(name) for name, part in stated.items()),
                unresolved.label("unresolved"),
            )
            .select_from(source)
            .where(rows)
        )
        new = worked_out.c
        before = ORDER_LINES.alias("before")
        final = {
            "qty": (new.qty, before.c.qty),
            "done": (new.done, before.c.qty_shipped),
            "cancelled": (new.cancelled, before.c.qty_cancelled),
            # Where more has left than was ordered the row is refused below; until then nothing may be negative.
            "open": (
                case((new.ended, 0), (new.done + new.cancelled > new.qty, 0), else_=new.qty - new.done - new.cancelled),
                before.c.qty_open,
            ),
            "sku_id": (new.sku_id, before.c.sku_id),
            "price": (new.price, before.c.unit_price),
            "promised": (new.promised, stored(before.c.promised_date)),
            # What was stated first is kept for ever; what was stated last wins over what was told before it.
            "first_promise": (
                func.coalesce(stored(before.c.first_promise), new.promise),
                stored(before.c.first_promise),
            ),
            "current_promise": (
                case(
                    (
                        or_(before.c.id.is_(None), new.promise.is_distinct_from(new.promise_before)),
                        func.coalesce(new.promise, stored(before.c.current_promise)),
                    ),
                    else_=stored(before.c.current_promise),
                ),
                stored(before.c.current_promise),
            ),
            "supplier_id": (new.supplier_id, before.c.supplier_id),
            "tags": (new.tags, before.c.tags),
            "tax": (new.tax, before.c.tax_amount),
            "discount": (new.discount, before.c.discount_amount),
        }
        keep_lines(worked_out, before, final, differs=new.unresolved)

    def _shipped(self, line_no: ColumnElement[int]) -> ColumnElement[int]:
        """Units shipped of a line: as staged, and what the desk knows besides."""
        staged = (
            select(func.sum(_SHIPMENTS.c.qty))
            .where(_SHIPMENTS.c.order_id == UNIT.c.number, _SHIPMENTS.c.line_no == line_no, _SHIPMENTS.c.bad == 0)
            .correlate_except(_SHIPMENTS)
            .scalar_subquery()
        )
        if self._all_new:
            return func.coalesce(staged, 0)
        again = (
            exists()
            .where(
                _SHIPMENTS.c.order_id == UNIT.c.number,
                _SHIPMENTS.c.line_no == line_no,
                _SHIPMENTS.c.shipment_id == SHIPMENTS.c.number,
                SHIPMENT_LINES.c.part == WHOLE_LINE,
            )
            .correlate_except(_SHIPMENTS)
        )
        known = (
            select(func.sum(SHIPMENT_LINES.c.qty))
            .join(SHIPMENTS, SHIPMENTS.c.id == SHIPMENT_LINES.c.shipment_id)
            .where(SHIPMENT_LINES.c.line_id == ORDER_LINES.c.id, ~again)
            .correlate_except(SHIPMENT_LINES, SHIPMENTS)
            .scalar_subquery()
        )
        return func.coalesce(staged, 0) + func.coalesce(known, 0)

    def _cancelled(self, line_no: ColumnElement[int]) -> ColumnElement[int]:
        """Units cancelled of a line, likewise."""
        staged = (
            select(func.sum(_CANCELLATIONS.c.qty))
            .where(
                _CANCELLATIONS.c.order_id == UNIT.c.number,
                _CANCELLATIONS.c.line_no == line_no,
                _CANCELLATIONS.c.bad == 0,
            )
            .correlate_except(_CANCELLATIONS)
            .scalar_subquery()
        )
        if self._all_new:
            return func.coalesce(staged, 0)
        again = (
            exists()
            .where(
                _CANCELLATIONS.c.order_id == UNIT.c.number,
                _CANCELLATIONS.c.line_no == line_no,
                _CANCELLATIONS.c.cancelled_at == type_coerce(CANCELLATIONS.c.cancelled_at, BigInteger),
                CANCELLATIONS.c.part == WHOLE_LINE,
            )
            .correlate_except(_CANCELLATIONS)
        )
        known = (
            select(func.sum(CANCELLATIONS.c.qty))
            .where(CANCELLATIONS.c.line_id == ORDER_LINES.c.id, ~again)
            .correlate_except(CANCELLATIONS)
            .scalar_subquery()
        )
        return func.coalesce(staged, 0) + func.coalesce(known, 0)

    def _has_ended(self) -> ColumnElement[bool]:
        known = func.coalesce(ORDERS.c.status, "open")
        if "status" not in self._present.get("orders", ()):
            return known != "open"
        return case((_ORDERS.c.line.is_(None), known), else_=func.coalesce(_ORDERS.c.status, "open")) != "open"

    def _order_promise(self) -> SQLColumnExpression[Any]:
        """The date stated for the whole order."""
        known = stored(ORDERS.c.promised_date)
        if "promised_date" not in self._present.get("orders", ()):
            return known
        return case((_ORDERS.c.line.is_(None), known), else_=_ORDERS.c.promised_date)

    def _promise_before(self) -> SQLColumnExpression[Any]:
        """The date that was stated for a line until now, its own or its order's."""
        return func.coalesce(stored(ORDER_LINES.c.promised_date), stored(ORDERS.c.promised_date))

    def _refuse_impossible_quantities(self) -> None:
        impossible = select(LINES).where(LINES.c.done + LINES.c.cancelled > LINES.c.qty)
        rows = db.session.execute(impossible).all()
        if not rows:
            return
        note([self._impossible(row) for row in rows])
        set_aside(UNIT, {row.number for row in rows})

    def _impossible(self, row: Any) -> Fault:
        """Which row is to blame: the line that was cut, else the last that shipped or cancelled, else the line."""
        gone = f"{row.done} shipped and {row.cancelled} cancelled"
        if row.staged is not None and row.was_qty is not None and row.was_qty != row.qty:
            reason = f"cannot be cut to {row.qty}: {gone}"
            return Fault(self._shown_as["order_lines"], row.staged, "qty", reason)
        for name in ("shipments", "cancellations"):
            if name in self._present:
                staged = STAGED[name]
                of_line = and_(staged.c.order_id == row.number, staged.c.line_no == row.line_no, staged.c.bad == 0)
                last = db.session.scalar(select(func.max(staged.c.line)).where(of_line))
                if last is not None:
                    reason = f"too much: of {row.qty} ordered, {gone} in all"
                    return Fault(self._shown_as[name], last, "qty", reason)
        return Fault(self._shown_as["order_lines"], row.staged, "qty", f"{row.qty} ordered, but {gone} already")
