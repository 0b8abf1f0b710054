"""What staff keep beside orders and lines: notes, call-backs, whose a line is, who follows an order."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
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
    contact: Mapped[str | None] = mapped_column(
        String(5), doc="The way in which its customer was in contact; empty: a note for colleagues alone."
    )

    __table_args__ = (
        CheckConstraint("says <> ''", name="says"),
        CheckConstraint("contact IN ('phone', 'mail', 'chat')", name="contact"),
        Index(None, "order_id"),
        Index(None, "line_id"),
    )


class CallBack(Base):
    """That somebody calls the customer of an order back by a moment; done once somebody wrote what came of it."""

    __tablename__ = "call_backs"

    id: Mapped[PrimaryKey]
    order_id: Mapped[int] = mapped_column(Key, ForeignKey("orders.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), doc="Who calls; empty: whoever is free.")
    due_at: Mapped[datetime] = mapped_column(Instant)
    about: Mapped[str | None] = mapped_column(Text)
    promised_at: Mapped[datetime] = mapped_column(Instant)
    promised_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    done_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[str | None] = mapped_column(Text, doc="What came of it.")

    __table_args__ = (
        CheckConstraint("(done_at IS NULL) = (outcome IS NULL)", name="outcome"),
        Index(None, "order_id"),
        Index(
            "ix_call_backs_due",
            "person_id",
            "due_at",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
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


class OrderFollow(Base):
    """That somebody follows an order, and up to which act of the history they have seen what was done to it."""

    __tablename__ = "order_follows"

    person_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    order_id: Mapped[int] = mapped_column(Key, ForeignKey("orders.id"), primary_key=True)
    followed_at: Mapped[datetime] = mapped_column(Instant)
    seen_act: Mapped[int] = mapped_column(BigInteger, doc="The id of the last act that they have seen.")

    __table_args__ = (Index(None, "order_id"),)
