"""What happened, day by day and act by act; how fresh each topic is."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import DDL, BigInteger, ForeignKey, Index, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Day, Instant, Key, Name, PrimaryKey, Quantity


class Act(Base):
    """Who did what to which subject, when, from what to what, and why. Rows are never changed or deleted.

    It holds ids, no personal data: `actor_id` is empty for the system itself.
    """

    __tablename__ = "acts"

    id: Mapped[PrimaryKey]
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    act: Mapped[Name]
    subject: Mapped[Name] = mapped_column(doc="For example `order-line 10482/1`.")
    before: Mapped[str | None] = mapped_column(Text, doc="JSON of the particulars before.")
    after: Mapped[str | None] = mapped_column(Text, doc="JSON of the particulars after.")
    why: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index(None, "at"), Index(None, "subject"))


# One list of statements, used by the models and by the migrations, so that both make the same database.
HISTORY_GUARDS: dict[str, tuple[str, ...]] = {
    "sqlite": (
        "CREATE TRIGGER acts_are_never_changed BEFORE UPDATE ON acts "
        "BEGIN SELECT RAISE(ABORT, 'history is never changed'); END",
        "CREATE TRIGGER acts_are_never_deleted BEFORE DELETE ON acts "
        "BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION refuse_to_change_history() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION 'history is never changed or deleted'; END$$",
        "CREATE TRIGGER acts_are_never_changed BEFORE UPDATE OR DELETE ON acts "
        "FOR EACH ROW EXECUTE FUNCTION refuse_to_change_history()",
        "CREATE TRIGGER acts_are_never_emptied BEFORE TRUNCATE ON acts "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history()",
    ),
}
for _dialect, _statements in HISTORY_GUARDS.items():
    for _statement in _statements:
        event.listen(Act.__table__, "after_create", DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect))
event.listen(
    Act.__table__,
    "after_drop",
    DDL("DROP FUNCTION IF EXISTS refuse_to_change_history()").execute_if(dialect="postgresql"),
)


class Submission(Base):
    """A form that was sent and done, under the key that it was handed out with: sent again, it does nothing more."""

    __tablename__ = "submissions"

    key: Mapped[Name] = mapped_column(primary_key=True)
    act_id: Mapped[int] = mapped_column(Key, ForeignKey("acts.id"), doc="What it did, who sent it and when.")
    notice: Mapped[str] = mapped_column(Text, doc="What was answered.")

    __table_args__ = (Index(None, "act_id"),)


class DailySnapshot(Base):
    """One figure as it stood at the end of a shop day, for trends and for what changed since yesterday."""

    __tablename__ = "daily_snapshots"

    day: Mapped[date] = mapped_column(Day, primary_key=True)
    figure: Mapped[Name] = mapped_column(primary_key=True)
    key: Mapped[Name] = mapped_column(
        primary_key=True, doc="A part of the figure: of lines, `filter:value`. Empty for all."
    )
    currency: Mapped[Name] = mapped_column(primary_key=True, doc="Empty where the figure is no money.")
    amount: Mapped[Quantity] = mapped_column(doc="A count, or money in micro-units.")


class TopicVersion(Base):
    """How often a topic changed. Bumped as the last statement before commit, in name order."""

    __tablename__ = "topic_versions"

    topic: Mapped[Name] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
