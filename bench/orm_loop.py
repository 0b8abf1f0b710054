"""The other baseline: dealing as it is usually written, objects loaded and saved by the ORM, SKU by SKU, one commit.

It gives what `bench.match` gives: reservations from one location, pegs by date, nothing else.
"""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from dashboard.database import db, transaction
from dashboard.models import Order, OrderLine, Peg, PurchaseOrder, PurchaseOrderLine, Reservation, Stock


def deal_by_orm() -> int:
    """Deals every SKU; returns how many lines it looked at. The plan must be empty before."""
    seen = 0
    with transaction() as session:
        stock = defaultdict(list)
        for row in session.scalars(select(Stock)):
            stock[row.sku_id].append([row, row.on_hand])
        skus = session.scalars(select(OrderLine.sku_id).where(OrderLine.qty_open > 0).distinct()).all()
        for sku_id in skus:
            lines = session.scalars(
                select(OrderLine)
                .join(Order, Order.id == OrderLine.order_id)
                .where(OrderLine.sku_id == sku_id, OrderLine.qty_open > 0)
                .options(joinedload(OrderLine.order))
                .order_by(Order.priority, Order.placed_at, Order.number, OrderLine.line_no)
            ).all()
            incoming = session.scalars(
                select(PurchaseOrderLine)
                .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.purchase_order_id)
                .where(PurchaseOrderLine.sku_id == sku_id, PurchaseOrderLine.qty_open > 0)
                .options(joinedload(PurchaseOrderLine.purchase_order))
                .order_by(PurchaseOrder.expected_date, PurchaseOrder.promised_date, PurchaseOrder.number)
            ).all()
            left = [[line, line.qty_open] for line in incoming]
            for line in lines:
                seen += 1
                wanted = line.qty_open
                for shelf in stock[sku_id]:
                    units = min(wanted, shelf[1])
                    if units:
                        session.add(
                            Reservation(
                                line_id=line.id, part=1, location_id=shelf[0].location_id, sku_id=sku_id, qty=units
                            )
                        )
                        shelf[1] -= units
                        wanted -= units
                for supply in left:
                    units = min(wanted, supply[1])
                    if units:
                        eta = supply[0].expected_date or supply[0].purchase_order.promised_date
                        session.add(
                            Peg(
                                line_id=line.id,
                                part=1,
                                purchase_order_line_id=supply[0].id,
                                sku_id=sku_id,
                                qty=units,
                                eta=eta,
                            )
                        )
                        supply[1] -= units
                        wanted -= units
            session.flush()
            session.expunge_all()
    db.session.remove()
    return seen
