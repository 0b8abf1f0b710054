"""What staff keep beside orders and lines: notes, whose a line is, and until when it is out of sight."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Day, Instant, Key, PrimaryKey


class Note(Base):
    """What somebody wrote down about an order, or a line of it. A note that is removed stays, and is shown no more."""

    __tablename__ = "notes"

    id: Mapped[PrimaryKey]
    order_id: Mapped[int] = mapped_column(Key, ForeignKey("orders.id"))
    line_id: Mapped[int | None] = mapped_column(Key, ForeignKey("order_lines.id"), doc="Empty: of the whole order.")
    says: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
    removed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        CheckConstraint("says <> ''", name="says"),
        Index(None, "order_id"),
        Index(None, "line_id"),
    )


class Assignment(Base):
    """Whose a line is, and until which day it is out of sight of who asks what to do today."""

    __tablename__ = "assignments"

    line_id: Mapped[int] = mapped_column(Key, ForeignKey("order_lines.id"), primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), doc="Empty: nobody's.")
    snoozed_until: Mapped[date | None] = mapped_column(Day, doc="The day on which it is back; empty: in sight.")
    set_at: Mapped[datetime] = mapped_column(Instant)
    set_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __table_args__ = (Index(None, "person_id"),)
    __mapper_args__ = {"version_id_col": version}
