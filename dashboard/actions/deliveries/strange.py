"""Units that nobody ordered and that stand on a shelf all the same: whoever put them there knows how many it holds now.

No receipt says so: a receipt is of a line that was ordered, and teaches how long its supplier takes. The shelf is
counted anew instead, by as many units.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from dashboard.actions.shelves import lower, moment_after_count, picked_at
from dashboard.domain import stock_counts
from dashboard.domain.deliveries import DeliveryRefused
from dashboard.domain.receipts import Shelf
from dashboard.models import Stock


def put_on_shelf(shelf: Stock, *, qty: int) -> None:
    """So many units more stand there, and that is the shelf's count."""
    shelf.counted, shelf.counted_at = shelf.on_hand + qty, moment_after_count(shelf)
    shelf.on_hand = shelf.counted


def take_off_shelf(session: Session, shelf: Stock, location: str, *, qty: int) -> None:
    """They stand there no more; never fewer than are picked."""
    stands = Shelf(location, shelf.on_hand, picked_at(session, shelf.sku_id, shelf.location_id))
    try:
        counted = stock_counts.count(stands, qty=max(0, shelf.on_hand - qty))
    except stock_counts.StockCountRefused as refused:
        raise DeliveryRefused(refused.sentence, "Put picked units back first.") from refused
    at_this_moment = moment_after_count(shelf)
    lower(session, shelf, counted)
    shelf.counted, shelf.counted_at = counted, at_this_moment
