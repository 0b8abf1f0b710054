"""What customers are told of goods that leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard import models
from dashboard.actions.order_lines import LoadedOrder
from dashboard.domain.messages import Money, ParcelLeft
from dashboard.domain.shipments import Leaving


def parcel_left(
    session: Session,
    order: LoadedOrder,
    leaving: Sequence[Leaving],
    *,
    carrier: str | None,
    tracking: str | None,
    charged: Money | None = None,
) -> list[ParcelLeft]:
    """What left of each line, and what of it follows when; asked once the plan knows that it left."""
    gone = Counter[int]()
    for one in leaving:
        gone[one.line.line_no] += one.qty
    letters = []
    for line_no, qty in sorted(gone.items()):
        row = order.line(line_no).row
        waiting = models.Waiting
        dates = session.scalars(select(waiting.eta).where(waiting.line_id == row.id)).all()
        known = [day for day in dates if day is not None]
        letters.append(
            ParcelLeft(
                line_no=line_no,
                qty=qty,
                carrier=carrier,
                tracking=tracking,
                rest=row.qty_open or None,
                rest_on=max(known, default=None) if len(known) == len(dates) else None,
                charged=charged,
            )
        )
    return letters
