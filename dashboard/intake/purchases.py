"""Purchase orders with all that belongs to them: lines and receipts. All of a purchase order, or nothing."""

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
    true,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from dashboard import models
from dashboard.database import db
from dashboard.intake import arrivals
from dashboard.intake.masters import SKUS, SUPPLIERS
from dashboard.intake.staging import (
    LINES,
    SAME,
    STAGED,
    UNITS,
    count_as_new,
    count_states,
    empty,
    in_chunk,
    keep_acts_away,
    none_is_known,
    or_none_at_all,
    stored,
)
from dashboard.intake.upserts import Tally, Upsert, write_numbers
from dashboard.intake.worked_out import keep_lines, work_out
from dashboard.models.purchase_orders import SUPPLYING_STATUSES

PURCHASE_ORDERS: Table = models.PurchaseOrder.__table__
PURCHASE_ORDER_LINES: Table = models.PurchaseOrderLine.__table__
RECEIPTS: Table = models.Receipt.__table__
RECEIPT_LINES: Table = models.ReceiptLine.__table__
REASSIGNMENTS: Table = models.SupplierReassignment.__table__

UNIT = UNITS["po_id"]

_HEADS, _LINES, _RECEIPTS = STAGED["purchase_orders"], STAGED["purchase_order_lines"], STAGED["receipts"]


class PurchaseOrderUnits:
    """The purchase orders that some file says something of; `present` has the columns of each file that is loaded."""

    group = "po_id"
    files = ("purchase_orders", "purchase_order_lines", "receipts")

    def __init__(
        self, present: Mapping[str, Collection[str]], shown_as: Mapping[str, str], load_id: int | None = None
    ) -> None:
        self._present = present
        self._load_id = load_id
        self._all_new = False

    def lock(self, low: int, high: int) -> None:
        """Keep acts away from these purchase orders and their SKUs until the transaction ends."""
        lines = PURCHASE_ORDER_LINES
        known = (
            select(PURCHASE_ORDERS.c.id)
            .join(UNIT, UNIT.c.number == PURCHASE_ORDERS.c.number)
            .where(in_chunk(UNIT, low, high))
        )
        keep_acts_away(PURCHASE_ORDERS, lines.c.purchase_order_id, lines.c.sku_id, known)

    def prepare(self, low: int, high: int) -> None:
        """Work out the lines of these purchase orders as they will be. More may come than was ordered."""
        self._all_new = none_is_known(UNIT, PURCHASE_ORDERS, low, high)
        empty(LINES)
        if "purchase_order_lines" in self._present:
            self._stated_lines(low, high)
        if not self._all_new:
            self._other_lines(low, high)

    def tally(self, low: int, high: int) -> dict[str, Tally]:
        """By file: what is new, changed, the same."""
        tallies = {
            name: count_as_new(STAGED[name], UNIT, self.group, low, high)
            if self._all_new
            else upsert.tally(in_chunk(UNIT, low, high))
            for name, upsert in self._upserts().items()
        }
        if "purchase_order_lines" in self._present:
            tallies["purchase_order_lines"] = count_states(LINES.c.staged.is_not(None))
        return tallies

    def write(self, low: int, high: int, tallies: Mapping[str, Tally]) -> bool:
        """Make facts of them; whether anything changed."""
        upserts, chunk = self._upserts(), in_chunk(UNIT, low, high)
        if "purchase_orders" in upserts:
            upserts["purchase_orders"].save(tallies["purchase_orders"], chunk, load_id=self._load_id)
        came = arrivals.tied_arrivals() if "receipts" in upserts else []
        moved = self._write_lines()
        arrivals.hand_over(came)
        if "receipts" in upserts and tallies["receipts"].writes:
            write_numbers(RECEIPTS, _RECEIPTS.c.receipt_id, UNIT, chunk, load_id=self._load_id)
            upserts["receipts"].save(tallies["receipts"], chunk, load_id=self._load_id)
        if moved or any(tally.writes for tally in tallies.values()):
            _judge_observations()
            return True
        return False

    # Lines as they will be.

    def _stated_lines(self, low: int, high: int) -> None:
        present = self._present["purchase_order_lines"]
        lines = PURCHASE_ORDER_LINES
        source = (
            _LINES.join(UNIT, UNIT.c.number == _LINES.c.po_id)
            .outerjoin(_HEADS, _HEADS.c.po_id == UNIT.c.number)
            .outerjoin(PURCHASE_ORDERS, PURCHASE_ORDERS.c.number == UNIT.c.number)
            .outerjoin(
                lines,
                and_(lines.c.purchase_order_id == PURCHASE_ORDERS.c.id, lines.c.line_no == _LINES.c.line_no),
            )
            .outerjoin(SKUS, SKUS.c.code == _LINES.c.sku)
        )

        def stated(name: str, kept: SQLColumnExpression[Any]) -> SQLColumnExpression[Any]:
            """What the file says, where it has the column; else what is known."""
            return _LINES.c[name] if name in present else kept

        self._add_lines(
            source,
            and_(_LINES.c.bad == 0, in_chunk(UNIT, low, high)),
            staged=_LINES.c.line,
            line_no=_LINES.c.line_no,
            sku_id=SKUS.c.id,
            qty=self._less_what_was_moved(_LINES.c.qty),
            price=stated("unit_cost", lines.c.unit_cost),
            promised=stated("promised_date", stored(lines.c.promised_date)),
            expected=stated("expected_date", stored(lines.c.expected_date)),
        )

    def _less_what_was_moved(self, stated: ColumnElement[int]) -> ColumnElement[int]:
        """What is ordered of a line: as stated, unless that is what was ordered before units of it went to another
        supplier at the desk, which the merchant's own system does not know yet. Nothing is to be ordered twice.
        """
        if self._all_new:
            return stated
        lines = PURCHASE_ORDER_LINES
        moved = (
            select(func.coalesce(func.sum(REASSIGNMENTS.c.qty), 0))
            .where(REASSIGNMENTS.c.from_line_id == lines.c.id, REASSIGNMENTS.c.undone_at.is_(None))
            .correlate(lines)
            .scalar_subquery()
        )
        return case((stated == lines.c.qty + moved, lines.c.qty), else_=stated)

    def _other_lines(self, low: int, high: int) -> None:
        lines = PURCHASE_ORDER_LINES
        source = (
            UNIT.join(PURCHASE_ORDERS, PURCHASE_ORDERS.c.number == UNIT.c.number)
            .join(lines, lines.c.purchase_order_id == PURCHASE_ORDERS.c.id)
            .outerjoin(_HEADS, _HEADS.c.po_id == UNIT.c.number)
        )
        stated_again = exists().where(LINES.c.line_id == lines.c.id)
        self._add_lines(
            source,
            and_(in_chunk(UNIT, low, high), ~stated_again),
            staged=cast(null(), BigInteger),
            line_no=lines.c.line_no,
            sku_id=lines.c.sku_id,
            qty=lines.c.qty,
            price=lines.c.unit_cost,
            promised=stored(lines.c.promised_date),
            expected=stored(lines.c.expected_date),
        )

    def _add_lines(
        self,
        source: Any,
        rows: ColumnElement[bool],
        *,
        line_no: ColumnElement[int],
        promised: SQLColumnExpression[Any],
        expected: SQLColumnExpression[Any],
        **stated: SQLColumnExpression[Any],
    ) -> None:
        lines = PURCHASE_ORDER_LINES
        received = self._received(line_no) if "receipts" in self._present else or_none_at_all(lines.c.qty_received)
        # First what was promised, of the line and then of the whole; else what was expected.
        promise = func.coalesce(promised, self._of_head("promised_date"), expected, self._of_head("expected_date"))
        none = cast(0, BigInteger)
        worked_out = work_out(
            select(
                UNIT.c.seq,
                UNIT.c.number,
                lines.c.id.label("line_id"),
                lines.c.qty.label("was_qty"),
                line_no.label("line_no"),
                received.label("done"),
                self._supplies().label("supplies"),
                promised.label("promised"),
                expected.label("expected"),
                promise.label("promise"),
                *(part.label(name) for name, part in stated.items()),
            )
            .select_from(source)
            .where(rows)
        )
        new = worked_out.c
        before = lines.alias("before")
        final = {
            "qty": (new.qty, before.c.qty),
            "done": (new.done, before.c.qty_received),
            "cancelled": (none, none),
            "open": (case((and_(new.supplies, new.qty > new.done), new.qty - new.done), else_=0), before.c.qty_open),
            "sku_id": (new.sku_id, before.c.sku_id),
            "price": (new.price, before.c.unit_cost),
            "promised": (new.promised, stored(before.c.promised_date)),
            "expected": (new.expected, stored(before.c.expected_date)),
            "first_promise": (
                func.coalesce(stored(before.c.first_promise), new.promise),
                stored(before.c.first_promise),
            ),
            # Punctuality is measured against what was ordered when it was promised: a later cut does not flatter.
            "qty_promised": (
                case(
                    (or_(before.c.id.is_(None), before.c.first_promise.is_(None)), new.qty),
                    (new.qty > before.c.qty_promised, new.qty),
                    else_=before.c.qty_promised,
                ),
                before.c.qty_promised,
            ),
        }
        keep_lines(worked_out, before, final)

    def _received(self, line_no: ColumnElement[int]) -> ColumnElement[int]:
        """Units received of a line: as staged, and what the desk knows besides; reversed receipts stay reversed."""
        twin = RECEIPT_LINES.alias("twin")
        reversed_here = (
            exists()
            .where(
                RECEIPTS.c.number == _RECEIPTS.c.receipt_id,
                twin.c.receipt_id == RECEIPTS.c.id,
                twin.c.purchase_order_line_id == PURCHASE_ORDER_LINES.c.id,
                twin.c.reversed_at.is_not(None),
            )
            .correlate_except(RECEIPTS, twin)
        )
        of_line = (_RECEIPTS.c.po_id == UNIT.c.number, _RECEIPTS.c.line_no == line_no, _RECEIPTS.c.bad == 0)
        staged = (
            select(func.sum(_RECEIPTS.c.qty))
            .where(*of_line, *(() if self._all_new else (~reversed_here,)))
            .correlate_except(_RECEIPTS)
            .scalar_subquery()
        )
        if self._all_new:
            return func.coalesce(staged, 0)
        again = (
            exists()
            .where(
                _RECEIPTS.c.po_id == UNIT.c.number,
                _RECEIPTS.c.line_no == line_no,
                _RECEIPTS.c.receipt_id == RECEIPTS.c.number,
            )
            .correlate_except(_RECEIPTS)
        )
        known = (
            select(func.sum(RECEIPT_LINES.c.qty))
            .join(RECEIPTS, RECEIPTS.c.id == RECEIPT_LINES.c.receipt_id)
            .where(
                RECEIPT_LINES.c.purchase_order_line_id == PURCHASE_ORDER_LINES.c.id,
                RECEIPT_LINES.c.reversed_at.is_(None),
                ~again,
            )
            .correlate_except(RECEIPT_LINES, RECEIPTS)
            .scalar_subquery()
        )
        return func.coalesce(staged, 0) + func.coalesce(known, 0)

    def _supplies(self) -> ColumnElement[bool]:
        known = func.coalesce(PURCHASE_ORDERS.c.status, "sent")
        if "status" not in self._present.get("purchase_orders", ()):
            return known.in_(SUPPLYING_STATUSES)
        stated = case((_HEADS.c.line.is_(None), known), else_=func.coalesce(_HEADS.c.status, "sent"))
        # What the desk cancelled supplies nothing, whatever a file says that does not know it yet.
        return and_(stated.in_(SUPPLYING_STATUSES), PURCHASE_ORDERS.c.ended_at.is_(None))

    def _of_head(self, name: str) -> SQLColumnExpression[Any]:
        """A date stated for the whole purchase order."""
        known = stored(PURCHASE_ORDERS.c[name])
        if name not in self._present.get("purchase_orders", ()):
            return known
        return case((_HEADS.c.line.is_(None), known), else_=_HEADS.c[name])

    # Into the tables.

    def _upserts(self) -> dict[str, Upsert]:
        made = {"purchase_orders": self._heads, "receipts": self._receipt_lines}
        return {name: make(self._present[name]) for name, make in made.items() if name in self._present}

    def _heads(self, present: Collection[str]) -> Upsert:
        source = _HEADS.join(UNIT, UNIT.c.number == _HEADS.c.po_id).outerjoin(
            SUPPLIERS, SUPPLIERS.c.code == _HEADS.c.supplier_id
        )
        dates = {name: _HEADS.c[name] for name in ("promised_date", "expected_date") if name in present}
        status = {"status": self._status_stated()} if "status" in present else {}
        return Upsert(
            PURCHASE_ORDERS,
            source,
            true(),
            _HEADS.c.line,
            {"number": UNIT.c.number},
            {
                "supplier_id": SUPPLIERS.c.id,
                "ordered_at": _HEADS.c.ordered_at,
                "ordered_on": _HEADS.c.ordered_on,
                **dates,
                **status,
            },
        )

    def _status_stated(self) -> SQLColumnExpression[Any]:
        """The status as stated, unless that is the one before all of the order went to other suppliers at the desk, or
        the desk cancelled it and the file still has it open.
        """
        stated = func.coalesce(_HEADS.c.status, "sent")
        if self._all_new:
            return stated
        orders, lines = PURCHASE_ORDERS.alias("ended"), PURCHASE_ORDER_LINES.alias("moved")
        left_with = exists().where(
            lines.c.purchase_order_id == orders.c.id,
            REASSIGNMENTS.c.from_line_id == lines.c.id,
            REASSIGNMENTS.c.undone_at.is_(None),
            REASSIGNMENTS.c.from_status == stated,
        )
        ended_here = and_(orders.c.ended_at.is_not(None), stated.in_(("draft", *SUPPLYING_STATUSES)))
        kept = (
            select(orders.c.status)
            .where(orders.c.number == UNIT.c.number, or_(left_with.correlate(orders, _HEADS), ended_here))
            .correlate(UNIT, _HEADS)
            .scalar_subquery()
        )
        return func.coalesce(kept, stated)

    def _write_lines(self) -> bool:
        """Insert and change the lines that were worked out; whether there were any."""
        moved = LINES.c.state != SAME
        if not db.session.scalar(select(exists().where(moved))):
            return False
        lines = Upsert(
            PURCHASE_ORDER_LINES,
            LINES.join(PURCHASE_ORDERS, PURCHASE_ORDERS.c.number == LINES.c.number),
            moved,
            LINES.c.id,
            {"purchase_order_id": PURCHASE_ORDERS.c.id, "line_no": LINES.c.line_no},
            {
                "sku_id": LINES.c.sku_id,
                "qty": LINES.c.qty,
                "qty_promised": LINES.c.qty_promised,
                "qty_received": LINES.c.done,
                "qty_open": LINES.c.open,
                "unit_cost": LINES.c.price,
                "promised_date": LINES.c.promised,
                "expected_date": LINES.c.expected,
                "first_promise": LINES.c.first_promise,
            },
        )
        lines.save(count_states(), load_id=self._load_id)
        return True

    def _receipt_lines(self, present: Collection[str]) -> Upsert:
        lines = PURCHASE_ORDER_LINES
        source = (
            _RECEIPTS.join(UNIT, UNIT.c.number == _RECEIPTS.c.po_id)
            .outerjoin(RECEIPTS, RECEIPTS.c.number == _RECEIPTS.c.receipt_id)
            .outerjoin(PURCHASE_ORDERS, PURCHASE_ORDERS.c.number == UNIT.c.number)
            .outerjoin(
                lines,
                and_(lines.c.purchase_order_id == PURCHASE_ORDERS.c.id, lines.c.line_no == _RECEIPTS.c.line_no),
            )
        )
        return Upsert(
            RECEIPT_LINES,
            source,
            true(),
            _RECEIPTS.c.line,
            {"receipt_id": RECEIPTS.c.id, "purchase_order_line_id": lines.c.id},
            {
                "qty": _RECEIPTS.c.qty,
                "received_at": _RECEIPTS.c.received_at,
                "received_on": _RECEIPTS.c.received_on,
            },
        )


def _judge_observations() -> None:
    """Of the lines that were worked out: what came before it was ordered teaches nothing."""
    lines = PURCHASE_ORDER_LINES
    judged = (
        select(
            RECEIPT_LINES.c.id,
            case(
                (RECEIPT_LINES.c.received_on < PURCHASE_ORDERS.c.ordered_on, false()),
                else_=true(),
            ).label("observed"),
        )
        .select_from(
            LINES.join(PURCHASE_ORDERS, PURCHASE_ORDERS.c.number == LINES.c.number)
            .join(lines, and_(lines.c.purchase_order_id == PURCHASE_ORDERS.c.id, lines.c.line_no == LINES.c.line_no))
            .join(RECEIPT_LINES, RECEIPT_LINES.c.purchase_order_line_id == lines.c.id)
        )
        .subquery()
    )
    db.session.execute(
        update(RECEIPT_LINES)
        .values(observed=judged.c.observed)
        .where(RECEIPT_LINES.c.id == judged.c.id, RECEIPT_LINES.c.observed != judged.c.observed)
    )
