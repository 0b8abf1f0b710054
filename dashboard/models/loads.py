"""What came in with files: each load, its counts, what was said of its rows, and how rows stood before it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Instant, Key, Name, PrimaryKey, Quantity


class IntakeLoad(Base):
    """One load of files, or one look at uploaded ones: from where, how far it is, and what it came to."""

    __tablename__ = "intake_loads"

    id: Mapped[PrimaryKey]
    started_at: Mapped[datetime] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    source: Mapped[str] = mapped_column(String, doc="Name of the folder or file, without its path.")
    format: Mapped[str] = mapped_column(String(32))
    dry_run: Mapped[bool] = mapped_column(default=False, server_default=text("false"), doc="Looked at, not loaded.")
    state: Mapped[str] = mapped_column(String(10))
    beat_at: Mapped[datetime | None] = mapped_column(
        Instant, doc="When its process was last heard of, by the real clock; a killed one falls silent."
    )
    doing: Mapped[str | None] = mapped_column(String, doc="What is being done, in words; empty when it is over.")
    rows_done: Mapped[Quantity] = mapped_column(default=0, server_default="0")
    rows_total: Mapped[Quantity | None] = mapped_column(doc="Of how many; empty while that is not known.")
    fault_count: Mapped[Quantity] = mapped_column(default=0, server_default="0")
    remark_count: Mapped[Quantity] = mapped_column(default=0, server_default="0")
    failure: Mapped[str | None] = mapped_column(Text, doc="Why it failed, in a sentence.")
    foreseen: Mapped[str | None] = mapped_column(Text, doc="JSON: who would gain or lose a date by it.")
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    upload_id: Mapped[int | None] = mapped_column(
        BigInteger, doc="The look that its files were sent for, of a look its own id; empty where a command read them."
    )

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'undoing', 'undone')", name="state"),
        Index(None, "state"),
    )


class IntakeFile(Base):
    """What became of the rows of one file of a load."""

    __tablename__ = "intake_files"

    load_id: Mapped[int] = mapped_column(Key, ForeignKey("intake_loads.id"), primary_key=True)
    file: Mapped[Name] = mapped_column(primary_key=True, doc="Its name in the kit.")
    shown_as: Mapped[str] = mapped_column(String, doc="Its name as it came.")
    rows: Mapped[Quantity]
    new: Mapped[Quantity]
    changed: Mapped[Quantity]
    unchanged: Mapped[Quantity]
    faulty: Mapped[Quantity]
    left_out: Mapped[Quantity] = mapped_column(doc="Good in themselves, but of an order with a fault elsewhere.")

    __table_args__ = (Index(None, "file", "load_id"),)


class IntakeFault(Base):
    """What was said of a row or of a whole file: a fault, or a remark."""

    __tablename__ = "intake_faults"

    load_id: Mapped[int] = mapped_column(Key, ForeignKey("intake_loads.id"), primary_key=True)
    place: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False, doc="In the order they are told.")
    is_remark: Mapped[bool]
    file: Mapped[str] = mapped_column(String)
    line: Mapped[Quantity]
    column: Mapped[str] = mapped_column("column_name", String)
    reason: Mapped[str] = mapped_column(Text)


class IntakeChange(Base):
    """How a row stood before a load changed it, and after: what an undo compares with, and puts back."""

    __tablename__ = "intake_changes"

    id: Mapped[PrimaryKey]
    load_id: Mapped[int] = mapped_column(Key, ForeignKey("intake_loads.id"))
    table: Mapped[Name] = mapped_column("table_name")
    row: Mapped[int] = mapped_column("row_id", BigInteger, doc="Its id; of a day of stock history, its SKU's.")
    day: Mapped[int | None] = mapped_column(doc="Of a day of stock history.")
    before: Mapped[str] = mapped_column(Text, doc="JSON of the columns that files say, as they are stored.")
    after: Mapped[str] = mapped_column(Text)
    restored_version: Mapped[int | None] = mapped_column(
        doc="Once it is put back: the version that the row then had, 1 where rows have none."
    )

    __table_args__ = (Index(None, "load_id"), Index(None, "table_name", "row_id"))
