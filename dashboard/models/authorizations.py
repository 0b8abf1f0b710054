"""What the gateway allowed to be charged, until when, and whether more than once."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Day, Instant, Key, LoadId, Micros, Name, PrimaryKey

# States in which an authorisation can no longer be captured, whatever its date says.
SPENT_STATES = (
    "captured",
    "voided",
    "void",
    "expired",
    "cancelled",
    "canceled",
    "failed",
    "declined",
    "released",
)


class Authorization(Base):
    """A gateway's promise to pay for an order."""

    __tablename__ = "authorizations"

    id: Mapped[PrimaryKey]
    number: Mapped[Name] = mapped_column(unique=True)
    order_id: Mapped[int] = mapped_column(Key, ForeignKey("orders.id"))
    amount: Mapped[Micros]
    authorized_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant, doc="The gateway's own date; never a fixed term.")
    expires_on: Mapped[date | None] = mapped_column(Day, doc="The shop's date of expires_at; a copy.")
    multi_capture: Mapped[bool | None]
    captured_amount: Mapped[Micros | None]
    state: Mapped[str | None] = mapped_column(String)
    load_id: Mapped[LoadId]

    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("captured_amount >= 0", name="captured"),
        Index(None, "order_id"),
    )
