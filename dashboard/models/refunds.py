"""What a customer gets back."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Day, Instant, Key, Micros, PrimaryKey, Quantity


class Refund(Base):
    """Money that is owed for cancelled units of a line, in the order's currency, and until when."""

    __tablename__ = "refunds"

    id: Mapped[PrimaryKey]
    line_id: Mapped[int] = mapped_column(Key, ForeignKey("order_lines.id"))
    act_id: Mapped[int] = mapped_column(Key, ForeignKey("acts.id"), doc="The cancel that it follows from.")
    qty: Mapped[Quantity] = mapped_column(doc="Units that were cancelled.")
    worth: Mapped[Micros] = mapped_column(doc="What they come to, with tax and shipping.")
    amount: Mapped[Micros] = mapped_column(doc="What of it was paid and goes back; the rest is not charged.")
    shipping_amount: Mapped[Micros] = mapped_column(doc="Their share of shipping, within their worth.")
    due_on: Mapped[date] = mapped_column(Day)
    made_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (
        CheckConstraint("qty > 0", name="qty"),
        CheckConstraint("amount >= 0 AND amount <= worth", name="amount"),
        Index(None, "line_id"),
        Index(None, "act_id"),
    )
