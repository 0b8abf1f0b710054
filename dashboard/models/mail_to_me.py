"""What people of the staff want to be told by mail, and what they were told."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Day, Instant, Name, PrimaryKey


class MailHabit(Base):
    """At which hour somebody reads the morning digest, and for which day it was last made."""

    __tablename__ = "mail_habits"

    person_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    digest_hour: Mapped[int] = mapped_column(SmallInteger, default=7, server_default="7")
    digest_on: Mapped[date | None] = mapped_column(
        Day, doc="By the real clock in the shop's zone: the last day looked at, also where there was nothing to say."
    )
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __table_args__ = (CheckConstraint("digest_hour >= 0 AND digest_hour <= 23", name="digest_hour"),)
    __mapper_args__ = {"version_id_col": version}


class MailChoice(Base):
    """A kind of news that somebody wants by mail, in the morning or at once; without a row they want none."""

    __tablename__ = "mail_choices"

    person_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    sent: Mapped[str] = mapped_column(String(8))
    told_up_to: Mapped[datetime] = mapped_column(Instant, doc="What was noticed until then is told.")

    __table_args__ = (
        CheckConstraint(
            "kind IN ('supply-late', 'sku-below', 'refund-due', 'payment-dies', 'promise-missed')", name="kind"
        ),
        CheckConstraint("sent IN ('morning', 'at-once')", name="sent"),
    )


class AlertCase(Base):
    """Something that is so now and that people may want to be told: it stays as long as it is so, and is told once."""

    __tablename__ = "alert_cases"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    subject: Mapped[Name] = mapped_column(primary_key=True, doc="The purchase order, SKU or order that it is about.")
    noticed_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (
        CheckConstraint(
            "kind IN ('supply-late', 'sku-below', 'refund-due', 'payment-dies', 'promise-missed')", name="kind"
        ),
        Index(None, "kind", "noticed_at"),
    )


class ReportSchedule(Base):
    """A report that somebody gets by mail, with its filters, every day or once a week."""

    __tablename__ = "report_schedules"

    id: Mapped[PrimaryKey]
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    report: Mapped[Name]
    filters: Mapped[str] = mapped_column(Text, doc="As in the report's address.")
    name: Mapped[str] = mapped_column(String, doc="How its owner calls it.")
    weekday: Mapped[int | None] = mapped_column(SmallInteger, doc="0 is Monday; empty: every day.")
    hour: Mapped[int] = mapped_column(SmallInteger)
    made_on: Mapped[date | None] = mapped_column(Day, doc="The last day it was made for, by the real clock.")
    made_at: Mapped[datetime] = mapped_column(Instant, doc="When it was asked for.")
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __table_args__ = (
        CheckConstraint("weekday >= 0 AND weekday <= 6", name="weekday"),
        CheckConstraint("hour >= 0 AND hour <= 23", name="hour"),
        Index(
            "ix_report_schedules_owner_id",
            "owner_id",
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )
    __mapper_args__ = {"version_id_col": version}
