"""Orders with all that belongs to them: lines, shipments, cancellations, authorisations. All of an order, or nothing.

A few thousand orders at a time: their lines are worked out as they will be, from what is staged and what the desk
knows; orders whose quantities cannot be are set aside; the others are compared, and written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    Table,
    and_,
    case,
    cast,
    delete,
    exists,
    false,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.sql.elements import ColumnElement

from dashboard import models
from dashboard.database import db
from dashboard.intake.faults import Fault
from dashboard.intake.masters import CUSTOMERS, LOCATIONS, PAYMENT_METHODS, SKUS, SUPPLIERS
from dashboard.intake.staging import (
    CHANGED,
    LINES,
    NEW,
    SAME,
    STAGED,
    TAGS,
    UNITS,
    bulk_insert,
    count_states,
    in_chunk,
    keep_acts_away,
    note,
    or_none_at_all,
    set_aside,
    stored,
)
from dashboard.intake.upserts import Tally, Upsert, write_numbers

ORDERS: Table = models.Order.__table__
ORDER_LINES: Table = models.OrderLine.__table__
SHIPMENTS: Table = models.Shipment.__table__
SHIPMENT_LINES: Table = models.ShipmentLine.__table__
CANCELLATIONS: Table = models.Cancellation.__table__
AUTHORIZATIONS: Table = models.Authorization.__table__
LINE_TAGS: Table = models.LineTag.__table__

UNIT = UNITS["order_id"]
WHOLE_LINE = 1  # the part that an undivided line is

_ORDERS, _LINES = STAGED["orders"], STAGED["order_lines"]
_SHIPMENTS, _CANCELLATIONS = STAGED["shipments"], STAGED["cancellations"]
_AUTHORIZATIONS = STAGED["authorizations"]


class OrderUnits:
    """The orders that some file says something of; `present` has the columns of each file that is loaded."""

    group = "order_id"
    files = ("orders", "order_lines", "shipments", "cancellations", "authorizations")

    def __init__(
        self, present: Mapping[str, Collection[str]], shown_as: Mapping[str, str], load_id: int | None = None
    ) -> None:
        self._present = present
        self._shown_as = shown_as
        self._load_id = load_id

    def lock(self, low: int, high: int) -> None:
        """Keep acts away from these orders and their SKUs until the transaction ends."""
        known = select(ORDERS.c.id).join(UNIT, UNIT.c.number == ORDERS.c.number).where(in_chunk(UNIT, low, high))
        keep_acts_away(ORDERS, ORDER_LINES.c.order_id, ORDER_LINES.c.sku_id, known)

    def prepare(self, low: int, high: int) -> None:
        """Work out the lines of these orders as they will be, and set aside orders whose quantities cannot be."""
        db.session.execute(delete(LINES))
        self._stated_lines(low, high)
        self._other_lines(low, high)
        self._refuse_impossible_quantities()

    def tally(self, low: int, high: int) -> dict[str, Tally]:
        """By file: what is new, changed, the same, in the orders that are not set aside."""
        tallies = {name: upsert.tally(in_chunk(UNIT, low, high)) for name, upsert in self._upserts().items()}
        if "order_lines" in self._present:
            tallies["order_lines"] = count_states(LINES.c.staged.is_not(None))
        return tallies

    def write(self, low: int, high: int, tallies: Mapping[str, Tally]) -> bool:
        """Make facts of them; whether anything changed."""
        upserts, chunk = self._upserts(), in_chunk(UNIT, low, high)
        if "orders" in upserts:
            upserts["orders"].save(tallies["orders"], chunk, load_id=self._load_id)
        moved = self._write_lines()
        for name in ("shipments", "cancellations", "authorizations"):
            if name in upserts and tallies[name].writes:
                if name == "shipments":
                    write_numbers(SHIPMENTS, _SHIPMENTS.c.shipment_id, UNIT, chunk, load_id=self._load_id)
                upserts[name].save(tallies[name], chunk, load_id=self._load_id)
        return moved or any(tally.writes for tally in tallies.values())

    # Lines as they will be.

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

        def stated(name: str, kept: ColumnElement[Any]) -> ColumnElement[Any]:
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
        promised: ColumnElement[Any],
        unresolved: ColumnElement[bool],
        **stated: ColumnElement[Any],
    ) -> None:
        shipped = self._shipped(line_no) if "shipments" in self._present else or_none_at_all(ORDER_LINES.c.qty_shipped)
        cancelled = (
            self._cancelled(line_no)
            if "cancellations" in self._present
            else or_none_at_all(ORDER_LINES.c.qty_cancelled)
        )
        worked_out = (
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
            .cte("worked_out")
            .prefix_with("MATERIALIZED")  # Else the sums are taken anew at each place where they are used.
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
        differs = or_(new.unresolved, *(will_be.is_distinct_from(was) for will_be, was in final.values()))
        state = case((new.line_id.is_(None), NEW), (differs, CHANGED), else_=SAME)
        carried = ("staged", "seq", "number", "line_no", "line_id", "was_qty")
        rows_of_lines = (
            select(state, *(new[name] for name in carried), *(will_be for will_be, _was in final.values()))
            .select_from(worked_out.outerjoin(before, before.c.id == new.line_id))
            .order_by(new.seq, new.line_no)
        )
        db.session.execute(insert(LINES).from_select(["state", *carried, *final], rows_of_lines))

    def _shipped(self, line_no: ColumnElement[int]) -> ColumnElement[int]:
        """Units shipped of a line: as staged, and what the desk knows besides."""
        staged = (
            select(func.sum(_SHIPMENTS.c.qty))
            .where(_SHIPMENTS.c.order_id == UNIT.c.number, _SHIPMENTS.c.line_no == line_no, _SHIPMENTS.c.bad == 0)
            .correlate_except(_SHIPMENTS)
            .scalar_subquery()
        )
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

    def _order_promise(self) -> ColumnElement[Any]:
        """The date stated for the whole order."""
        known = stored(ORDERS.c.promised_date)
        if "promised_date" not in self._present.get("orders", ()):
            return known
        return case((_ORDERS.c.line.is_(None), known), else_=_ORDERS.c.promised_date)

    def _promise_before(self) -> ColumnElement[Any]:
        """The date that was stated for a line until now, its own or its order's."""
        return func.coalesce(stored(ORDER_LINES.c.promised_date), stored(ORDERS.c.promised_date))

    # Quantities that cannot be.

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

    # Into the tables.

    def _upserts(self) -> dict[str, Upsert]:
        made = {
            "orders": self._orders,
            "shipments": self._shipment_lines,
            "cancellations": self._cancellation_rows,
            "authorizations": self._authorization_rows,
        }
        return {name: make(self._present[name]) for name, make in made.items() if name in self._present}

    def _orders(self, present: Collection[str]) -> Upsert:
        defaults: dict[str, Any] = {
            "ship_complete": false(),
            "status": "open",
            "may_split": true(),
            "credit_applied": false(),
        }
        plain = ("currency", "channel", "promised_date", "last_date", "not_before", "shipping_amount")
        values: dict[str, ColumnElement[Any]] = {"customer_id": CUSTOMERS.c.id}
        values |= {name: _ORDERS.c[name] for name in plain if name in present}
        values |= {name: func.coalesce(_ORDERS.c[name], value) for name, value in defaults.items() if name in present}
        if "payment_method_id" in present:
            values["payment_method_id"] = PAYMENT_METHODS.c.id
        if "location" in present:
            values["location_id"] = LOCATIONS.c.id
        source = (
            _ORDERS.join(UNIT, UNIT.c.number == _ORDERS.c.order_id)
            .outerjoin(CUSTOMERS, CUSTOMERS.c.code == _ORDERS.c.customer_id)
            .outerjoin(PAYMENT_METHODS, PAYMENT_METHODS.c.code == _ORDERS.c.payment_method_id)
            .outerjoin(LOCATIONS, LOCATIONS.c.code == _ORDERS.c.location)
        )
        if "priority" in present:
            # What staff set, with a reason, stands until staff set it otherwise.
            known = ORDERS.alias("known")
            source = source.outerjoin(known, known.c.number == _ORDERS.c.order_id)
            values["priority"] = case(
                (known.c.priority_reason.is_not(None), known.c.priority), else_=_ORDERS.c.priority
            )
        return Upsert(
            ORDERS,
            source,
            true(),
            _ORDERS.c.line,
            {"number": UNIT.c.number},
            values,
            first={"placed_at": _ORDERS.c.placed_at, "placed_on": _ORDERS.c.placed_on},
            unresolved=or_(
                and_(_ORDERS.c.payment_method_id.is_not(None), PAYMENT_METHODS.c.id.is_(None)),
                and_(_ORDERS.c.location.is_not(None), LOCATIONS.c.id.is_(None)),
            ),
        )

    def _write_lines(self) -> bool:
        """Insert and change the lines that were worked out; whether there were any."""
        moved = LINES.c.state != SAME
        tagged = db.session.execute(select(LINES.c.id, LINES.c.tags).where(moved, LINES.c.tags.is_not(None))).all()
        if not tagged and not db.session.scalar(select(exists().where(moved))):
            return False
        source = LINES.join(ORDERS, ORDERS.c.number == LINES.c.number)
        lines = Upsert(
            ORDER_LINES,
            source,
            moved,
            LINES.c.id,
            {"order_id": ORDERS.c.id, "line_no": LINES.c.line_no},
            {
                "sku_id": LINES.c.sku_id,
                "qty": LINES.c.qty,
                "qty_shipped": LINES.c.done,
                "qty_cancelled": LINES.c.cancelled,
                "qty_open": LINES.c.open,
                "unit_price": LINES.c.price,
                "promised_date": LINES.c.promised,
                "first_promise": LINES.c.first_promise,
                "current_promise": LINES.c.current_promise,
                "supplier_id": LINES.c.supplier_id,
                "tags": LINES.c.tags,
                "tax_amount": LINES.c.tax,
                "discount_amount": LINES.c.discount,
            },
        )
        lines.save(count_states(), load_id=self._load_id)
        _write_tags([(row, word) for row, tags in tagged for word in sorted(set(tags.split()))])
        return True

    def _shipment_lines(self, present: Collection[str]) -> Upsert:
        source = (
            _SHIPMENTS.join(UNIT, UNIT.c.number == _SHIPMENTS.c.order_id)
            .outerjoin(SHIPMENTS, SHIPMENTS.c.number == _SHIPMENTS.c.shipment_id)
            .outerjoin(ORDERS, ORDERS.c.number == UNIT.c.number)
            .outerjoin(
                ORDER_LINES, and_(ORDER_LINES.c.order_id == ORDERS.c.id, ORDER_LINES.c.line_no == _SHIPMENTS.c.line_no)
            )
        )
        names = ("carrier", "tracking")
        return Upsert(
            SHIPMENT_LINES,
            source,
            true(),
            _SHIPMENTS.c.line,
            {"shipment_id": SHIPMENTS.c.id, "line_id": ORDER_LINES.c.id, "part": literal(WHOLE_LINE)},
            {
                "qty": _SHIPMENTS.c.qty,
                "shipped_at": _SHIPMENTS.c.shipped_at,
                **{name: _SHIPMENTS.c[name] for name in names if name in present},
            },
        )

    def _cancellation_rows(self, present: Collection[str]) -> Upsert:
        source = (
            _CANCELLATIONS.join(UNIT, UNIT.c.number == _CANCELLATIONS.c.order_id)
            .outerjoin(ORDERS, ORDERS.c.number == UNIT.c.number)
            .outerjoin(
                ORDER_LINES,
                and_(ORDER_LINES.c.order_id == ORDERS.c.id, ORDER_LINES.c.line_no == _CANCELLATIONS.c.line_no),
            )
        )
        return Upsert(
            CANCELLATIONS,
            source,
            true(),
            _CANCELLATIONS.c.line,
            {
                "line_id": ORDER_LINES.c.id,
                "part": literal(WHOLE_LINE),
                "cancelled_at": _CANCELLATIONS.c.cancelled_at,
            },
            {
                "qty": _CANCELLATIONS.c.qty,
                **({"reason": _CANCELLATIONS.c.reason} if "reason" in present else {}),
            },
        )

    def _authorization_rows(self, present: Collection[str]) -> Upsert:
        names = ("expires_at", "expires_on", "multi_capture", "captured_amount", "state")
        source = _AUTHORIZATIONS.join(UNIT, UNIT.c.number == _AUTHORIZATIONS.c.order_id).outerjoin(
            ORDERS, ORDERS.c.number == UNIT.c.number
        )
        return Upsert(
            AUTHORIZATIONS,
            source,
            true(),
            _AUTHORIZATIONS.c.line,
            {"number": _AUTHORIZATIONS.c.authorization_id},
            {
                "order_id": ORDERS.c.id,
                "amount": _AUTHORIZATIONS.c.amount,
                "authorized_at": _AUTHORIZATIONS.c.authorized_at,
                **{name: _AUTHORIZATIONS.c[name] for name in names if name in present},
            },
        )


def _write_tags(words: list[tuple[int, str]]) -> None:
    """Keep the words of tags apart, for filtering: of each line that moved (by its row of `LINES`) the words of now."""
    lines = LINES.join(ORDERS, ORDERS.c.number == LINES.c.number).join(
        ORDER_LINES, and_(ORDER_LINES.c.order_id == ORDERS.c.id, ORDER_LINES.c.line_no == LINES.c.line_no)
    )
    changed = select(LINES.c.line_id).where(LINES.c.state == CHANGED)
    db.session.execute(delete(LINE_TAGS).where(LINE_TAGS.c.line_id.in_(changed)))
    db.session.execute(delete(TAGS))
    bulk_insert(db.session.connection(), TAGS, ["row", "tag"], words)
    rows = select(ORDER_LINES.c.id, TAGS.c.tag).select_from(lines.join(TAGS, TAGS.c.row == LINES.c.id))
    db.session.execute(LINE_TAGS.insert().from_select(["line_id", "tag"], rows))
