"""Which worker does which background job, and how each fared last."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Instant, Name


class JobClaim(Base):
    """The last minute for which a background job was taken, so that of several workers one does it."""

    __tablename__ = "job_claims"

    job: Mapped[Name] = mapped_column(primary_key=True)
    minute: Mapped[int] = mapped_column(BigInteger, doc="Minutes since the epoch by the real clock.")


class JobRun(Base):
    """What a background job last did, and when it last failed. A look that finds nothing to do leaves no trace here."""

    __tablename__ = "job_runs"

    job: Mapped[Name] = mapped_column(primary_key=True)
    did_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[str | None] = mapped_column(Text, doc="What it last did, in its own words.")
    took_ms: Mapped[int | None] = mapped_column(BigInteger)
    failed_at: Mapped[datetime | None] = mapped_column(Instant)
    failure: Mapped[str | None] = mapped_column(
        String, doc="The kind of fault; its words may hold rows, so the log has them."
    )
    failures: Mapped[int] = mapped_column(default=0, server_default="0", doc="In a row, until it succeeds again.")

    __table_args__ = (CheckConstraint("failures >= 0", name="failures"),)


class RateCount(Base):
    """How often something that is limited was tried within a stretch of time, by every web process together."""

    __tablename__ = "rate_counts"

    key: Mapped[Name] = mapped_column(primary_key=True)
    hits: Mapped[int]
    ends_at: Mapped[int] = mapped_column(BigInteger, doc="Epoch seconds by the real clock; afterwards it counts anew.")
