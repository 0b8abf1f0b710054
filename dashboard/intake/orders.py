"""Orders with all that belongs to them: lines, shipments, cancellations, authorisations. All of an order, or nothing.

A few thousand orders at a time: their lines are worked out as they will be, from what is staged and what the desk
knows; orders whose quantities cannot be are set aside; the others are compared, and written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import (
    SQLColumnExpression,
    Table,
    and_,
    case,
    delete,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
)

from dashboard import models, planning
from dashboard.database import db
from dashboard.intake import divided_lines, hold_ends
from dashboard.intake.masters import CUSTOMERS, LOCATIONS, PAYMENT_METHODS
from dashboard.intake.order_lines import (
    CANCELLATIONS,
    ORDER_LINES,
    ORDERS,
    SHIPMENT_LINES,
    SHIPMENTS,
    UNIT,
    WHOLE_LINE,
    OrderLines,
)
from dashboard.intake.staging import (
    CHANGED,
    LINES,
    SAME,
    STAGED,
    TAGS,
    bulk_insert,
    count_as_new,
    count_states,
    empty,
    in_chunk,
    keep_acts_away,
    none_is_known,
)
from dashboard.intake.upserts import Tally, Upsert, write_numbers

AUTHORIZATIONS: Table = models.Authorization.__table__
LINE_TAGS: Table = models.LineTag.__table__

_ORDERS = STAGED["orders"]
_SHIPMENTS, _CANCELLATIONS = STAGED["shipments"], STAGED["cancellations"]
_AUTHORIZATIONS = STAGED["authorizations"]


class OrderUnits:
    """The orders that some file says something of; `present` has the columns of each file that is loaded."""

    group = "order_id"
    files = ("orders", "order_lines", "shipments", "cancellations", "authorizations")
    # What is new whenever its order is: an authorisation may have been known of another one.
    new_with_it = ("orders", "shipments", "cancellations")

    def __init__(
        self, present: Mapping[str, Collection[str]], shown_as: Mapping[str, str], load_id: int | None = None
    ) -> None:
        self._present = present
        self._shown_as = shown_as
        self._load_id = load_id
        self._all_new = False

    def lock(self, low: int, high: int) -> None:
        """Keep acts away from these orders and their SKUs until the transaction ends."""
        known = select(ORDERS.c.id).join(UNIT, UNIT.c.number == ORDERS.c.number).where(in_chunk(UNIT, low, high))
        keep_acts_away(ORDERS, ORDER_LINES.c.order_id, ORDER_LINES.c.sku_id, known)

    def prepare(self, low: int, high: int) -> None:
        """Work out the lines of these orders as they will be, and set aside orders whose quantities cannot be."""
        self._all_new = none_is_known(UNIT, ORDERS, low, high)
        OrderLines(self._present, self._shown_as, all_new=self._all_new).work_out(low, high)

    def tally(self, low: int, high: int) -> dict[str, Tally]:
        """By file: what is new, changed, the same, in the orders that are not set aside."""
        tallies = {
            name: count_as_new(STAGED[name], UNIT, self.group, low, high)
            if self._all_new and name in self.new_with_it
            else upsert.tally(in_chunk(UNIT, low, high))
            for name, upsert in self._upserts().items()
        }
        if "order_lines" in self._present:
            tallies["order_lines"] = count_states(LINES.c.staged.is_not(None))
        return tallies

    def write(self, low: int, high: int, tallies: Mapping[str, Tally]) -> bool:
        """Make facts of them; whether anything changed."""
        upserts, chunk = self._upserts(), in_chunk(UNIT, low, high)
        if "orders" in upserts:
            upserts["orders"].save(tallies["orders"], chunk, load_id=self._load_id)
        shrinking = hold_ends.lines_that_shrink()
        moved = self._write_lines()
        changed = select(LINES.c.line_id).where(LINES.c.state == CHANGED)
        left = divided_lines.let_parts_follow(changed, hold_ends.left_from(shrinking))
        hold_ends.end_holds(shrinking, left, load_id=self._load_id)
        for name in ("shipments", "cancellations", "authorizations"):
            if name in upserts and tallies[name].writes:
                if name == "shipments":
                    write_numbers(SHIPMENTS, _SHIPMENTS.c.shipment_id, UNIT, chunk, load_id=self._load_id)
                upserts[name].save(tallies[name], chunk, load_id=self._load_id)
        return moved or any(tally.writes for tally in tallies.values())

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
        values: dict[str, SQLColumnExpression[Any]] = {"customer_id": CUSTOMERS.c.id}
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
    empty(TAGS)
    bulk_insert(db.session.connection(), TAGS, ["row", "tag"], words)
    rows = select(ORDER_LINES.c.id, TAGS.c.tag).select_from(lines.join(TAGS, TAGS.c.row == LINES.c.id))
    with planning.retagging(db.session.connection(), db.session.scalars(changed).all()):
        db.session.execute(delete(LINE_TAGS).where(LINE_TAGS.c.line_id.in_(changed)))
        db.session.execute(LINE_TAGS.insert().from_select(["line_id", "tag"], rows))
