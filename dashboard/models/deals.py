"""Supply dealt out again: how it is to be done, what each run found, and where it made lines stand."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Day, Instant, Key, PrimaryKey

STRATEGIES = ("win", "gain", "redistribute", "fill", "lose")
SORTS = ("queue", "oldest", "promise", "value", "smallest")
RUN_STATES = ("waiting", "running", "simulated", "failed", "committed", "undone")


class DealVariant(Base):
    """A way of dealing supply out again that is kept under a name: whose SKUs it is about, and its segments."""

    __tablename__ = "deal_variants"

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(String)
    scope: Mapped[str] = mapped_column(
        Text, doc="Filters as an address has them; empty: every SKU that lines wait for."
    )
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __table_args__ = (CheckConstraint("name <> ''", name="name"),)
    __mapper_args__ = {"version_id_col": version}


class DealSegment(Base):
    """Lines that a variant treats alike: which, in which order, by which strategy. A line is of the first that fits."""

    __tablename__ = "deal_segments"

    variant_id: Mapped[int] = mapped_column(Key, ForeignKey("deal_variants.id"), primary_key=True)
    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    filters: Mapped[str] = mapped_column(Text, doc="As an address has them; empty: every line that is left.")
    sort: Mapped[str] = mapped_column(String(12))
    strategy: Mapped[str] = mapped_column(String(12))

    __table_args__ = (
        CheckConstraint(f"strategy IN ({', '.join(map(repr, STRATEGIES))})", name="strategy"),
        CheckConstraint(f"sort IN ({', '.join(map(repr, SORTS))})", name="sort"),
        CheckConstraint("place >= 1", name="place"),
    )


class DealRun(Base):
    """One run: simulated first; then, by somebody with the right and a reason, committed; perhaps undone."""

    __tablename__ = "deal_runs"

    id: Mapped[PrimaryKey]
    variant_id: Mapped[int] = mapped_column(Key, ForeignKey("deal_variants.id"))
    name: Mapped[str] = mapped_column(String, doc="Of its variant, when it was asked for.")
    scope: Mapped[str] = mapped_column(Text)
    segments: Mapped[str] = mapped_column(Text, doc="JSON of the variant's segments, as they were.")
    state: Mapped[str] = mapped_column(String(10))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    beat_at: Mapped[datetime | None] = mapped_column(Instant, doc="When its worker took it, by the real clock.")
    simulated_at: Mapped[datetime | None] = mapped_column(Instant)
    shop_day: Mapped[date | None] = mapped_column(Day, doc="The day for which it was simulated.")
    seconds: Mapped[int | None] = mapped_column(doc="How long the simulation took, in thousandths.")
    facts_seen: Mapped[int | None] = mapped_column(BigInteger, doc="Fingerprint of how its SKUs stood then.")
    figures: Mapped[str | None] = mapped_column(Text, doc="JSON: what it would do, by strategy and currency.")
    failure: Mapped[str | None] = mapped_column(Text, doc="Why it could not be simulated, in a sentence.")
    committed_at: Mapped[datetime | None] = mapped_column(Instant)
    committed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    undo_reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(map(repr, RUN_STATES))})", name="state"),
        CheckConstraint("(state IN ('committed', 'undone')) = (committed_at IS NOT NULL)", name="committed"),
        CheckConstraint("committed_at IS NULL OR reason IS NOT NULL", name="reason"),
        CheckConstraint("(state = 'undone') = (undone_at IS NOT NULL)", name="undone"),
        Index(None, "variant_id"),
        Index(
            "ix_deal_runs_due",
            "id",
            sqlite_where=text("state IN ('waiting', 'running')"),
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
    )


class DealSchedule(Base):
    """When a way of dealing is simulated and committed by itself, as whose act and why; and what came of it last."""

    __tablename__ = "deal_schedules"

    variant_id: Mapped[int] = mapped_column(Key, ForeignKey("deal_variants.id"), primary_key=True)
    weekdays: Mapped[str] = mapped_column(String(7), doc="Digits in their order; 0 is Monday.")
    at_minute: Mapped[int] = mapped_column(SmallInteger, doc="Of the day in the shop's zone, from 0.")
    reason: Mapped[str] = mapped_column(Text, doc="With which every run of it is committed.")
    set_at: Mapped[datetime] = mapped_column(Instant, doc="When it was set or resumed, by the real clock.")
    set_by: Mapped[int] = mapped_column(ForeignKey("users.id"), doc="Whose act every run of it is.")
    paused_at: Mapped[datetime | None] = mapped_column(Instant)
    paused_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ran_on: Mapped[date | None] = mapped_column(Day, doc="The last day that it was begun for, by the real clock.")
    run_id: Mapped[int | None] = mapped_column(Key, ForeignKey("deal_runs.id"), doc="The last run that it asked for.")
    tries: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0", doc="Runs of that day.")
    ended_at: Mapped[datetime | None] = mapped_column(Instant, doc="When that was settled; empty: it is under way.")
    failure: Mapped[str | None] = mapped_column(Text, doc="Why nothing was dealt, in a sentence.")
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __table_args__ = (
        CheckConstraint("weekdays <> ''", name="weekdays"),
        CheckConstraint("at_minute >= 0 AND at_minute < 1440", name="at_minute"),
        CheckConstraint("reason <> ''", name="reason"),
    )
    __mapper_args__ = {"version_id_col": version}


class DealSku(Base):
    """A SKU that a run deals out."""

    __tablename__ = "deal_skus"

    run_id: Mapped[int] = mapped_column(Key, ForeignKey("deal_runs.id"), primary_key=True)
    sku_id: Mapped[int] = mapped_column(Key, ForeignKey("skus.id", ondelete="CASCADE"), primary_key=True)

    __table_args__ = ({"sqlite_with_rowid": False},)


class DealFinding(Base):
    """What a run gives to whom and makes stand where, packed: only its commit and its undo read it, and that whole."""

    __tablename__ = "deal_findings"

    run_id: Mapped[int] = mapped_column(Key, ForeignKey("deal_runs.id"), primary_key=True)
    held: Mapped[int] = mapped_column(BigInteger, doc="Units that are held once it is committed.")
    units: Mapped[bytes] = mapped_column(LargeBinary, doc="Line, part, location or purchase-order line, quantity.")
    ranks: Mapped[bytes] = mapped_column(LargeBinary, doc="Line, part, rank.")


class DealRank(Base):
    """Where a run that was committed makes a part of a line stand in the queue of its SKU."""

    __tablename__ = "deal_ranks"

    run_id: Mapped[int] = mapped_column(Key, ForeignKey("deal_runs.id"), primary_key=True)
    line_id: Mapped[int] = mapped_column(Key, ForeignKey("order_lines.id", ondelete="CASCADE"), primary_key=True)
    part: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    rank: Mapped[int] = mapped_column(
        BigInteger, doc="Lower is served first; 0: takes nothing that is not held for it."
    )
    in_force: Mapped[bool] = mapped_column(doc="From the commit until the undo, or until another run ranks the line.")

    __table_args__ = (
        CheckConstraint("rank >= 0", name="rank"),
        Index(
            "ix_deal_ranks_in_force",
            "line_id",
            "part",
            unique=True,
            sqlite_where=text("in_force"),
            postgresql_where=text("in_force"),
        ),
        {"sqlite_with_rowid": False},
    )


class DealResultPage(Base):
    """What a run does to parts of lines, some hundred of them packed: those that gain or lose, or that should win and
    do not in time. Those that lose most stand first.
    """

    __tablename__ = "deal_result_pages"

    run_id: Mapped[int] = mapped_column(Key, ForeignKey("deal_runs.id"), primary_key=True)
    page: Mapped[int] = mapped_column(primary_key=True, doc="From 0.")
    last_line: Mapped[int] = mapped_column(Key, doc="The highest id among its lines.")
    cells: Mapped[bytes] = mapped_column(LargeBinary)
