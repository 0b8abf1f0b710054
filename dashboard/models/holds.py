"""Units that planning may not move, and why: facts, not derivations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Instant, Key, LoadId, PrimaryKey, Quantity

# In the order in which a hold is honoured when less is there than is held.
HOLD_KINDS = ("picked", "fixed", "told", "dealt")


class Hold(Base):
    """So many units of a line's part at a location, or of a purchase-order line (a tie), held until it ends."""

    __tablename__ = "holds"

    id: Mapped[PrimaryKey]
    line_id: Mapped[int] = mapped_column(Key, ForeignKey("order_lines.id"))
    part: Mapped[int] = mapped_column(SmallInteger, default=1, server_default="1")
    location_id: Mapped[int | None] = mapped_column(Key, ForeignKey("locations.id"))
    purchase_order_line_id: Mapped[int | None] = mapped_column(Key, ForeignKey("purchase_order_lines.id"))
    qty: Mapped[Quantity]
    kind: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(String)
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    end_reason: Mapped[str | None] = mapped_column(String)
    load_id: Mapped[LoadId] = mapped_column(doc="Of the ended part of a hold that a load divided; else empty.")

    __table_args__ = (
        CheckConstraint("qty > 0", name="qty"),
        CheckConstraint("kind IN ('picked', 'fixed', 'told', 'dealt')", name="kind"),
        CheckConstraint(
            "(location_id IS NULL) <> (purchase_order_line_id IS NULL)",
            name="at_a_location_or_of_a_purchase_order",
        ),
        Index(None, "line_id", "part"),
        Index(
            "ix_holds_live",
            "id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_holds_live_of_supply",
            "purchase_order_line_id",
            sqlite_where=text("ended_at IS NULL AND purchase_order_line_id IS NOT NULL"),
            postgresql_where=text("ended_at IS NULL AND purchase_order_line_id IS NOT NULL"),
        ),
    )
